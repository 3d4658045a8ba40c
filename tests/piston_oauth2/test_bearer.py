"""Bearer tokens: whom they stand for, and that whatever is not a good one is a 401."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.views.debug import ExceptionReporter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oauth2_provider.models import AccessToken, set_token_value
from oauth2_provider.oauth2_validators import OAuth2Validator

from piston_core import AuthenticationFailed, Identity
from piston_oauth.oauth2 import InvalidToken, OAuth2Authenticator
from tests.asking import told
from tests.piston_oauth2.asking import bearer, challenge_in
from tests.piston_oauth2.conftest import PROVIDER, TOKEN

pytestmark = pytest.mark.urls("tests.piston_oauth2.asking")

WHO = ["/api/who/", "/api/async-who/", "/api/who-or-nobody/"]


@pytest.mark.parametrize("path", WHO)
def test_a_token_stands_for_its_user_its_application_and_its_scopes(issue, path):
    issue(scope="write read")
    response = Client().get(path, headers=bearer(TOKEN))

    assert response.status_code == 200
    assert response.json() == {"user": "alice", "by": "oauth2", "client": "phone", "scopes": ["read", "write"]}


def test_a_token_of_an_application_for_itself_has_a_client_and_nobody_for_a_user(issue, robot):
    issue(user=None, application=robot)
    request = RequestFactory().get("/", headers=bearer(TOKEN))
    identity = OAuth2Authenticator().authenticate(request)

    assert identity.user.is_anonymous
    assert identity.client == robot
    assert Client().get("/api/who/", headers=bearer(TOKEN)).json()["client"] == "robot"


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("", set()), ("  ", set()), ("read  write\tx", {"read", "write", "x"}), ("of-no-setting", {"of-no-setting"})],
)
def test_the_scopes_are_what_was_granted_and_never_everything(issue, scope, expected):
    issue(scope=scope)
    identity = OAuth2Authenticator().authenticate(RequestFactory().get("/", headers=bearer(TOKEN)))

    assert identity.scopes == expected


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
@pytest.mark.parametrize("blanks", [" ", "   "])
def test_the_scheme_has_any_case_and_any_number_of_blanks_after_it(issue, scheme, blanks):
    issue()

    assert Client().get("/api/who/", headers={"Authorization": f"{scheme}{blanks}{TOKEN}"}).status_code == 200


@pytest.mark.parametrize("token", ["a", "a" * 8192, "AZaz09-._~+/==", "eyJhbGciOiJub25lIn0.e30.", "piston_x"])
def test_a_token_may_be_all_that_the_rfc_allows(issue, site, token):
    site.PISTON = site.PISTON | {"MAX_FIELD_SIZE": 10_000}
    issue(token)

    assert Client().get("/api/who/", headers=bearer(token)).status_code == 200


MALFORMED = {
    "nothing": "Bearer",
    "nothing-after-a-blank": "Bearer ",
    "only-blanks": "Bearer     ",
    "two-words": f"Bearer {TOKEN} {TOKEN}",
    "two-credentials": f"Bearer {TOKEN},Bearer {TOKEN}",
    "two-fields-as-one": f"Bearer {TOKEN}, Basic YTpi",
    "a-parameter": f'Bearer token="{TOKEN}"',
    "a-parameter-after-it": f"Bearer {TOKEN}, realm=x",
    "quoted": f'Bearer "{TOKEN}"',
    "padding-first": f"Bearer ={TOKEN}",
    "padding-inside": "Bearer a=b",
    "padding-alone": "Bearer ====",
    "a-colon": "Bearer a:b",
    "a-percent": "Bearer %41",
    "a-nul": "Bearer a\x00b",
    "a-nul-at-the-end": f"Bearer {TOKEN}\x00",
    "a-tab": f"Bearer \t{TOKEN}",
    "a-tab-after-it": f"Bearer {TOKEN}\t",
    "a-line-end": f"Bearer {TOKEN}\n",
    "not-ascii": "Bearer é",
    "digits-of-another-script": "Bearer ١٢٣".encode().decode("latin-1"),
    "too-long": "Bearer " + "a" * 8193,
    "json": 'Bearer {"a": 1}',
}
UNKNOWN = {
    "unknown": bearer("unknown"),
    "in-another-case": bearer(TOKEN.swapcase()),
    "with-padding": bearer(f"{TOKEN}="),
    "without-its-end": bearer(TOKEN[:-1]),
    "a-checksum-is-no-token": bearer("0" * 64),
    "no-header-of-a-signed-one": bearer("ey.."),
    "a-signed-one": bearer("eyJhbGciOiJub25lIn0.eyJhdWQiOiJwaG9uZSIsImp0aSI6IjEifQ."),
    "an-encrypted-one": bearer("ey.a.b.c.d"),
    "sql": bearer("--"),
}
REFUSED = {name: {"Authorization": value} for name, value in MALFORMED.items()} | UNKNOWN


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("path", WHO)
def test_what_is_not_a_good_token_is_a_401_that_says_so(issue, site, headers, path):
    site.PISTON = site.PISTON | {"MAX_FIELD_SIZE": 10_000}
    issue()
    response = Client().get(path, headers=headers)

    assert response.status_code == 401
    assert challenge_in(response.headers["WWW-Authenticate"])["error"] == "invalid_token"
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert "Authorization" in response.headers["Vary"]


@pytest.mark.parametrize("value", MALFORMED.values(), ids=MALFORMED)
def test_what_is_malformed_does_not_reach_the_database(value):
    """This test has no database, and would fail if it were asked."""
    with pytest.raises(InvalidToken, match="The access token is malformed"):
        OAuth2Authenticator().authenticate(RequestFactory().get("/", headers={"Authorization": value}))


@pytest.mark.parametrize("oidc", [False, True])
def test_it_is_the_same_where_openid_connect_is_on(issue, site, oidc):
    """django-oauth-toolkit reads a token that looks signed as an ID token then, and some raise what nobody handles."""
    site.OAUTH2_PROVIDER = PROVIDER | {"OIDC_ENABLED": oidc, "OIDC_RSA_PRIVATE_KEY": "-"}
    issue("ey.signed.one")

    assert Client().get("/api/who/", headers=bearer("ey.signed.one")).status_code == 200
    for headers in UNKNOWN.values():
        assert Client().get("/api/who/", headers=headers).status_code == 401


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(max_codepoint=255), max_size=60)
    | st.from_regex(r"\A[A-Za-z0-9._~+/-]+=*\Z").filter(lambda token: token != TOKEN)
)
def test_no_other_token_is_ever_more_than_a_refusal(db, token):
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {token}"})

    with pytest.raises(AuthenticationFailed):
        OAuth2Authenticator().authenticate(request)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    query=st.text(st.characters(min_codepoint=33, max_codepoint=255), max_size=30),
    method=st.sampled_from(["GET", "POST", "QUERY", "odd"]),
)
def test_no_address_is_in_the_way_of_a_token(issue, path, query, method):
    AccessToken.objects.all().delete()
    issue(resource=["http://testserver"])
    request = RequestFactory().generic(method, "/", b"%", headers=bearer(TOKEN), QUERY_STRING=query)
    request.path = f"/{path}"

    assert isinstance(OAuth2Authenticator().authenticate(request), Identity)


@pytest.mark.parametrize(
    "value", ["", " ", "Basic YTpi", "Bearerx y", "Token abc", "Bear er", "Bearer,x", "=", "\x00"]
)
def test_other_credentials_are_left_to_others(value):
    assert OAuth2Authenticator().authenticate(RequestFactory().get("/", headers={"Authorization": value})) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"expires": timezone.now() - timedelta(seconds=1)}, "The access token has expired."),
        ({"resource": ["https://other.example"]}, "The access token is not valid for this resource."),
        ({"resource": ["not a resource"]}, "The access token is not valid for this resource."),
    ],
    ids=["expired", "for-another-resource", "for-no-resource"],
)
def test_a_token_that_is_good_no_more_or_not_here_is_told_why(issue, changes, reason):
    issue(**changes)
    response = Client().get("/api/who/", headers=bearer(TOKEN))

    assert response.status_code == 401
    assert told(response)["detail"] == reason
    assert challenge_in(response.headers["WWW-Authenticate"])["error_description"] == reason


def test_a_token_ends_with_its_application(issue, phone):
    issue()
    phone.delete()

    assert Client().get("/api/who/", headers=bearer(TOKEN)).status_code == 401


def test_the_token_of_somebody_who_is_inactive_is_refused_like_an_unknown_one(issue, alice):
    unknown = Client().get("/api/who/", headers=bearer(TOKEN))
    issue()
    alice.is_active = False
    alice.save()
    response = Client().get("/api/who/", headers=bearer(TOKEN))

    assert response.status_code == 401
    assert told(response) == told(unknown)
    assert response.headers["WWW-Authenticate"] == unknown.headers["WWW-Authenticate"]


@pytest.mark.parametrize(
    ("resource", "path", "expected"),
    [
        ("http://testserver", "/api/who/", 200),
        ("http://testserver:80/api", "/api/who/", 200),
        ("http://testserver/api/", "/api/who/?a=b&c=%zz", 200),
        ("http://testserver/api/who/", "/api/who/", 200),
        ("http://testserver/api/w", "/api/who/", 401),
        ("http://testserver/other/", "/api/who/?/../other/", 401),
        ("https://testserver/api/", "/api/who/", 401),
        ("http://testserver:8000/api/", "/api/who/", 401),
        ("http://other.example/api/", "/api/who/", 401),
    ],
)
def test_a_token_for_one_resource_is_good_below_its_address_only(issue, resource, path, expected):
    """RFC 8707: the audience of a token is compared with the address that was asked for."""
    issue(resource=[resource])

    assert Client().get(path, headers=bearer(TOKEN)).status_code == expected


@pytest.mark.parametrize(
    "path", ["//other.example/api/", "///other.example/", "/\\other.example/", "/@other.example/"]
)
def test_a_path_does_not_pass_for_the_host_that_a_token_is_for(issue, path):
    issue(resource=["http://other.example"])
    request = RequestFactory().get("/", headers=bearer(TOKEN))
    request.path = path

    with pytest.raises(InvalidToken):
        OAuth2Authenticator().authenticate(request)


@pytest.mark.parametrize("host", ["other.example", "a b", "testserver:x", "é", "", "a" * 300])
def test_a_host_that_is_not_served_is_no_500(issue, host):
    issue()
    for headers in (bearer(TOKEN), bearer("x"), {}):
        assert Client(raise_request_exception=False).get("/api/who/", headers=headers, HTTP_HOST=host).status_code in (
            400,
            401,
        )


@pytest.mark.parametrize(
    "address",
    ["/api/who/?access_token={token}", "/api/who/?access_token={token}&a=%zz", "/api/who/?a=%zz&b=\x00"],
)
def test_a_token_in_the_query_counts_for_nothing(issue, address):
    """OAuth 2.1, section 5.1: the query ends in logs and in histories."""
    issue()
    response = Client().get(address.format(token=TOKEN))

    assert response.status_code == 401
    assert "error" not in challenge_in(response.headers["WWW-Authenticate"])
    assert Client().get(address.format(token="x"), headers=bearer(TOKEN)).status_code == 200


def test_a_token_in_the_body_counts_for_nothing(issue):
    issue(scope="write")

    assert Client().post("/api/notes/", {"access_token": TOKEN}).status_code == 401


def test_the_body_is_not_read_before_it_is_known_who_sends_it(issue):
    issue()
    request = RequestFactory().post("/", {"a": "b"}, headers=bearer(TOKEN))
    OAuth2Authenticator().authenticate(request)

    assert not request._read_started


def test_a_request_costs_one_query(issue):
    issue()
    client = Client()
    client.get("/api/who/", headers=bearer(TOKEN))
    with CaptureQueriesContext(connection) as seen:
        response = client.get("/api/who/", headers=bearer(TOKEN))

    assert response.json()["client"] == "phone"
    assert len(seen) == 1


def test_tokens_that_are_kept_as_hashes_are_known(alice, phone):
    kept = AccessToken(user=alice, application=phone, scope="read", expires=timezone.now() + timedelta(hours=1))
    set_token_value(kept, TOKEN)  # as django-oauth-toolkit keeps what it issues
    kept.save()
    kept.refresh_from_db()

    assert kept.token == ""
    assert Client().get("/api/who/", headers=bearer(TOKEN)).status_code == 200
    assert Client().get("/api/who/", headers=bearer(kept.token_checksum)).status_code == 401


def test_a_session_does_not_stand_in_for_a_token(issue, alice):
    browser = Client()
    browser.force_login(alice)

    assert browser.get("/api/who/").status_code == 401


class Broken(OAuth2Validator):
    def validate_bearer_token(self, token, scopes, request):
        copy = token
        raise ConnectionError(f"no answer about {len(copy)} characters")


@pytest.mark.parametrize("path", ["/api/who/", "/api/async-who/"])
def test_a_validator_that_fails_is_a_500_and_the_token_is_in_no_log_or_report(db, site, caplog, path):
    """Django mails such a report to the admins; it shows the variables of each frame."""
    site.OAUTH2_PROVIDER = PROVIDER | {"OAUTH2_VALIDATOR_CLASS": f"{__name__}.Broken"}
    caplog.set_level(logging.DEBUG)
    response = Client(raise_request_exception=False).get(path, headers=bearer(TOKEN))
    record = next(record for record in caplog.records if record.exc_info)
    reporter = ExceptionReporter(record.request, *record.exc_info, is_email=True)
    report = reporter.get_traceback_html() + reporter.get_traceback_text()

    assert response.status_code == 500
    assert "no answer about 15 characters" in report
    for text in (report, caplog.text, response.text):
        assert TOKEN not in text


class Signed(OAuth2Validator):
    """A validator of a project that keeps no tokens: it sets what oauthlib says that one has to set."""

    def validate_bearer_token(self, token, scopes, request):
        request.user = User(username=token)
        request.client = None
        request.scopes = ["read"]
        return token != "forged"


def test_a_validator_of_the_project_decides(db, site):
    site.OAUTH2_PROVIDER = PROVIDER | {"OAUTH2_VALIDATOR_CLASS": f"{__name__}.Signed"}
    response = Client().get("/api/who/", headers=bearer("somebody"))

    assert response.json() == {"user": "somebody", "by": "oauth2", "client": None, "scopes": ["read"]}
    assert Client().get("/api/who/", headers=bearer("forged")).status_code == 401
