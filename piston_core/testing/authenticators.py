"""The contract of an authenticator, as tests that every authenticator passes."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import path

from piston_core.access import Authenticator, Identity
from piston_core.headers import TOKEN
from piston_core.problems import AuthenticationFailed, InsufficientScope, Problem
from piston_core.testing.challenges import challenges_in
from piston_core.testing.handlers import Returning
from piston_core.testing.plain import PlainEmitter
from piston_core.testing.promise import Promise, expect, expect_same, short
from piston_core.testing.requests import watched
from piston_core.testing.serving import expect_usable, serving
from piston_core.testing.state import kept, overlapped

Credentials = Mapping[str, str]
Given = Credentials | Callable[[], Credentials]

_OTHERS = ("Kit abc", "Kit", 'Kit a="b"', "", " ", ",", "=", "Kit \x00", "Kïtü a", "x" * 20_000)
_HARMLESS = {"host"}  # a part of the address, which no answer needs to vary by


class AuthenticatorContract:
    """Tests an authenticator: subclass it, name the authenticator and give credentials, good and bad.

    Credentials are header fields. Where they need a user in the database, make them in a fixture,
    or let ``good`` be a property, and mark the class as a test with a database.

    Example::

        @pytest.mark.django_db
        class TestKeyAuthenticator(AuthenticatorContract):
            authenticator = KeyAuthenticator({"a key of twenty characters": "bob"})
            good = ({"X-Api-Key": "a key of twenty characters"},)
            bad = ({"X-Api-Key": "another key"},)

            @pytest.fixture(autouse=True)
            def user(self, db):
                User.objects.create_user("bob")

    Attributes:
        authenticator: the authenticator.
        good: header fields of requests whose sender it knows; a function that returns such, for credentials
            that are good for one request only.
        bad: header fields of requests with credentials of its scheme that are not good.
    """

    authenticator: Authenticator
    good: Iterable[Given]
    bad: Iterable[Given]

    def asked(self, credentials: Credentials) -> Identity | Problem | None:
        """Return what the authenticator says of a request with these header fields, also if it refuses it."""
        return self.said(received(credentials))

    def said(self, request: HttpRequest) -> Identity | Problem | None:
        """Return what the authenticator says of a request."""
        try:
            return self.authenticator.authenticate(request)
        except Problem as failure:
            return failure

    def test_its_names_can_be_used(self) -> None:
        """The registry takes it, and ``reads`` names header fields."""
        with Promise("An authenticator's names can be used.") as promise:
            with promise.sample("the registry"):
                expect_usable(authenticators=[self.authenticator])
            with promise.sample("reads"):
                expect(isinstance(self.authenticator.reads, tuple), "it is no tuple of names")
                expect(all(map(TOKEN.fullmatch, self.authenticator.reads)), f"{self.authenticator.reads} are no names")

    def test_good_credentials_are_known(self) -> None:
        """They lead to an ``Identity`` that names the authenticator; the case of a scheme does not matter."""
        with Promise("Good credentials are those of somebody.") as promise:
            for name, credentials in _numbered("good", self.good, (str, str.upper, str.lower)):
                with promise.sample(name):
                    came = self.asked(credentials)
                    if not isinstance(came, Identity):
                        raise AssertionError(f"{came!r} came instead of an identity")
                    expect_same(came.authenticator, self.authenticator.name)
                    expect(came.user is not None, "the identity has no user")

    def test_bad_credentials_are_refused(self) -> None:
        """They raise ``AuthenticationFailed``, and never pass for none."""
        with Promise("Bad credentials are refused with AuthenticationFailed.") as promise:
            for name, credentials in _numbered("bad", self.bad):
                with promise.sample(name):
                    came = self.asked(credentials)
                    expect(isinstance(came, AuthenticationFailed), f"{came!r} came instead")

    def test_what_is_not_its_own_is_left_to_others(self) -> None:
        """Without credentials of its scheme it knows nobody, and refuses nobody."""
        with Promise("Requests without credentials of the scheme are left to other authenticators.") as promise:
            with promise.sample("no credentials"):
                expect_same(self.asked({}), None)
            for other in _OTHERS if "authorization" in self._reads else ():
                with promise.sample(f"Authorization: {short(other)}"):
                    expect_same(self.asked({"Authorization": other}), None)

    def test_hostile_fields_raise_nothing_else(self) -> None:
        """Whatever a field holds: it is somebody's, nobody's, or refused with a problem that is the client's."""
        with receiving() as receive, Promise("Hostile fields raise nothing but problems of the client's.") as promise:
            for field, value in self._hostile():
                with promise.sample(f"{field}: {short(value)}"):
                    came = self.said(receive({field: value}))
                    expect(not isinstance(came, Problem) or came.status < 500, f"{came!r} came")

    def test_challenges_follow_the_grammar(self) -> None:
        """A challenge is what RFC 9110, section 11.6.1, says, whatever was sent."""
        with Promise("Challenges follow RFC 9110, section 11.6.1.") as promise:
            for name, credentials in [("no credentials", {}), *_numbered("bad", self.bad)]:
                for failure in self._failures(credentials):
                    with promise.sample(f"{name}, {type(failure).__name__}" if failure else name):
                        _expect_challenge(self.authenticator.challenge(received(credentials), failure))

    def test_a_401_has_the_challenge(self) -> None:
        """Who sends nothing or something bad is told the scheme; who sends something good is answered."""
        schemes = self._schemes()
        with (
            serving(Returning({}), emitters=[PlainEmitter()], authenticators=[self.authenticator]) as client,
            Promise("A 401 has the challenge, and good credentials get an answer.") as promise,
        ):
            for name, credentials in [("no credentials", {}), *_numbered("bad", self.bad)]:
                with promise.sample(name):
                    response = client.get("/", headers=credentials)
                    expect_same(response.status_code, 401)
                    found = {each.scheme for each in challenges_in(response.headers["WWW-Authenticate"])}
                    expect_same(found, schemes or found)
            for name, credentials in _numbered("good", self.good):
                with promise.sample(name):
                    expect_same(client.get("/", headers=credentials).status_code, 200)

    def test_nothing_secret_is_told(self) -> None:
        """Neither a refusal nor a challenge repeats what was sent."""
        usual = self.authenticator.challenge(received({}), None) or ""  # such as the realm, which is no secret
        with Promise("Refusals and challenges do not repeat credentials.") as promise:
            for name, credentials in _numbered("bad", self.bad):
                with promise.sample(name):
                    came = self.asked(credentials)
                    told = f"{came.detail if isinstance(came, AuthenticationFailed) else ''} "
                    failure = came if isinstance(came, Problem) else None
                    told += self.authenticator.challenge(received(credentials), failure) or ""
                    for secret in _secrets(credentials):
                        expect(secret in usual or secret not in told, f"{secret!r} is in {told!r}")

    def test_it_reads_what_it_says(self) -> None:
        """It looks at no header field but those in ``reads``, which ``Vary`` names."""
        with Promise("Only the fields that reads names are looked at.") as promise:
            every = [("no credentials", {}), *_numbered("good", self.good), *_numbered("bad", self.bad)]
            for name, credentials in every:
                with promise.sample(name):
                    seen = self._looked_at(credentials) - _HARMLESS - self._reads
                    expect(not seen, f"it looks at {', '.join(sorted(seen))}, and reads is {self.authenticator.reads}")

    def test_threads_do_not_share_state(self) -> None:
        """Requests at the same time, through the one instance, do not take each other's identity."""
        good, bad = (received(made(next(iter(given)))) for given in (self.good, self.bad))
        with Promise("Threads do not share state.") as promise:
            with promise.sample("good credentials, with bad ones in between"):
                came, _ = overlapped(self.authenticator, lambda: self.said(good), lambda: self.said(bad))
                expect(isinstance(came, Identity), f"{came!r} came instead of an identity")
            with promise.sample("bad credentials, with good ones in between"):
                came, _ = overlapped(self.authenticator, lambda: self.said(bad), lambda: self.said(good))
                expect(isinstance(came, AuthenticationFailed), f"{came!r} came instead of a refusal")

    def test_nothing_of_a_request_is_kept(self) -> None:
        """Who was known a moment ago is not known to the next request, and no request is referred to."""
        with Promise("Nothing of a request is kept.") as promise:
            for name, credentials in _numbered("good", self.good):
                with promise.sample(f"no credentials after {name}"):
                    self.asked(credentials)
                    expect_same(self.asked({}), None)
                with promise.sample(name):
                    expect(not kept(self.said, partial(received, credentials)), "the request is still referred to")

    @property
    def _reads(self) -> set[str]:
        return {name.lower() for name in self.authenticator.reads}

    def _schemes(self) -> set[str]:
        challenge = self.authenticator.challenge(received({}), None)
        return set() if challenge is None else {each.scheme for each in challenges_in(challenge)}

    def _failures(self, credentials: Credentials) -> Iterator[Problem | None]:
        """Yield why a request may be refused: for what it brings, for another's failure, for too little scope."""
        came = self.asked(credentials)
        yield from (came if isinstance(came, Problem) else None, AuthenticationFailed(), InsufficientScope(["a", "b"]))

    def _looked_at(self, credentials: Credentials) -> set[str]:
        request = received(credentials)
        with watched(request) as seen:
            self.said(request)
            self.authenticator.challenge(request, None)
        return seen

    def _hostile(self) -> Iterator[tuple[str, str]]:
        """Yield header fields with what nobody should send, made of what is good."""
        for field, value in {(field, value) for each in self.good for field, value in made(each).items()}:
            yield from ((field, bad) for bad in _damaged(value))


@contextmanager
def receiving() -> Iterator[Callable[[Credentials], HttpRequest]]:
    """Yield a function that returns a request with header fields as it comes through the project's middleware."""
    requests: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return HttpResponse()

    def receive(credentials: Credentials) -> HttpRequest:
        client.get("/", headers=credentials)
        return requests.pop()

    with serving([path("", view)]) as client:
        yield receive


def received(credentials: Credentials) -> HttpRequest:
    """Return one such request."""
    with receiving() as receive:
        return receive(credentials)


def made(given: Given) -> Credentials:
    """Return credentials, made anew where they are good only once."""
    return given() if callable(given) else given


def _expect_challenge(challenge: str | None) -> None:
    if challenge is not None:
        expect(challenge.isascii() and challenge.isprintable(), f"{challenge!r} is not printable ASCII")
        expect_same(len({each.scheme.lower() for each in challenges_in(challenge)}), 1)


def _numbered(
    kind: str, given: Iterable[Given], spellings: Sequence[Callable[[str], str]] = (str,)
) -> Iterator[tuple[str, Credentials]]:
    """Yield credentials with a name for messages, which must not show them."""
    for number, each in enumerate(given, start=1):
        yield from ((f"{kind} credentials {number}", _spelt(made(each), spell)) for spell in spellings)


def _spelt(credentials: Credentials, spell: Callable[[str], str]) -> Credentials:
    """Return credentials with the case of their scheme changed (RFC 9110, section 11.1)."""
    scheme, blank, rest = credentials.get("Authorization", "").partition(" ")
    return {**credentials, "Authorization": f"{spell(scheme)} {rest}"} if blank else credentials


def _damaged(value: str) -> Iterator[str]:
    scheme, _, rest = value.partition(" ")
    yield from ("", " ", scheme, f"{scheme} ", f"{scheme}  ", f"{scheme}\t{rest}", f"{scheme},{rest}", f"  {value}")
    yield from (value[:place] for place in range(1, len(value), max(len(value) // 8, 1)))
    for odd in ("\x00", "\x7f", "\xfc", "\xff\xfe", "\r\nX: y", "%00", "=", "==", '"', "\\", ",", ";"):
        yield from (f"{value}{odd}", f"{scheme} {odd}{rest}", f"{scheme} {odd}", f"{odd}{value}")
    yield from (
        f"{value}, {value}",
        f"{scheme} {'A' * 100_000}",
        f"{scheme} {'=' * 10_000}",
        f"{scheme} " + '"' * 10_000,
    )
    yield from (f'{scheme} a="b", a="c"', f'{scheme} a="b', f"{scheme} a=b,,,=", f"{scheme} " + "a=b, " * 5_000)
    for pair in (
        b"",
        b":",
        b"a",
        b"a:",
        b":a",
        b"a\x00:b\x00",
        b"\xff:\xff",
        "ä:ü".encode(),
        b"a:b\r\nc: d",
        b"a:" * 2000,
    ):
        yield f"{scheme} {b64encode(pair).decode()}"


def _secrets(credentials: Credentials) -> Iterator[str]:
    """Yield what of credentials nobody else may see: what comes after a scheme, and what is in its base64."""
    for value in credentials.values():
        words = re.split(r"[\s,;=\"]+", value)
        for word in words[1:] or [*words]:
            with suppress(ValueError):
                words += b64decode(word + "=" * (-len(word) % 4), validate=True).decode().split(":")
        yield from {word for word in words if len(word) > 5}
