"""A running server and clients that others wrote: how they get a token, use it, renew it and give it back."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from authlib.common.security import generate_token
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from django.utils import timezone
from oauth2_provider.models import AccessToken, RefreshToken
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session as OAuthlibSession

from tests.piston_oauth2.asking import bearer, challenge_in

pytestmark = [pytest.mark.urls("tests.piston_oauth2.asking"), pytest.mark.django_db(transaction=True)]

BACK = "https://client.example/back"


@pytest.fixture
def server(live_server, monkeypatch) -> Iterator[str]:
    for client in ("AUTHLIB", "OAUTHLIB"):
        monkeypatch.setenv(f"{client}_INSECURE_TRANSPORT", "1")  # the server of a test has no TLS
    monkeypatch.setenv("NO_PROXY", "*")
    yield live_server.url
    gc.collect(1)  # urllib3 closes the connections of a session with the last reference to them, which is young
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:  # it has to end while it shares the test's database
            thread.join(5)


class Form(HTMLParser):
    """Collects the hidden fields of a page, as a browser would send them."""

    def __init__(self, page: requests.Response) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"]] = given.get("value") or ""


def consent(server: str, url: str, user: str, password: str, **pressed: str) -> str:
    """Return where a browser is sent after somebody has logged in and answered the consent page."""
    with requests.Session() as browser:
        page = browser.get(url)
        assert urlsplit(page.url).path == "/login/"
        filled = Form(page).fields | {"username": user, "password": password}
        page = browser.post(page.url, filled)
        assert urlsplit(page.url).path == "/o/authorize/", page.text
        page = browser.post(page.url, Form(page).fields | pressed, allow_redirects=False)
        assert page.status_code == 302, page.text
        return page.headers["Location"]


def phone_of(scope: str = "read write") -> OAuth2Session:
    return OAuth2Session(
        "phone",
        redirect_uri=BACK,
        scope=scope,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    )


def code_for(server: str, client: OAuth2Session, verifier: str) -> str:
    """Return the address with a code for the phone, which alice has let act for her."""
    url, _ = client.create_authorization_url(f"{server}/o/authorize/", code_verifier=verifier)
    return consent(server, url, "alice", "wonderland", allow="Authorize")


@pytest.fixture
def granted(server, alice, phone):
    """Return alice's phone with a token, as authlib gets it."""
    with phone_of() as client:
        verifier = generate_token(48)
        back = code_for(server, client, verifier)
        client.fetch_token(f"{server}/o/token/", authorization_response=back, code_verifier=verifier)
        yield client


def test_a_code_with_its_verifier_becomes_a_token_that_acts_for_the_user(server, granted):
    response = granted.get(f"{server}/api/who/")

    assert response.json() == {"user": "alice", "by": "oauth2", "client": "phone", "scopes": ["read", "write"]}
    assert granted.post(f"{server}/api/notes/", json=[1]).status_code == 201


def test_nothing_that_is_kept_can_be_sent_as_a_token(server, granted):
    kept = AccessToken.objects.get()
    renewing = RefreshToken.objects.get()

    assert (kept.token, renewing.token) == ("", "")
    assert granted.token["access_token"] not in (kept.token_checksum, renewing.token_checksum)
    assert requests.get(f"{server}/api/who/", headers=bearer(kept.token_checksum)).status_code == 401


def test_the_answer_with_the_code_names_its_issuer(server, alice, phone):
    """RFC 9207: a client that talks to several servers can tell whose code it has got."""
    with phone_of() as client:
        back = code_for(server, client, generate_token(48))

    assert back.startswith(f"{BACK}?")
    assert parse_qs(urlsplit(back).query)["iss"] == [f"{server}/o"]


@pytest.mark.parametrize("verifier", ["x" * 48, "", None])
def test_a_code_with_another_verifier_or_none_is_worth_nothing(server, alice, phone, verifier):
    with phone_of() as client:
        back = code_for(server, client, generate_token(48))
        with pytest.raises(OAuthError):
            client.fetch_token(f"{server}/o/token/", authorization_response=back, code_verifier=verifier)

    assert not AccessToken.objects.exists()


def test_a_code_is_good_once(server, alice, phone):
    verifier = generate_token(48)
    with phone_of() as client:
        back = code_for(server, client, verifier)
        client.fetch_token(f"{server}/o/token/", authorization_response=back, code_verifier=verifier)
        with pytest.raises(OAuthError):
            client.fetch_token(f"{server}/o/token/", authorization_response=back, code_verifier=verifier)


def test_no_code_without_a_challenge(server, alice, phone):
    """RFC 9700, section 2.1.1: PKCE is no choice of the client's."""
    with phone_of() as client, requests.Session() as browser:
        url, _ = client.create_authorization_url(f"{server}/o/authorize/")
        page = browser.get(url)
        filled = Form(page).fields | {"username": "alice", "password": "wonderland"}
        page = browser.post(page.url, filled, allow_redirects=False)
        page = browser.get(f"{server}{page.headers['Location']}", allow_redirects=False)

    assert parse_qs(urlsplit(page.headers["Location"]).query)["error"] == ["invalid_request"]


def test_no_code_for_a_challenge_that_is_the_secret_itself(server, alice, phone):
    """RFC 9700, section 2.1.1: S256, and not the plain method."""
    with phone_of() as client:
        url, _ = client.create_authorization_url(f"{server}/o/authorize/", code_verifier=generate_token(48))
        back = consent(server, url.replace("S256", "plain"), "alice", "wonderland", allow="Authorize")

    assert parse_qs(urlsplit(back).query)["error"] == ["invalid_request"]


def test_who_cancels_grants_nothing(server, alice, phone):
    with phone_of() as client:
        url, _ = client.create_authorization_url(f"{server}/o/authorize/", code_verifier=generate_token(48))
        back = consent(server, url, "alice", "wonderland")

    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]


def test_what_is_granted_is_what_was_asked_for(server, alice, phone):
    verifier = generate_token(48)
    with phone_of("read") as client:
        back = code_for(server, client, verifier)
        client.fetch_token(f"{server}/o/token/", authorization_response=back, code_verifier=verifier)

        assert client.get(f"{server}/api/notes/").status_code == 200
        response = client.post(f"{server}/api/notes/", json=[1])
    assert response.status_code == 403
    assert challenge_in(response.headers["WWW-Authenticate"])["scope"] == "write"


def test_a_client_with_a_secret_acts_for_itself(server, robot):
    with OAuth2Session("robot", "of steel", scope="read") as client:
        client.fetch_token(f"{server}/o/token/", grant_type="client_credentials")
        response = client.get(f"{server}/api/who/")

    assert response.json() == {"user": "", "by": "oauth2", "client": "robot", "scopes": ["read"]}


def test_so_it_is_for_the_client_of_oauthlib(server, robot):
    with OAuthlibSession(client=BackendApplicationClient("robot", scope=["read"])) as client:
        client.fetch_token(f"{server}/o/token/", client_secret="of steel", include_client_id=True)

        assert client.get(f"{server}/api/who/").json()["client"] == "robot"


@pytest.mark.parametrize(("client_id", "secret"), [("robot", "of glass"), ("robot", ""), ("phone", ""), ("x", "y")])
def test_no_client_gets_a_token_without_its_own_secret(server, robot, phone, client_id, secret):
    with OAuth2Session(client_id, secret, scope="read") as client, pytest.raises(OAuthError):
        client.fetch_token(f"{server}/o/token/", grant_type="client_credentials")


def test_a_token_is_renewed_and_the_old_ones_are_worth_nothing(server, granted):
    """OAuth 2.1, section 4.3: refresh tokens rotate."""
    old = dict(granted.token)
    granted.refresh_token(f"{server}/o/token/")

    assert granted.token["access_token"] != old["access_token"]
    assert granted.token["refresh_token"] != old["refresh_token"]
    assert granted.get(f"{server}/api/who/").json()["user"] == "alice"
    assert requests.get(f"{server}/api/who/", headers=bearer(old["access_token"])).status_code == 401


def test_a_refresh_token_that_comes_twice_ends_all_that_came_of_it(server, granted):
    """RFC 9700, section 4.14.2: one of the two is a thief."""
    old = granted.token["refresh_token"]
    granted.refresh_token(f"{server}/o/token/")
    newest = granted.token["access_token"]
    with pytest.raises(OAuthError):
        granted.refresh_token(f"{server}/o/token/", refresh_token=old)

    assert requests.get(f"{server}/api/who/", headers=bearer(newest)).status_code == 401


def test_a_refresh_token_is_no_access_token(server, granted):
    response = requests.get(f"{server}/api/who/", headers=bearer(granted.token["refresh_token"]))

    assert response.status_code == 401


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_what_is_revoked_is_a_401(server, granted, kind):
    """RFC 7009, section 2.1: with a refresh token, its access tokens end, too."""
    assert granted.get(f"{server}/api/who/").status_code == 200
    done = granted.revoke_token(f"{server}/o/revoke_token/", token=granted.token[kind], token_type_hint=kind)
    response = requests.get(f"{server}/api/who/", headers=bearer(granted.token["access_token"]))

    assert done.status_code == 200
    assert response.status_code == 401
    assert challenge_in(response.headers["WWW-Authenticate"])["error"] == "invalid_token"


def test_nobody_revokes_the_tokens_of_others(server, granted, robot):
    with OAuth2Session("robot", "of steel") as stranger:
        stranger.revoke_token(f"{server}/o/revoke_token/", token=granted.token["access_token"])

    assert granted.get(f"{server}/api/who/").status_code == 200


def test_a_token_ends_with_its_time(server, granted):
    AccessToken.objects.update(expires=timezone.now())
    response = requests.get(f"{server}/api/who/", headers=bearer(granted.token["access_token"]))

    assert response.status_code == 401
    assert challenge_in(response.headers["WWW-Authenticate"])["error_description"] == "The access token has expired."


def test_a_client_that_knows_nothing_finds_its_way_by_the_challenge(server, robot):
    """RFC 9728, section 5, and RFC 8414, section 3: from a 401 to the server that issues tokens."""
    refused = requests.get(f"{server}/api/notes/")
    resource = requests.get(challenge_in(refused.headers["WWW-Authenticate"])["resource_metadata"]).json()
    issuer = urlsplit(resource["authorization_servers"][0])
    place = f"{issuer.scheme}://{issuer.netloc}/.well-known/oauth-authorization-server{issuer.path}"
    provider = requests.get(place).json()
    with OAuth2Session("robot", "of steel", scope="read", resource=resource["resource"]) as client:
        client.fetch_token(provider["token_endpoint"], grant_type="client_credentials")

        assert client.get(f"{server}/api/notes/").json() == {"notes": 3}
    assert resource["resource"] == server
    assert resource["bearer_methods_supported"] == ["header"]
    assert resource["scopes_supported"] == ["introspection", "read", "write"]
    assert provider["issuer"] == f"{server}/o"
    assert provider["code_challenge_methods_supported"] == ["S256"]


def test_a_token_is_for_the_resource_that_it_was_asked_for(server, robot):
    """RFC 8707: what another resource is handed is of no use here."""
    for resource, expected in (("https://other.example", 401), (f"{server}/api", 200)):
        answer = requests.post(
            f"{server}/o/token/",
            {"grant_type": "client_credentials", "scope": "read", "resource": resource},
            auth=("robot", "of steel"),
        )
        response = requests.get(f"{server}/api/who/", headers=bearer(answer.json()["access_token"]))
        assert response.status_code == expected
