"""The authenticator ``oauth``: signed requests of consumers in the name of users (RFC 5849, section 3)."""

from __future__ import annotations

from types import MappingProxyType

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from piston_core import Authenticator, Identity, Problem, quoted
from piston_oauth.hiding import hide
from piston_oauth.options import Options
from piston_oauth.parameters import receive
from piston_oauth.verifying import Signed, verify


class OAuthAuthenticator(Authenticator):
    """Knows the user of an access token, and the consumer that acts for them.

    Args:
        options: the options of the plugin ``oauth``.
    """

    name = "oauth"
    scheme = "oauth"
    strength = 40  # the secrets do not travel
    causes = MappingProxyType({
        **Authenticator.causes,
        400: "The parameters of the signature cannot be read.",
        411: "A signed body needs a Content-Length.",
    })  # fmt: skip

    def __init__(self, options: Options | None = None) -> None:
        self.options = Options() if options is None else options

    @sensitive_variables()  # PLAINTEXT's signature, which is the secrets, is among them
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return the user of the access token with which a request is signed, and the consumer as ``client``.

        A signed request without a token is the consumer's own, which the option ``two_legged`` allows.

        Raises:
            AuthenticationFailed: the consumer, the token, the signature, the timestamp or the nonce is not good.
            Problem: 400 for parameters that are missing, duplicated, not supported or cannot be read.
        """
        received = receive(request, self.options.places)
        if received is None:
            return None
        if not self.options.two_legged:
            received.need("oauth_token")
        from piston_oauth.models import AccessToken  # models, so not before Django is ready

        signed = verify(request, received, self.options, AccessToken)
        hide(request, received.place)
        return Identity(_user(signed), self.name, client=signed.consumer)

    def challenge(self, request: HttpRequest, failure: Problem | None) -> str:
        """Return the challenge, which has a realm and nothing else (RFC 5849, section 3.5.1)."""
        return challenge_of(self.options.realm)


def challenge_of(realm: str) -> str:
    """Return the challenge for a realm."""
    return f"OAuth realm={quoted(realm)}"


def _user(signed: Signed) -> object:
    if signed.token is not None:
        return signed.token.user
    from django.contrib.auth.models import AnonymousUser  # models, so not before Django is ready

    return AnonymousUser()
