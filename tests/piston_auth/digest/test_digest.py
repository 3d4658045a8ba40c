"""Digest credentials: which ones open a resource, and that all others are a 401, or a 400 for another address."""

from __future__ import annotations

import json
import logging

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User, UserManager
from django.db import connection
from django.test import AsyncClient, Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.views.debug import ExceptionReporter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_auth.digest import authenticator, hashing, stored
from piston_core import AuthenticationFailed, Problem
from tests.asking import told
from tests.piston_auth.digest.asking import (
    REALM,
    answered,
    challenges,
    digest,
    field,
    fresh_nonce,
    hash_of,
    plain,
    user,
)
from tests.piston_auth.digest.test_answers import MALFORMED

pytestmark = pytest.mark.urls("tests.piston_auth.digest.asking")

PATHS = ["/who/", "/who-or-nobody/", "/async-who/"]


def ask(path="/who/", method="GET", data=b"", content_type="", **given):
    headers = digest(given.pop("nonce", None) or fresh_nonce(), uri=path, method=method, **given)
    return Client().generic(method, path, data, content_type, headers=headers)


@pytest.mark.parametrize("path", PATHS)
def test_a_user_who_knows_the_password_is_let_in(aladdin, path):
    response = ask(path)

    assert response.status_code == 200
    assert response.json() == {"user": "Aladdin", "by": "digest"}
    assert "WWW-Authenticate" not in response.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("username", ["Aladdin", "aladdin", "Sindbad", "", "' OR 1=1 --"])
def test_a_wrong_name_or_password_is_a_401_that_does_not_tell_which(aladdin, path, username):
    response = ask(path, username=username, password="open barley")

    assert response.status_code == 401
    assert response.json()["detail"] == "The user name or the password is wrong."
    assert "stale" not in challenges(response)[0]


@pytest.mark.parametrize("algorithm", ["SHA-512-256", "SHA-256", "MD5"])
@pytest.mark.parametrize("qop", ["auth", "auth-int"])
def test_every_algorithm_that_is_offered_can_be_used(aladdin, algorithm, qop):
    given = {"algorithm": algorithm, "qop": qop}

    assert ask("/every/", **given).status_code == 200
    assert ask("/every/", password="open barley", **given).status_code == 401


@pytest.mark.parametrize("path", ["/who/", "/weak/"])
def test_an_answer_without_an_algorithm_is_one_of_md5(aladdin, path):
    headers = field(answered(fresh_nonce(path), uri=path, algorithm="MD5") | {"algorithm": "MD5"})
    headers = {"Authorization": headers["Authorization"].replace("algorithm=MD5, ", "")}

    assert Client().get(path, headers=headers).status_code == (200 if path == "/weak/" else 401)


NOT_OFFERED = {
    "md5": {"algorithm": "MD5"},
    "sha-512-256": {"algorithm": "SHA-512-256"},
    "session-variant": {"algorithm_": "SHA-256-sess"},
    "unknown-algorithm": {"algorithm_": "SHA-1"},
    "realm": {"realm": "API"},
    "realm-in-another-case": {"realm": "cave"},
    "no-realm": {"realm": ""},
    "unknown-quality": {"qop": "auth-conf"},
    "list-of-qualities": {"qop": '"auth,auth-int"'},
}


@pytest.mark.parametrize("given", NOT_OFFERED.values(), ids=NOT_OFFERED)
def test_what_was_not_offered_is_not_taken(aladdin, given):
    changes = {"algorithm": given["algorithm_"]} if "algorithm_" in given else {}
    parameters = answered(fresh_nonce(), **{k: v for k, v in given.items() if not k.endswith("_")}) | changes
    response = Client().get("/who/", headers=field(parameters))

    assert response.status_code == 401
    assert "do not answer a challenge" in response.json()["detail"]


def test_a_quality_that_is_not_offered_is_not_taken(aladdin):
    assert ask("/weak/", algorithm="MD5").status_code == 200
    assert ask("/weak/", algorithm="MD5", qop="auth-int").status_code == 401


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED)
def test_malformed_credentials_are_a_401_with_the_challenge(aladdin, text, path):
    response = Client().get(path, headers={"Authorization": f"Digest {text}"})

    assert response.status_code == 401
    assert response.json()["detail"] == "The Digest credentials are malformed."
    assert challenges(response)[0]["realm"] == REALM
    assert "Authorization" in response.headers["Vary"]


def test_malformed_credentials_cost_no_query(aladdin, django_assert_num_queries):
    with django_assert_num_queries(0):
        for text in MALFORMED.values():
            Client().get("/who/", headers={"Authorization": f"Digest {text}"})


OTHERS = ["", " ", "Bearer x", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Digests a=b", "Digest,a=b", "x Digest a=b"]


@pytest.mark.parametrize("value", OTHERS)
def test_another_scheme_is_not_judged_by_this_one(aladdin, value):
    assert plain.authenticate(RequestFactory().get("/", headers={"Authorization": value})) is None


@pytest.mark.parametrize("scheme", ["digest", "DIGEST", "dIgEsT"])
@pytest.mark.parametrize("blanks", [" ", "    "])
def test_the_scheme_has_any_case_and_any_number_of_blanks_after_it(aladdin, scheme, blanks):
    value = digest(fresh_nonce())["Authorization"].replace("Digest ", scheme + blanks)

    assert Client().get("/who/", headers={"Authorization": value}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("uri", ["/", "/who", "/who/?a=1", "http://example.com/who/", "*"])
def test_credentials_for_another_address_are_a_400(aladdin, path, uri):
    """RFC 7616, section 3.4.6."""
    response = Client().get(path, headers=digest(fresh_nonce(), uri=uri))

    assert response.status_code == 400
    assert "another address" in response.json()["detail"]


@pytest.mark.parametrize("path", ["/who/?q=1", "/who/?q=%C3%A9&r=a+b", "/caf%C3%A9/a%20b", "/caf%C3%A9/100%25?x=%26"])
def test_credentials_are_for_a_path_and_a_query(aladdin, path):
    nonce = fresh_nonce()

    assert Client().get(path, headers=digest(nonce, uri=path)).status_code == 200
    assert Client().get(path, headers=digest(nonce, uri=f"{path}&b=1", nc=2)).status_code == 400


def test_credentials_are_for_one_method(aladdin):
    response = Client().delete("/who/", headers=digest(fresh_nonce(), method="GET"))

    assert response.status_code == 401


@pytest.mark.parametrize("method", ["get", "head"])
def test_safe_methods_are_hashed_by_their_name(aladdin, method):
    assert getattr(Client(), method)("/who/", headers=digest(fresh_nonce(), method=method.upper())).status_code == 200


MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\nhere\r\n--b--\r\n'
)
BODIES = {
    "json": ("application/json", b'{"a": "1"}', {"data": {"a": "1"}, "files": {}}),
    "form": ("application/x-www-form-urlencoded", b"a=1", {"data": {"a": "1"}, "files": {}}),
    "multipart": ("multipart/form-data; boundary=b", MULTIPART, {"data": {"a": "1"}, "files": {"f": "here"}}),
}


@pytest.mark.parametrize("qop", ["auth", "auth-int"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(("content_type", "body", "expected"), BODIES.values(), ids=BODIES)
def test_a_body_that_was_checked_can_still_be_read(aladdin, qop, method, content_type, body, expected):
    given = {"method": method, "qop": qop, "body": body}
    response = ask("/body/", data=body, content_type=content_type, **given)

    assert response.status_code == (201 if method == "POST" else 200)
    assert response.json() == expected


@pytest.mark.parametrize(("content_type", "body", "expected"), BODIES.values(), ids=BODIES)
def test_auth_int_refuses_a_body_that_was_changed_on_its_way(aladdin, content_type, body, expected):
    changed = body.replace(b"1", b"2")
    given = {"method": "POST", "content_type": content_type}

    assert ask("/body/", data=changed, qop="auth-int", body=body, **given).status_code == 401
    assert ask("/body/", data=b"", qop="auth-int", body=body, **given).status_code == 401
    assert ask("/body/", data=body, qop="auth-int", body=b"", **given).status_code == 401
    assert ask("/body/", data=changed, qop="auth", body=body, **given).status_code == 201


def test_auth_int_reads_no_more_than_django_allows(aladdin, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    given = {"method": "POST", "content_type": "application/json"}

    assert ask("/body/", data=b"x" * 11, qop="auth-int", body=b"x" * 11, **given).status_code == 413


def test_auth_int_refuses_a_length_that_is_no_number(aladdin):
    headers = digest(fresh_nonce(), uri="/body/", method="POST", qop="auth-int")
    response = Client().post("/body/", b"", "application/json", headers=headers, CONTENT_LENGTH="1e3")

    assert response.status_code == 400


def test_auth_int_refuses_a_body_that_others_have_read(aladdin):
    headers = digest(fresh_nonce(), method="POST", qop="auth-int", body=b"a=1")
    request = RequestFactory().post("/who/", b"a=1", "text/plain", headers=headers)
    request.read(1)

    with pytest.raises(AuthenticationFailed, match="has been read"):
        plain.authenticate(request)


def test_a_name_may_come_as_its_hash_where_that_is_offered(aladdin):
    for algorithm in ("SHA-512-256", "SHA-256", "MD5"):
        name = hash_of(algorithm, "Aladdin", REALM)
        parameters = answered(fresh_nonce("/every/"), uri="/every/", algorithm=algorithm, userhash="true")
        parameters["username"] = f'"{name}"'

        assert Client().get("/every/", headers=field(parameters)).json()["user"] == "Aladdin"


@pytest.mark.parametrize(("path", "name"), [("/who/", hash_of("SHA-256", "Aladdin", REALM)), ("/every/", "Aladdin")])
def test_a_hash_that_is_not_offered_or_none_is_a_401(aladdin, path, name):
    parameters = answered(fresh_nonce(path), uri=path, userhash="true") | {"username": f'"{name}"'}

    assert Client().get(path, headers=field(parameters)).status_code == 401


@pytest.mark.parametrize("name", ["Jürgen", "李", "a b", "🎉", 'a"b\\c', "a:b", "a,b=c"])
def test_a_name_may_be_of_any_script(db, name):
    user(name, "pass: wörd")
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').encode().decode("latin-1")
    parameters = answered(fresh_nonce(), username=name, password="pass: wörd") | {"username": f'"{escaped}"'}

    assert Client().get("/who/", headers=field(parameters)).json()["user"] == name


@pytest.mark.parametrize("path", ["/who/", "/async-who/"])
def test_an_inactive_user_is_refused_like_an_unknown_one(aladdin, path):
    User.objects.update(is_active=False)
    inactive, unknown = ask(path), ask(path, username="Sindbad")

    assert inactive.status_code == 401
    assert told(inactive) == told(unknown)


class Visible(UserManager):
    """A manager of users that hides some, as those for deleted ones do."""

    def get_queryset(self):
        return super().get_queryset().exclude(last_name="hidden")


def test_a_user_whom_the_model_s_manager_hides_is_refused(aladdin, monkeypatch):
    manager = Visible()
    manager.model = User
    monkeypatch.setattr(User._meta, "default_manager", manager)
    assert ask().status_code == 200

    User.objects.update(last_name="hidden")
    assert ask().status_code == 401


def test_the_credentials_of_somebody_who_is_not_known_do_not_pass_for_none(aladdin):
    assert ask("/who-or-nobody/", username="Sindbad").status_code == 401
    assert Client().get("/who-or-nobody/").json() == {"user": None}


def test_an_asynchronous_client_is_let_in(aladdin):
    ask = async_to_sync(AsyncClient().get)
    headers = digest(challenges(ask("/async-who/"))[0]["nonce"], uri="/async-who/")
    response = ask("/async-who/", headers=headers)

    assert response.status_code == 200


def work(monkeypatch, **given):
    """Return how many queries, hashes and comparisons an answer costs that is not let in."""
    nonce, count = fresh_nonce(), dict.fromkeys(("hashes", "comparisons", "queries"), 0)

    def counted(kind, function):
        def call(*arguments):
            count[kind] += 1
            return function(*arguments)

        return call

    with monkeypatch.context() as patch, CaptureQueriesContext(connection) as queries:
        patch.setattr(hashing.hashlib, "new", counted("hashes", hashing.hashlib.new))
        patch.setattr(stored.hashlib, "sha256", counted("hashes", stored.hashlib.sha256))
        for module in (authenticator, stored):
            patch.setattr(module, "constant_time_compare", counted("comparisons", module.constant_time_compare))
        assert ask(nonce=nonce, **given).status_code == 401
    return count | {"queries": len(queries)}


def test_a_wrong_name_costs_what_a_wrong_password_costs(aladdin, monkeypatch):
    """Counted in what takes time, since a clock would measure the machine."""
    user("inactive", "open sesame", is_active=False)
    User.objects.create_user("sso")
    unknown = work(monkeypatch, username="Sindbad")

    assert unknown["hashes"] > 3
    assert unknown["queries"] == 1
    assert work(monkeypatch, password="open barley") == unknown
    assert work(monkeypatch, username="inactive") == unknown
    assert work(monkeypatch, username="inactive", password="open barley") == unknown
    assert work(monkeypatch, username="sso") == unknown


def test_a_good_answer_costs_few_queries(aladdin, django_assert_num_queries):
    nonce = fresh_nonce()
    assert ask(nonce=nonce).status_code == 200
    headers = digest(nonce, nc=2)

    with django_assert_num_queries(3):
        assert Client().get("/who/", headers=headers).status_code == 200


SECRET = "open-sesame-7d1f"


@pytest.mark.parametrize("path", ["/who/", "/failing/"])
def test_nothing_secret_is_logged_or_reported(db, caplog, path):
    """Django mails a report to the admins; it shows the variables of each frame."""
    user("Aladdin", SECRET)
    caplog.set_level(logging.DEBUG)
    headers = digest(fresh_nonce(path), uri=path, password=SECRET)
    response = Client(raise_request_exception=False).get(path, headers=headers)
    again = Client(raise_request_exception=False).get(path, headers=headers)

    assert (response.status_code, again.status_code) == (500 if path == "/failing/" else 200, 401)
    secrets = [SECRET, hash_of("SHA-256", "Aladdin", REALM, SECRET), headers["Authorization"][7:]]
    reports = [caplog.text, response.text, again.text]
    reports += [report_of(record) for record in caplog.records if record.exc_info]
    assert not [secret for secret in secrets for text in reports if secret in text]


def report_of(record):
    reporter = ExceptionReporter(record.request, *record.exc_info, is_email=True)
    return reporter.get_traceback_html() + reporter.get_traceback_text()


@pytest.mark.parametrize("table", ["piston_digest_digestsecret", "piston_digest_digestnonce"])
def test_a_database_that_fails_does_not_bring_the_answer_into_reports(aladdin, caplog, table):
    def broken(execute, sql, *arguments):
        if table in sql:
            raise RuntimeError("the database is on fire")
        return execute(sql, *arguments)

    headers = digest(fresh_nonce())
    with connection.execute_wrapper(broken):
        response = Client(raise_request_exception=False).get("/who/", headers=headers)
    report = report_of(next(record for record in caplog.records if record.exc_info))

    assert response.status_code == 500
    assert "on fire" in report
    sent = headers["Authorization"].rpartition('response="')[2].rstrip('"')
    for secret in (hash_of("SHA-256", "Aladdin", REALM, "open sesame"), sent):
        assert secret not in report


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["username", "realm", "uri", "algorithm", "nonce", "nc", "cnonce", "qop", "response"]),
        st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters='"\\'), max_size=60),
        min_size=1,
    )
)
def test_no_value_is_ever_more_than_a_refusal(aladdin, values):
    parameters = answered("n" * 48) | {name: f'"{value}"' for name, value in values.items()}
    request = RequestFactory().get("/who/", headers=field(parameters))

    with pytest.raises(Problem) as refusal:
        plain.authenticate(request)
    assert refusal.value.status in (400, 401)
    json.dumps(refusal.value.document())
