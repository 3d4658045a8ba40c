"""The tokens in Django's admin: issued, told once, listed and revoked; never changed into other ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables

from piston_auth.tokens.form import configured_form
from piston_auth.tokens.models import Token

_ISSUED = "_issued"
_KNOWN = ("user", "scopes", "start", "created", "last_used", "revoked")


if TYPE_CHECKING:
    Admin = admin.ModelAdmin[Token]
else:
    Admin = admin.ModelAdmin  # which is generic for type checkers only


@admin.register(Token)
class TokenAdmin(Admin):
    """Issues and revokes tokens.

    Who is no superuser issues tokens for themselves only: with somebody else's they would have that one's rights.
    """

    list_display = ("user", "name", "start", "scopes", "created", "expires", "last_used", "state")
    list_display_links = ("name",)
    list_filter = ("created", "expires", "revoked")
    search_fields = ("name", "start")
    raw_id_fields = ("user",)
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> tuple[str, ...]:
        """Return what a form shows; the digest is nobody's business."""
        return ("user", "name", "scopes", "expires") if obj is None else (*_KNOWN[:1], "name", "expires", *_KNOWN[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: Token | None = None) -> tuple[str, ...]:
        """Return what stays as it is: whoever has a token relies on what it was issued for."""
        return () if obj is None else _KNOWN

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        """Let a superuser choose any user, and others nobody but themselves."""
        if db_field.name == "user" and not getattr(request.user, "is_superuser", False):
            users = db_field.remote_field.model._default_manager
            kwargs |= {"queryset": users.filter(pk=request.user.pk), "initial": request.user.pk}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @sensitive_variables()
    def save_model(self, request: HttpRequest, obj: Token, form: Any, change: bool) -> None:
        """Save what was changed, or a new token, whose text ``response_add`` tells."""
        if not change:
            text = configured_form().make()
            obj.keep(text)
            vars(obj)[_ISSUED] = text  # for response_add; the object ends with the request
        super().save_model(request, obj, form, change)

    @sensitive_variables()
    def response_add(self, request: HttpRequest, obj: Token, post_url_continue: str | None = None) -> HttpResponse:
        """Show the new token at once: a message after a redirect would be stored until then."""
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "The token, this once",
            "token": obj,
            "text": vars(obj)[_ISSUED],
        }
        request.current_app = self.admin_site.name  # as Django's own pages do it
        return TemplateResponse(request, "admin/piston_tokens/token/issued.html", context)

    @admin.action(description="Revoke the selected tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Token]) -> None:
        """Have tokens not be accepted any more, and say so in their histories."""
        active = list(queryset.filter(revoked=None))
        revoked = Token.objects.filter(pk__in=[token.pk for token in active]).revoke()
        for token in active:
            self.log_change(request, token, "Revoked.")
        self.message_user(request, f"{revoked} revoked; nobody can use them any more.", messages.SUCCESS)
