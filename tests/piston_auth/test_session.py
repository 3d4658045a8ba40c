"""Sessions: who has logged in on the site is known, and nobody writes in their name but the site's own pages."""

from __future__ import annotations

import logging
from base64 import b64encode
from itertools import product

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse
from django.middleware.csrf import CSRF_SESSION_KEY, get_token
from django.test import AsyncClient, Client, RequestFactory
from django.urls import path
from django.views.decorators.csrf import csrf_protect, ensure_csrf_cookie
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.models import Post
from piston_auth.basic import BasicAuthenticator
from piston_auth.session import SessionAuthenticator
from piston_core import AnonymousBaseHandler, BaseHandler, Resource
from tests.piston_auth.asking import AsyncWho, Who, basic

pytestmark = pytest.mark.urls(__name__)

written: list[object] = []


class Desk(BaseHandler):
    """Takes whatever is written, and says who has written it."""

    def read(self, request):
        return {"user": request.user.get_username(), "by": request.identity.authenticator}

    def create(self, request):
        files = {name: file.read().decode() for name, file in request.FILES.items()}
        written.append(request.data.dict() | files if hasattr(request.data, "dict") else request.data)
        return {"user": request.user.get_username(), "by": request.identity.authenticator}

    update = patch = create

    def delete(self, request):
        written.append("deleted")


class AsyncDesk(Desk):
    async def create(self, request):
        written.append(request.data)
        return {"user": (await request.auser()).get_username(), "by": request.identity.authenticator}


class Posts(BaseHandler):
    model = Post
    fields = ("title",)


class Visitor(AnonymousBaseHandler):
    allowed_methods = ("GET", "POST")

    def read(self, request):
        return {"user": None}

    def create(self, request):
        written.append("by a visitor")


class OpenDesk(Desk):
    anonymous = Visitor


def page(request):
    """Give a page of the site its token, in the cookie and, as a form has it, in the text."""
    return HttpResponse(get_token(request))


SESSION = [SessionAuthenticator()]
urlpatterns = [
    path("page/", ensure_csrf_cookie(page)),
    path("judge/", csrf_protect(lambda request: HttpResponse())),
    path("who/", Resource(Who, authentication=SESSION)),
    path("async-who/", Resource(AsyncWho, authentication=SESSION)),
    path("desk/", Resource(Desk, authentication=SESSION)),
    path("posts/", Resource(Posts, authentication=SESSION)),
    path("async-desk/", Resource(AsyncDesk, authentication=SESSION)),
    path("open-desk/", Resource(OpenDesk, authentication=SESSION)),
    path("both/", Resource(Desk, authentication=[SessionAuthenticator(), BasicAuthenticator()])),
]


@pytest.fixture(autouse=True)
def _nothing_written():
    written.clear()


@pytest.fixture
def browser(aladdin) -> Client:
    """A browser in which Aladdin has logged in, which sends what it is told to and nothing else."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(aladdin)
    return client


@pytest.fixture
def token(browser) -> str:
    """The token that a page of the site has."""
    return browser.get("/page/").text


@pytest.mark.parametrize("url", ["/who/", "/async-who/"])
def test_who_has_logged_in_on_the_site_is_known(browser, url):
    assert browser.get(url).json() == {"user": "Aladdin", "by": "session"}


def test_an_asgi_server_knows_them_too(aladdin):
    client = AsyncClient()
    client.force_login(aladdin)

    async def ask():
        return (await client.get("/async-who/")).json()

    assert async_to_sync(ask)() == {"user": "Aladdin", "by": "session"}


@pytest.mark.parametrize("url", ["/desk/", "/async-desk/"])
def test_an_asgi_server_checks_the_token_too(aladdin, url):
    client = AsyncClient(enforce_csrf_checks=True)
    client.force_login(aladdin)

    async def write():
        token = (await client.get("/page/")).text
        refused = await client.post(url, {"a": 1}, "application/json")
        done = await client.post(url, {"a": 1}, "application/json", headers={"X-CSRFToken": token})
        form = await client.post(url, {"csrfmiddlewaretoken": token})
        return [response.status_code for response in (refused, done, form)]

    assert async_to_sync(write)() == [403, 201, 201]
    assert len(written) == 2


def no_cookie(client):
    client.cookies.clear()


def invented_cookie(client):
    client.cookies["sessionid"] = "a" * 32


def hostile_cookie(client):
    client.cookies["sessionid"] = "../../etc/passwd"


def ended_session(client):
    Session.objects.all().delete()


def logged_out(client):
    client.logout()


def inactive_user(client):
    User.objects.update(is_active=False)


def deleted_user(client):
    User.objects.all().delete()


def new_password(client):
    user = User.objects.get()
    user.set_password("another")
    user.save()


def nobody_s_session(client):
    session = client.session
    del session[SESSION_KEY]
    session.save()


def backend_that_is_gone(client):
    session = client.session
    session["_auth_user_backend"] = "a.backend.of.Yesterday"
    session.save()


NOT_GOOD = [
    no_cookie, invented_cookie, hostile_cookie, ended_session, logged_out, inactive_user, deleted_user, new_password,
    nobody_s_session, backend_that_is_gone,
]  # fmt: skip


@pytest.mark.parametrize("happens", NOT_GOOD, ids=lambda each: each.__name__)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_a_session_that_is_nobody_s_is_no_credential(browser, happens, method):
    """So the answer is 401, or an anonymous handler's; and never 403, since there is nobody to speak for."""
    happens(browser)
    response = getattr(browser, method)("/desk/")

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Session"
    assert written == []
    assert browser.get("/open-desk/").json() == {"user": None}


def test_inactive_users_are_not_let_in_by_a_backend_that_knows_them(browser, settings):
    settings.AUTHENTICATION_BACKENDS = [
        "django.contrib.auth.backends.ModelBackend",
        "django.contrib.auth.backends.AllowAllUsersModelBackend",
    ]
    session = browser.session
    session["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[1]
    session.save()
    assert browser.get("/who/").status_code == 200
    User.objects.update(is_active=False)

    assert browser.get("/who/").status_code == 401


def test_other_schemes_have_their_challenge_and_the_session_has_none(browser):
    browser.logout()
    response = browser.get("/both/")

    assert response.headers["WWW-Authenticate"] == 'Basic realm="API", charset="UTF-8"'


def test_a_project_without_sessions_knows_nobody_by_them(browser, settings):
    settings.MIDDLEWARE = ["django.middleware.common.CommonMiddleware"]

    assert browser.get("/who/").status_code == 401
    assert browser.get("/both/", headers=basic("Aladdin", "open sesame")).json()["by"] == "basic"


WRITES = ["post", "put", "patch", "delete"]


@pytest.mark.parametrize("url", ["/desk/", "/async-desk/"])
@pytest.mark.parametrize("method", WRITES)
def test_a_write_without_the_token_is_a_403_and_writes_nothing(browser, token, method, url):
    response = getattr(browser, method)(url, b'{"a": 1}', "application/json")

    assert response.status_code == 403
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "CSRF token in the header field X-Csrftoken" in response.json()["detail"]
    assert "WWW-Authenticate" not in response.headers
    assert written == []


@pytest.mark.parametrize("url", ["/desk/", "/async-desk/"])
@pytest.mark.parametrize("method", WRITES)
def test_a_write_with_the_token_in_the_header_field_is_done(browser, token, method, url):
    response = getattr(browser, method)(url, b'{"a": 1}', "application/json", headers={"X-CSRFToken": token})

    assert response.status_code in (200, 201, 204)
    assert written == ["deleted" if method == "delete" else {"a": 1}]


@pytest.mark.parametrize("url", ["/desk/", "/async-desk/"])
def test_the_value_of_the_cookie_is_as_good_as_the_token_of_a_page(browser, token, url):
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value}

    assert browser.post(url, b"{}", "application/json", headers=headers).status_code in (200, 201)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "QUERY"])
def test_what_is_safe_needs_no_token(browser, method):
    """QUERY as well (RFC 10008, section 2), which Django's middleware does not know yet."""
    assert browser.generic(method, "/posts/", b"limit=1", "application/x-www-form-urlencoded").status_code in (
        200,
        204,
    )


@pytest.mark.parametrize("method", ["PURGE", "GET\u00a0", "COPY"])
def test_what_nobody_knows_is_never_taken_for_safe(browser, method):
    assert browser.generic(method, "/desk/").status_code == 403


def test_somebody_who_proves_themselves_by_each_request_needs_no_token(browser):
    browser.logout()
    response = browser.post("/both/", {}, "application/json", headers=basic("Aladdin", "open sesame"))

    assert response.json() == {"user": "Aladdin", "by": "basic"}


def test_a_write_without_the_token_does_not_go_through_as_a_visitor_s(browser):
    assert browser.post("/open-desk/", {}, "application/json").status_code == 403
    assert written == []


def test_a_form_of_the_site_may_have_the_token_in_a_field(browser, token):
    response = browser.post("/desk/", {"csrfmiddlewaretoken": token, "title": "a"})

    assert response.status_code in (200, 201)
    assert written == [{"csrfmiddlewaretoken": token, "title": "a"}]


def test_so_may_an_html_form_that_is_url_encoded(browser, token):
    body = f"csrfmiddlewaretoken={token}&title=a"
    response = browser.post("/desk/", body, "application/x-www-form-urlencoded")

    assert response.status_code in (200, 201)
    assert written == [{"csrfmiddlewaretoken": token, "title": "a"}]


@pytest.mark.parametrize("where", ["field", "header"])
def test_an_upload_arrives_wherever_its_token_is(browser, token, where):
    data = {"file": SimpleUploadedFile("a.txt", b"lamp"), "title": "a"}
    if where == "field":
        response = browser.post("/desk/", data | {"csrfmiddlewaretoken": token})
    else:
        response = browser.post("/desk/", data, headers={"X-CSRFToken": token})

    assert response.status_code in (200, 201)
    assert written[0]["file"] == "lamp"
    assert written[0]["title"] == "a"


@pytest.mark.parametrize("body", [b"csrfmiddlewaretoken=x", b"csrfmiddlewaretoken=", b"a=b", b""])
def test_a_form_with_another_token_or_none_is_refused(browser, token, body):
    assert browser.post("/desk/", body, "application/x-www-form-urlencoded").status_code == 403
    assert written == []


def test_a_token_in_json_or_in_the_address_is_none(browser, token):
    body = f'{{"csrfmiddlewaretoken": "{token}"}}'

    assert browser.post(f"/desk/?csrfmiddlewaretoken={token}", body, "application/json").status_code == 403


class Seen(MemoryFileUploadHandler):
    """Writes down that an upload was read."""

    count = 0

    def handle_raw_input(self, *args, **kwargs):
        type(self).count += 1
        return super().handle_raw_input(*args, **kwargs)


@pytest.fixture
def uploads(settings, monkeypatch):
    monkeypatch.setattr(Seen, "count", 0)
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.Seen"]
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    return Seen


def test_a_large_upload_is_not_read_to_find_a_token_in_it(browser, token, uploads):
    data = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.txt", b"x" * 20_000)}

    assert browser.post("/desk/", data).status_code == 403
    assert uploads.count == 0
    data["file"].seek(0)
    assert browser.post("/desk/", data, headers={"X-CSRFToken": token}).status_code in (200, 201)
    assert uploads.count == 1


def test_a_body_is_not_read_where_the_header_field_decides(browser, token, uploads):
    data = {"csrfmiddlewaretoken": token, "file": SimpleUploadedFile("a.txt", b"x")}
    headers = {"X-CSRFToken": token, "Origin": "https://evil.example"}

    assert browser.post("/desk/", data, headers=headers).status_code == 403
    assert browser.post("/desk/", data, headers={"X-CSRFToken": token[::-1]}).status_code == 403
    assert uploads.count == 0


@pytest.mark.parametrize("length", ["", "x", "-1", "9" * 30, "9" * 5000, "²", " 5"])
def test_an_upload_that_does_not_say_how_long_it_is_is_not_read_for_a_token(browser, token, uploads, length):
    body = f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n--b--\r\n'
    response = browser.post("/desk/", body, "multipart/form-data; boundary=b", CONTENT_LENGTH=length)

    assert response.status_code == 403
    assert uploads.count == 0


def test_a_form_that_is_too_large_is_a_413(browser, token, uploads):
    body = f"csrfmiddlewaretoken={token}&a={'x' * 20_000}"

    assert browser.post("/desk/", body, "application/x-www-form-urlencoded").status_code == 413
    assert written == []


BROKEN_FORMS = [
    ("multipart/form-data", b"--b\r\n"),
    ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'),
    ("multipart/form-data; boundary=" + "b" * 300, b"--b--"),
    (
        "multipart/form-data; boundary=b; charset=rot13",
        b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
    ),
    ("application/x-www-form-urlencoded; charset=latin-1", b"a=%E9"),
    ("application/x-www-form-urlencoded; charset=idna", b"a=b"),
    ("application/x-www-form-urlencoded; charset=unicode_escape", b"a=%5Cud800"),
    ("application/x-www-form-urlencoded; charset=utf-16", b"a=b"),
    ("application/x-www-form-urlencoded", b"a=%ff%fe\x00" + b"&" * 5000),
    ("application/x-www-form-urlencoded", b"&".join(b"a=b" for _ in range(2000))),
]  # fmt: skip


@pytest.mark.parametrize("broken", BROKEN_FORMS, ids=range(len(BROKEN_FORMS)))
def test_a_form_that_cannot_be_read_is_refused_and_never_a_500(browser, token, broken):
    content_type, body = broken
    response = browser.generic("POST", "/desk/", body, content_type)

    assert response.status_code in (400, 403, 413)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert written == []


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "application/octet-stream", "multipart/mixed", ""]
)
def test_a_body_that_is_no_form_is_not_read_at_all(browser, token, content_type):
    """Whoever has no token learns nothing of what would be read here."""
    assert browser.generic("POST", "/desk/", b"{broken" * 1_000_000, content_type).status_code == 403


# Requests beside which Django's own check is asked: all that its rules look at, in every combination.
TOKENS = ["none", "page", "cookie", "wrong", "odd"]
ORIGINS = [
    None,
    "https://testserver",
    "http://testserver",
    "https://evil.example",
    "https://a.shop.example",
    "null",
    "http://[",
    "\xe9",
]
REFERERS = [
    None,
    "https://testserver/page/",
    "http://testserver/",
    "https://evil.example/",
    "https://shop.example/x",
    "nonsense",
    "http://[",
]
OVER = [*((True, referer) for referer in REFERERS), (False, None), (False, "https://evil.example/")]  # TLS or not


def sent(token, kind):
    """Return the header field with a token of some kind."""
    return {
        "none": {},
        "page": {"X-CSRFToken": token},
        "cookie": {"X-CSRFToken": token},
        "wrong": {"X-CSRFToken": token[::-1]},
        "odd": {"X-CSRFToken": "é\x00" * 32},
    }[kind]  # fmt: skip


SHOP = ["https://shop.example", "https://*.shop.example"]


@pytest.mark.parametrize(
    ("use_sessions", "trusted"), [(False, []), (False, SHOP), (True, SHOP)], ids=["cookie", "trusted", "session"]
)
def test_a_write_passes_exactly_where_django_s_own_check_lets_it_pass(browser, settings, use_sessions, trusted):
    settings.CSRF_USE_SESSIONS = use_sessions
    settings.CSRF_TRUSTED_ORIGINS = trusted
    token = browser.get("/page/").text
    passed = 0
    for kind, origin, (secure, referer) in product(TOKENS, ORIGINS, OVER):
        headers = sent(browser.cookies["csrftoken"].value if kind == "cookie" and not use_sessions else token, kind)
        headers |= {"Origin": origin} if origin is not None else {}
        headers |= {"Referer": referer} if referer is not None else {}
        judged = browser.put("/judge/", b"{}", "application/json", headers=headers, secure=secure).status_code
        came = browser.put("/desk/", b"{}", "application/json", headers=headers, secure=secure).status_code
        assert (came, judged) in {(200, 200), (403, 403)}, (kind, origin, referer, secure)
        passed += came == 200

    assert passed > 10


@pytest.mark.parametrize("method", ["post", "put"])
def test_the_project_s_names_for_the_cookie_and_the_field_count(browser, settings, method):
    settings.CSRF_COOKIE_NAME = "shop-token"
    settings.CSRF_HEADER_NAME = "HTTP_X_SHOP_TOKEN"
    token = browser.get("/page/").text
    send = getattr(browser, method)
    refused = send("/desk/", b"{}", "application/json", headers={"X-CSRFToken": token})

    assert refused.status_code == 403
    assert "X-Shop-Token" in refused.json()["detail"]
    assert send("/desk/", b"{}", "application/json", headers={"X-Shop-Token": token}).status_code in (200, 201)


def test_a_token_of_another_session_is_none(browser, token, settings):
    settings.CSRF_USE_SESSIONS = True
    token = browser.get("/page/").text
    session = browser.session
    session[CSRF_SESSION_KEY] = "b" * 32
    session.save()

    assert browser.put("/desk/", b"{}", "application/json", headers={"X-CSRFToken": token}).status_code == 403


def test_the_check_is_made_without_django_s_middleware_too(browser, token, settings):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Csrf" not in name]

    assert browser.post("/desk/", b"{}", "application/json").status_code == 403
    assert browser.post("/desk/", b"{}", "application/json", headers={"X-CSRFToken": token}).status_code in (200, 201)


def test_a_client_of_a_project_s_tests_needs_no_token_as_in_all_of_django(aladdin):
    client = Client()
    client.force_login(aladdin)

    assert client.post("/desk/", {}, "application/json").status_code in (200, 201)


def test_why_a_write_is_refused_is_logged_where_django_logs_it_and_not_told(browser, token, caplog):
    caplog.set_level(logging.WARNING)
    headers = {"X-CSRFToken": token, "Origin": "https://evil.example"}
    response = browser.post("/desk/", b"{}", "application/json", headers=headers)
    record = next(record for record in caplog.records if record.name == "django.security.csrf")

    assert "evil.example" in record.getMessage()
    assert "/desk/" in record.getMessage()
    assert (record.levelname, record.status_code) == ("WARNING", 403)
    assert "evil" not in response.text
    assert token not in caplog.text + response.text


def test_a_line_of_the_log_stays_one_line(browser, caplog):
    browser.post("/desk/", b"{}", "application/json", headers={"Origin": "x\r\nERROR all is lost"})
    record = next(record for record in caplog.records if record.name == "django.security.csrf")

    assert "\n" not in record.getMessage()


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(max_codepoint=255), max_size=80), st.sampled_from(["X-CSRFToken", "Origin", "Referer"]))
def test_whatever_a_field_holds_it_is_never_a_500(browser, token, value, field):
    headers = {"X-CSRFToken": token} | {field: value}

    assert browser.post("/desk/", b"{}", "application/json", headers=headers, secure=True).status_code in (
        200,
        201,
        403,
    )


@pytest.mark.parametrize("cookie", ["", "x", "é" * 32, "a" * 32, "a" * 64, "\x00", "a" * 4000])
def test_whatever_the_token_s_cookie_holds_it_is_never_a_500(browser, token, cookie):
    browser.cookies["csrftoken"] = cookie

    assert browser.post("/desk/", b"{}", "application/json", headers={"X-CSRFToken": token}).status_code == 403


def test_an_answer_is_for_this_browser_only(browser):
    response = browser.get("/who/")

    assert "Cookie" in response.headers["Vary"]
    assert "public" not in response.headers.get("Cache-Control", "")


def test_reading_changes_no_session_and_sets_no_cookie(browser, django_assert_num_queries):
    before = Session.objects.get().session_data
    with django_assert_num_queries(2):  # the session, the user
        response = browser.get("/who/")

    assert not response.cookies
    assert Session.objects.get().session_data == before


def test_somebody_without_a_cookie_costs_no_query(aladdin, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get("/who/").status_code == 401


@pytest.mark.parametrize("key", ["\\000" * 9, "\\012aaaaaaaa", "\\177" * 9, "\\303\\244" * 9, "\\200" * 40])
def test_a_cookie_that_is_no_session_s_key_costs_no_query_either(db, django_assert_num_queries, key):
    """PostgreSQL refuses a NUL; a quoted cookie may hold any character (RFC 2109)."""
    with django_assert_num_queries(0):
        assert Client().get("/who/", headers={"Cookie": f'sessionid="{key}"'}).status_code == 401


def test_a_request_that_no_middleware_has_seen_is_nobody_s():
    assert SessionAuthenticator().authenticate(RequestFactory().get("/")) is None


def test_a_script_of_a_page_logs_in_reads_its_cookie_and_writes(live_server, transactional_db):
    """Over a socket, by a client that others wrote and that keeps cookies as a browser does."""
    requests = pytest.importorskip("requests")
    User.objects.create_user("Aladdin", password="open sesame", is_staff=True)
    with requests.Session() as browser:
        browser.trust_env = False
        browser.get(f"{live_server.url}/page/").close()
        assert browser.post(f"{live_server.url}/desk/", json={"a": 1}).status_code == 401
        cookie = Client()
        cookie.force_login(User.objects.get())
        browser.cookies.set("sessionid", cookie.cookies["sessionid"].value)
        refused = browser.post(f"{live_server.url}/desk/", json={"a": 1})
        fields = {"X-CSRFToken": browser.cookies["csrftoken"]}
        done = browser.post(f"{live_server.url}/desk/", json={"a": 1}, headers=fields)

    assert (refused.status_code, done.status_code) == (403, 201)
    assert done.json() == {"user": "Aladdin", "by": "session"}
    assert written == [{"a": 1}]


def test_both_credentials_at_once_are_the_session_s_where_it_comes_first(browser, token):
    """So a page that forgets its token is told, whatever password the browser remembers."""
    headers = {"Authorization": "Basic " + b64encode(b"Aladdin:open sesame").decode()}

    assert browser.post("/both/", b"{}", "application/json", headers=headers).status_code == 403
