"""The form by which a user agrees that a consumer acts for them."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac


class OAuthAuthenticationForm(forms.Form):
    """Asks a user whether a consumer may act for them.

    Its signature belongs to the token and to the session, so that nobody can make another user send it.

    Args:
        session_key: what the signature is bound to beside the token.
    """

    oauth_token = forms.CharField(widget=forms.HiddenInput)
    oauth_callback = forms.CharField(widget=forms.HiddenInput, required=False)
    authorize_access = forms.BooleanField(required=False)
    csrf_signature = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, session_key: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session_key = session_key
        self.fields["csrf_signature"].initial = self.initial_csrf_signature

    def clean_csrf_signature(self) -> str:
        """Return the signature.

        Raises:
            ValidationError: it is another one.
        """
        given: str = self.cleaned_data["csrf_signature"]
        token = self.cleaned_data.get("oauth_token", "")
        if not constant_time_compare(given, self.get_csrf_signature(self.session_key, token)):
            raise forms.ValidationError("CSRF signature is not valid")
        return given

    def initial_csrf_signature(self) -> str:
        """Return the signature of the token that the user is asked about."""
        return self.get_csrf_signature(self.session_key, self.initial.get("oauth_token", ""))

    @staticmethod
    def get_csrf_signature(key: str, token: str) -> str:
        """Return the signature of a token in a session."""
        return b64encode(salted_hmac("piston.oauth", f"{key}\0{token}", algorithm="sha256").digest()).decode()
