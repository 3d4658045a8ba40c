"""The provider in Django's admin: who decides about consumers, and takes tokens back.

A secret is shown on one page, to the one who has just made it: it is in no list, no form, no message and no session.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_variables

from piston_oauth.models import AccessToken, Consumer, RequestToken
from piston_oauth.states import Status


@admin.register(Consumer)
class ConsumerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django's admins are not generic at run time
    """Consumers, with an action for each decision."""

    list_display = ("name", "owner", "status", "created")
    list_filter = ("status",)
    search_fields = ("name", "key")
    raw_id_fields = ("owner",)
    readonly_fields = ("status", "key", "created")
    fields = ("name", "description", "owner", "callbacks", "rsa_key", "status", "key", "created")
    actions = ("accept", "reject", "cancel", "renew_secret")

    @admin.action(description="Accept the selected consumers", permissions=["change"])
    def accept(self, request: HttpRequest, consumers: QuerySet[Consumer]) -> None:
        """Serve them from now on."""
        self._decide(request, consumers, Status.ACCEPTED)

    @admin.action(description="Reject the selected consumers", permissions=["change"])
    def reject(self, request: HttpRequest, consumers: QuerySet[Consumer]) -> None:
        """Say no to them."""
        self._decide(request, consumers, Status.REJECTED)

    @admin.action(description="Cancel the selected consumers", permissions=["change"])
    def cancel(self, request: HttpRequest, consumers: QuerySet[Consumer]) -> None:
        """Serve them no more."""
        self._decide(request, consumers, Status.CANCELLED)

    @admin.action(description="Make a new secret for the selected consumer", permissions=["change"])
    def renew_secret(self, request: HttpRequest, consumers: QuerySet[Consumer]) -> HttpResponse | None:
        """Make a new secret and show it, of one consumer."""
        if len(consumers) != 1:
            self.message_user(request, "Select one consumer to make a new secret for.", messages.ERROR)
            return None
        consumer = consumers[0]
        consumer.renew()
        self.log_change(request, consumer, "Made a new secret.")
        return self._shown(request, consumer)

    def response_add(self, request: HttpRequest, obj: Consumer, post_url_continue: str | None = None) -> HttpResponse:
        """Show the secret of a consumer that was added; there is none if it signs with RSA."""
        if not obj.sealed:
            return super().response_add(request, obj, post_url_continue)
        return self._shown(request, obj)

    def _decide(self, request: HttpRequest, consumers: QuerySet[Consumer], status: Status) -> None:
        for consumer in consumers:
            try:
                consumer.become(status)
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            else:
                self.log_change(request, consumer, f"Became {status}.")
                self.message_user(request, f"{consumer} is {status}.", messages.SUCCESS)

    @sensitive_variables()
    def _shown(self, request: HttpRequest, consumer: Consumer) -> HttpResponse:
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": f"The secret of {consumer}",
            "consumer": consumer,
            "opts": self.opts,
        }
        return TemplateResponse(
            request, "admin/piston_oauth/secret.html", context, headers={"Cache-Control": "no-store"}
        )


class _Looking(admin.ModelAdmin):  # type: ignore[type-arg]  # as above
    """Rows that come about by themselves: nobody adds or changes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return that nobody may."""
        return False


@admin.register(RequestToken)
class RequestTokenAdmin(_Looking):
    """Request tokens, to look at."""

    list_display = ("consumer", "user", "expires")
    list_select_related = ("consumer", "user")
    fields = readonly_fields = ("consumer", "user", "callback", "expires")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return that nobody may."""
        return False


@admin.register(AccessToken)
class AccessTokenAdmin(_Looking):
    """Access tokens, with an action that takes them back."""

    list_display = ("consumer", "user", "created", "expires", "revoked")
    list_select_related = ("consumer", "user")
    list_filter = ("consumer",)
    fields = readonly_fields = ("consumer", "user", "created", "expires", "revoked")
    actions = ("revoke",)

    @admin.action(description="Revoke the selected access tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[AccessToken]) -> None:
        """Take them back at once."""
        found = list(tokens.filter(revoked=None))
        for token in found:
            token.revoke()
            self.log_change(request, token, "Revoked.")
        self.message_user(request, f"{len(found)} access tokens were revoked.", messages.SUCCESS)
