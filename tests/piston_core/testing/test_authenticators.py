"""The contract of authenticators names the defects that are seeded into a good one."""

from __future__ import annotations

from types import SimpleNamespace
from uuid import uuid4

import pytest

from piston_core import AuthenticationFailed, Authenticator, Identity, Problem
from piston_core.testing import AuthenticatorContract
from piston_core.testing.challenges import challenges_in
from tests.piston_core.testing.seeding import expect_covered, expect_named, promises_of

USER = SimpleNamespace(name="somebody")
TOKEN = "sesame-open-for-all"


class Good(Authenticator):
    """Knows who sends the one token."""

    name = "token"

    def authenticate(self, request):
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        return self.known(token.strip(), request) if scheme.lower() == "token" else None

    def known(self, token, request):
        if token != TOKEN:
            raise AuthenticationFailed("This token is not good.")
        return Identity(USER, self.name)

    def challenge(self, request, failure):
        return 'Token realm="tokens"'


class RefusingOthers(Good):
    def authenticate(self, request):
        if "HTTP_AUTHORIZATION" in request.META and not request.META["HTTP_AUTHORIZATION"].startswith("Token"):
            raise AuthenticationFailed("Only tokens are known here.")
        return super().authenticate(request)


class KnowingAnybody(Good):
    def authenticate(self, request):
        return super().authenticate(request) or Identity(USER, self.name)


class Overlooking(Good):
    def authenticate(self, request):
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            return None


class FailingBeyondASCII(Good):
    def known(self, token, request):
        token.encode("ascii")
        return super().known(token, request)


class FailingWithoutToken(Good):
    def known(self, token, request):
        return super().known(token.split()[0], request)


class OneCaseOnly(Good):
    def authenticate(self, request):
        return super().authenticate(request) if request.headers.get("Authorization", "")[:5] == "Token" else None


class AnotherName(Good):
    def known(self, token, request):
        return Identity(super().known(token, request).user, "basic")


class NobodyKnown(Good):
    def known(self, token, request):
        return Identity(None, super().known(token, request).authenticator)


class OpenQuotes(Good):
    def challenge(self, request, failure):
        return 'Token realm="the "inner" circle"'


class LineEnds(Good):
    def challenge(self, request, failure):
        return "Token realm=a\r\nSet-Cookie: b=c"


class TwoChallenges(Good):
    def challenge(self, request, failure):
        return "Token, Basic"


class AnotherSchemeLater(Good):
    def challenge(self, request, failure):
        return "Other" if "HTTP_AUTHORIZATION" in request.META else "Token"


class TellingDetails(Good):
    def known(self, token, request):
        try:
            return super().known(token, request)
        except AuthenticationFailed:
            raise AuthenticationFailed(f"The token {token!r} is not good.") from None


class TellingChallenges(Good):
    def challenge(self, request, failure):
        return f'Token given="{request.META.get("HTTP_AUTHORIZATION", "")}"'


class BackDoor(Good):
    def authenticate(self, request):
        return None if request.headers.get("X-Debug-User") else super().authenticate(request)


class Cookies(Good):
    def authenticate(self, request):
        return None if request.COOKIES.get("anonymous") else super().authenticate(request)


class Meta(Good):
    def authenticate(self, request):
        return None if "HTTP_X_DEBUG" in request.META else super().authenticate(request)


class Shared(Good):
    def known(self, token, request):
        self.token = token
        return super().known(self.token, request)


class Remembering(Good):
    user = None

    def authenticate(self, request):
        self.user = super().authenticate(request) or self.user
        return self.user


class KeepingRequests(Good):
    def authenticate(self, request):
        self.request = request
        return super().authenticate(request)


class Breaking(Good):
    def known(self, token, request):
        if "=" in token:
            raise Problem(503, "Too many signs.")
        return super().known(token, request)


class LostForWords(Good):
    def challenge(self, request, failure):
        return "Token" if failure is None else f'Token error="{failure.detail}ä"'


class NoTuple(Good):
    reads = "Authorization"


class TokenContract(AuthenticatorContract):
    authenticator = Good()
    good = ({"Authorization": f"Token {TOKEN}"},)
    bad = ({"Authorization": "Token close-sesame"}, {"Authorization": "Token"})


NAMES = "test_its_names_can_be_used"
GOOD = "test_good_credentials_are_known"
OTHERS = "test_what_is_not_its_own_is_left_to_others"
HOSTILE = "test_hostile_fields_raise_nothing_else"
GRAMMAR = "test_challenges_follow_the_grammar"
TOLD = "test_nothing_secret_is_told"
READS = "test_it_reads_what_it_says"
KEPT = "test_nothing_of_a_request_is_kept"

DEFECTS = [
    (RefusingOthers, OTHERS, "Authorization: 'Kit abc'"),
    (KnowingAnybody, OTHERS, "no credentials: Identity("),
    (Overlooking, "test_bad_credentials_are_refused", "bad credentials 1: None came instead"),
    (FailingBeyondASCII, HOSTILE, "UnicodeEncodeError"),
    (FailingWithoutToken, HOSTILE, "Authorization: 'Token ': IndexError"),
    (Breaking, HOSTILE, "Problem(503, 'Too many signs.') came"),
    (LostForWords, GRAMMAR, "is not printable ASCII"),
    (OneCaseOnly, GOOD, "good credentials 1: None came instead of an identity"),
    (AnotherName, GOOD, "'basic' (str) came instead of 'token'"),
    (NobodyKnown, GOOD, "the identity has no user"),
    (OpenQuotes, GRAMMAR, "no challenge by RFC 9110, section 11.6.1"),
    (LineEnds, GRAMMAR, "is not printable ASCII"),
    (TwoChallenges, GRAMMAR, "no credentials: 2 (int) came instead of 1"),
    (AnotherSchemeLater, "test_a_401_has_the_challenge", "bad credentials 1: {'other'} (set) came instead of"),
    (KnowingAnybody, "test_a_401_has_the_challenge", "no credentials: 200 (int) came instead of 401"),
    (TellingDetails, TOLD, "'close-sesame' is in"),
    (TellingChallenges, TOLD, "'close-sesame' is in"),
    (BackDoor, READS, "it looks at x-debug-user, and reads is ('Authorization',)"),
    (Cookies, READS, "it looks at cookie"),
    (Meta, READS, "it looks at x-debug"),
    (Shared, "test_threads_do_not_share_state", "good credentials, with bad ones in between: AuthenticationFailed("),
    (Remembering, KEPT, "no credentials after good credentials 1: Identity("),
    (KeepingRequests, KEPT, "the request is still referred to"),
    (NoTuple, NAMES, "reads: it is no tuple of names"),
]


@pytest.mark.parametrize(("authenticator", "test", "words"), DEFECTS, ids=lambda each: getattr(each, "__name__", None))
def test_a_defect_is_named(authenticator, test, words):
    expect_named(TokenContract, test, words, authenticator=authenticator())


@pytest.mark.parametrize("test", promises_of(TokenContract))
def test_a_good_authenticator_passes(test):
    getattr(TokenContract(), test)()


class Once(Good):
    """Knows each token once, and says so with a challenge for each of two algorithms."""

    def __init__(self):
        self.seen = set()

    def known(self, token, request):
        secret, _, nonce = token.partition(".")
        if secret != TOKEN or not nonce or nonce in self.seen:
            raise AuthenticationFailed("This token is not good.")
        self.seen.add(nonce)
        return Identity(USER, self.name)

    def challenge(self, request, failure):
        return 'Token algorithm=one, realm="tokens", Token algorithm=two, realm="tokens"'


class OnceContract(AuthenticatorContract):
    authenticator = Once()
    good = (lambda: {"Authorization": f"Token {TOKEN}.{uuid4()}"},)
    bad = (lambda: {"Authorization": f"Token close-sesame.{uuid4()}"},)


@pytest.mark.parametrize("test", promises_of(OnceContract))
def test_so_does_one_whose_credentials_are_good_only_once(test):
    getattr(OnceContract(), test)()


def test_credentials_that_are_good_only_once_have_to_be_made_anew():
    made_before = {"Authorization": f"Token {TOKEN}.{uuid4()}"}

    expect_named(OnceContract, GOOD, "came instead of an identity", good=(made_before,), authenticator=Once())


def test_every_test_of_the_contract_has_found_a_defect():
    expect_covered(TokenContract, DEFECTS)


CHALLENGES = {
    'Basic realm="API", charset="UTF-8"': [("basic", {"realm": '"API"', "charset": '"UTF-8"'}, "")],
    "Negotiate": [("negotiate", {}, "")],
    "Negotiate YWJj==": [("negotiate", {}, "YWJj==")],
    "NTLM, Negotiate YWJj": [("ntlm", {}, ""), ("negotiate", {}, "YWJj")],
    r'Digest realm="a\"b, c=d", qop=auth , Basic': [
        ("digest", {"realm": r'"a\"b, c=d"', "qop": "auth"}, ""),
        ("basic", {}, ""),
    ],
    'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"': [
        ("newauth", {"realm": '"apps"', "type": "1", "title": r'"Login to \"apps\""'}, ""),
        ("basic", {"realm": '"simple"'}, ""),
    ],
}


@pytest.mark.parametrize(("field", "expected"), CHALLENGES.items())
def test_challenges_are_read_by_the_grammar(field, expected):
    assert [(each.scheme, each.parameters, each.token) for each in challenges_in(field)] == expected


@pytest.mark.parametrize("field", ["", 'Basic realm="a', "Basic a b", "Basic a=b a=c", "=", "Basic a=b, A=c"])
def test_what_is_no_challenge_is_refused(field):
    with pytest.raises(ValueError, match=r"challenge|twice"):
        challenges_in(field)
