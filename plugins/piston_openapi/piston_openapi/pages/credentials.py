"""How a request says who sends it, by what authenticators are in descriptions (OpenAPI's Security Scheme Object)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.utils.text import capfirst

from piston_core import Authenticator, Description


class Scheme(NamedTuple):
    """One way to say who sends a request.

    Attributes:
        name: the authenticator's name.
        title: what it is called.
        about: what a client does.
        arguments: what curl is told, as a shell reads it; ``""`` where curl cannot do it.
        kind: what a reader may type in to try it: ``session``, ``bearer``, ``basic`` or ``""``.
        rank: the lower, the sooner it is used in examples.
    """

    name: str
    title: str
    about: str
    arguments: str
    kind: str
    rank: int


_BEARER = Scheme(
    "bearer", "Bearer token", "Send your token in the field `Authorization`.", '-H "Authorization: Bearer $TOKEN"',
    "bearer", 0,
)  # fmt: skip
_OF_HTTP: Mapping[str, Scheme] = {
    "bearer": _BEARER,
    "basic": Scheme(
        "basic", "Name and password (Basic)",
        "Send your name and your password with each request, and over HTTPS only (RFC 7617).",
        '-u "$NAME:$PASSWORD"', "basic", 1,
    ),
    "digest": Scheme(
        "digest", "Name and password (Digest)",
        "Prove that you know your password without sending it (RFC 7616): the client answers the challenge of a 401.",
        '--digest -u "$NAME:$PASSWORD"', "", 3,
    ),
    "oauth": Scheme(
        "oauth", "OAuth 1.0a",
        "Sign each request with the secrets of your application and of the token that a user has given it (RFC 5849).",
        "", "", 8,
    ),
}  # fmt: skip
_OAUTH2 = _BEARER._replace(
    title="OAuth 2",
    about="Let a user give your application an access token, and send that in the field `Authorization` (RFC 6750).",
    rank=2,
)


def schemes_of(description: Description) -> tuple[Scheme, ...]:
    """Return the schemes of all methods, each once, in the order of their first use."""
    found = (each for place in description.places for served in place.methods for each in served.authenticators)
    return tuple({each.name: scheme_of(each) for each in found}.values())


def scheme_of(authenticator: Authenticator) -> Scheme:
    """Return a scheme as people read it."""
    said = authenticator.security()
    made = _known(said)
    about = str(said.get("description", "")) or made.about
    return made._replace(name=authenticator.name, about=about, title=made.title or capfirst(authenticator.name))


def _known(said: Mapping[str, Any]) -> Scheme:
    kind, scheme = said.get("type"), str(said.get("scheme", ""))
    if kind == "http":
        return _OF_HTTP.get(scheme.lower()) or _header_scheme("Authorization", f"{scheme} ")
    if kind == "oauth2":
        return _OAUTH2
    if kind == "apiKey" and said.get("in") == "cookie":
        return _session(str(said.get("name", "")))
    if kind == "apiKey" and said.get("in") == "header":
        return _header_scheme(str(said.get("name", "")))
    return Scheme("", "", "Ask those who run this site.", "", "", 9)


def _header_scheme(name: str, before: str = "") -> Scheme:
    quoted = "".join(each for each in f"{name}: {before}" if each.isalnum() or each in "-_: ")
    return Scheme("", "", f"Send your key in the field `{name}`.", f'-H "{quoted}$KEY"', "", 4)


def _session(cookie: str) -> Scheme:
    about = (
        "Log in on this site: your browser then sends the session's cookie. "
        "Requests that may change something need the site's CSRF token as well."
    )
    plain = "".join(each for each in cookie if each.isalnum() or each in "-_.")
    return Scheme("", "Session", about, f'-b "{plain}=$SESSION"', "session", 7)


def arguments_for(authenticators: Iterable[Authenticator]) -> str:
    """Return what curl is told for the scheme that is used most easily, as a shell reads it."""
    ranked = sorted(map(scheme_of, authenticators), key=lambda each: each.rank)
    return next((each.arguments for each in ranked if each.arguments), "")
