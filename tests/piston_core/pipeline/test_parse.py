"""The body: read within its limits, refused where it cannot be read, and never after something has happened."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.core.handlers.wsgi import LimitedStream
from django.urls import path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler, Resource
from tests.piston_core.pipeline.asking import (
    FORM,
    JSON,
    MULTIPART,
    Recording,
    ask,
    data_of,
    over_asgi,
    problem_of,
    send,
    serving,
)

WRITES = ["POST", "PUT", "PATCH"]


class Upload(BaseHandler):
    atomic = False

    def create(self, request):
        return self._received(request)

    def update(self, request):
        return self._received(request)

    def patch(self, request):
        return self._received(request)

    @staticmethod
    def _received(request):
        return {
            "fields": {name: request.data.getlist(name) for name in request.data},
            "files": {name: [file.name, file.size, file.read()] for name, file in request.FILES.items()},
        }


def multipart(*parts: bytes, end: bytes = b"--X--\r\n") -> bytes:
    return b"".join(b"--X\r\n" + part + b"\r\n" for part in parts) + end


def field(name: str, value: bytes, more: bytes = b"") -> bytes:
    return b'Content-Disposition: form-data; name="%s"%s\r\n\r\n%s' % (name.encode(), more, value)


def file(name: str, value: bytes, filename: str = "a.txt") -> bytes:
    return field(name, value, b'; filename="%s"' % filename.encode())


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    ("body", "content_type", "data"),
    [
        (b'{"a": [1, "\xc3\xa9"]}', JSON, {"a": [1, "é"]}),
        (b"[]", "Application/JSON; charset=utf-8", []),
        (b"1", JSON, 1),
        (b"a=1&a=2&b=%C3%A9+x", FORM, {"a": "2", "b": "é x"}),
        (b"", FORM, {}),
        (multipart(field("a", b"1"), field("b", "é".encode())), MULTIPART, {"a": "1", "b": "é"}),
        (multipart(), MULTIPART, {}),
        (b"", "", {}),
    ],
)
def test_every_format_is_read_for_every_method_that_brings_data(method, body, content_type, data):
    assert data_of(ask(Recording, method, body=body, content_type=content_type))["data"] == data


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
@pytest.mark.parametrize(("body", "content_type"), [(b"{", JSON), (b"x", "no/thing"), (b"--", MULTIPART)])
def test_the_body_of_a_method_that_brings_none_is_not_looked_at(method, body, content_type):
    handler = Recording()
    response = ask(handler, method, body=body, content_type=content_type)

    assert response.status_code < 300
    assert len(handler.calls) == 1


@pytest.mark.parametrize("content_type", ["text/plain", "image/png", "no type at all", JSON[:-1]])
@pytest.mark.parametrize("method", WRITES)
def test_nothing_was_sent_where_the_body_is_empty_whatever_its_type(method, content_type):
    """wsgiref, and so ``runserver``, says ``text/plain`` for a request without ``Content-Type``."""
    assert data_of(ask(Recording, method, content_type=content_type, headers={"Content-Length": "0"}))["data"] == {}


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/xml", "*/*", "json", "application/json5", "é/é"]
)
def test_a_type_that_no_parser_reads_is_415_with_those_that_one_does(method, content_type):
    handler = Recording()
    response = ask(handler, method, body=b"{}", content_type=content_type)

    accepted = "application/json, application/x-www-form-urlencoded, multipart/form-data"
    assert problem_of(response)["status"] == 415
    assert response.headers["Accept"] == accepted
    assert response.headers.get("Accept-Patch") == (accepted if method == "PATCH" else None)
    assert handler.calls == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{", JSON),
        (b'{"a": 1, "a": 2}', JSON),
        (b'{"a": "\xff"}', JSON),
        (b" ", JSON),
        (b"\xff=1", FORM),
        (b"a=1", FORM + "; charset=utf-16"),
        (b"--X\r\n", "multipart/form-data"),
        (b"--X\r\n", "multipart/form-data; boundary="),
        (b"--X\r\n", "multipart/form-data; boundary=" + "X" * 300),
        (multipart(field("a", b"a", b'; filename="a"\r\nContent-Transfer-Encoding: base64')), MULTIPART),
    ],
)
@pytest.mark.parametrize("method", WRITES)
def test_a_malformed_body_is_400_and_nothing_happens(method, body, content_type):
    handler = Recording()
    response = ask(handler, method, body=body, content_type=content_type)

    assert problem_of(response)["status"] == 400
    assert handler.calls == []


@pytest.mark.parametrize(
    ("body", "data"),
    [
        (b"", {}),
        (b"nonsense", {}),
        (b"--X", {}),
        (b"--Y\r\n\r\n--Y--", {}),
        (multipart(b"no header at all"), {}),
        (multipart(b"Content-Disposition: form-data\r\n\r\nno name"), {}),
        (multipart(field("a", b"1"), end=b""), {"a": "1\r\n"}),
        (multipart(field("a", b"\xff")), {"a": "\ufffd"}),
    ],
)
def test_of_a_broken_multipart_body_djangos_parser_takes_what_it_finds(body, data):
    assert data_of(ask(Recording, "POST", body=body, content_type=MULTIPART))["data"] == data
    assert data_of(ask(Recording, "PUT", body=body, content_type=MULTIPART))["data"] == data


@pytest.mark.parametrize("charset", ["nonsense", "rot13", "undefined", "utf-16", "", "unicode_escape"])
@pytest.mark.parametrize("method", WRITES)
def test_a_file_name_in_any_charset_breaks_nothing(method, charset):
    """Django 5.2.0 fails for a charset that it does not know (RFC 8187), later ones ignore the part."""
    name = f"; filename*={charset}''%41%5Cud800%FF".encode()
    response = ask(Upload, method, body=multipart(field("a", b"1", name)), content_type=MULTIPART)

    assert response.status_code in (200, 201, 400)


@pytest.mark.parametrize("method", WRITES)
def test_files_come_with_every_method(method):
    body = multipart(field("title", b"Tea"), file("photo", b"\x00\xff", "../../etc/tea.png"), field("title", b"Pot"))

    assert data_of(ask(Upload, method, body=body, content_type=MULTIPART)) == {
        "fields": {"title": ["Tea", "Pot"]},
        "files": {"photo": ["tea.png", 2, "AP8="]},
    }


CHARSETS = [
    "utf-8",
    "latin-1",
    "windows-1252",
    "shift_jis",
    "utf-16",
    "no-such-charset",
    "rot13",
    "hex",
    "zlib",
    "idna",
]
CHARSETS += ["punycode", "unicode_escape", "raw_unicode_escape", "utf-7", "undefined", "uu", "quopri", '"utf-8"', "''"]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize(
    ("form", "body"),
    [
        (FORM, rb"a=\ud800&b=%5Cud800&c=%ED%A0%80&d=+2AA-&e=xn--%FF&f=%00"),
        (FORM, b"\\ud800=1"),
        (MULTIPART, multipart(field("a", rb"\ud800 \xed\xa0\x80 +2AA- xn--"), field(r"\ud800", b"\xff"))),
    ],
    ids=["form", "name", "multipart"],
)
def test_a_form_in_any_charset_is_read_or_refused_but_breaks_nothing(form, body, charset):
    """Python knows codecs that are no character sets, and some that make text which no format can write."""
    for method in WRITES:
        response = ask(Recording, method, body=body, content_type=f"{form}; charset={charset}")

        assert response.status_code in (200, 201, 400), response.content


@pytest.mark.parametrize(("charset", "euro"), [("utf-8", b"\xe2\x82\xac"), ("windows-1252", b"\x80")])
def test_a_form_is_read_in_the_charset_that_it_names(charset, euro):
    escaped = b"".join(b"%%%02X" % byte for byte in euro)
    for body in (b"price=5" + euro, b"price=5" + escaped):
        assert data_of(ask(Recording, "PUT", body=body, content_type=f"{FORM}; charset={charset}"))["data"] == {
            "price": "5€"
        }


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    ("body", "content_type", "limits", "status"),
    [
        (b'{"a": "%s"}' % (b"x" * 200), JSON, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 100}, 413),
        (b"a=" + b"x" * 200, FORM, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 100}, 413),
        (multipart(field("a", b"x" * 200)), MULTIPART, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 100}, 413),
        (multipart(file("a", b"x" * 200)), MULTIPART, {"PISTON": {"PLUGINS": ["json"], "MAX_UPLOAD_SIZE": 200}}, 413),
        (b"a=1&b=2&c=3", FORM, {"DATA_UPLOAD_MAX_NUMBER_FIELDS": 2}, 400),
        (multipart(*[field("a", b"1")] * 4), MULTIPART, {"DATA_UPLOAD_MAX_NUMBER_FIELDS": 2}, 400),
        (multipart(*[file(f"f{n}", b"1") for n in range(4)]), MULTIPART, {"DATA_UPLOAD_MAX_NUMBER_FILES": 2}, 400),
    ],
)
def test_a_body_beyond_a_limit_is_refused_and_nothing_happens(method, body, content_type, limits, status):
    handler = Recording()
    response = ask(handler, method, body=body, content_type=content_type, **limits)

    assert problem_of(response)["status"] == status
    assert handler.calls == []


def test_an_upload_may_be_larger_than_what_is_held_in_memory():
    body = multipart(file("a", b"x" * 5000))
    response = ask(Upload, "PUT", body=body, content_type=MULTIPART, DATA_UPLOAD_MAX_MEMORY_SIZE=100)

    assert data_of(response)["files"]["a"][:2] == ["a.txt", 5000]


def test_a_body_beyond_the_limit_is_refused_by_its_length_before_it_is_read():
    """Nothing is there to read: reading would fail in another way."""
    for content_type, limit in ((JSON, 2_621_440), (MULTIPART, 25 * 1024 * 1024)):
        response = ask(Recording, "POST", content_type=content_type, headers={"Content-Length": str(limit + 1)})

        assert problem_of(response)["status"] == 413


@pytest.mark.parametrize("length", ["-1", "+5", "5.0", "5_0", "abc", "٥", "0x10", "1 2", "9" * 19, "9" * 5000])
def test_a_length_that_is_no_number_is_400(length):
    handler = Recording()
    response = ask(handler, "POST", content_type=JSON, headers={"Content-Length": length})

    assert problem_of(response)["status"] == 400
    assert handler.calls == []


CHUNKED = {"Transfer-Encoding": "chunked"}


@pytest.mark.parametrize("method", WRITES)
def test_a_body_in_chunks_is_411_where_wsgi_would_pass_it_for_an_empty_one(method):
    handler = Recording()
    response = ask(handler, method, content_type=JSON, headers=CHUNKED)

    assert problem_of(response)["status"] == 411
    assert handler.calls == []
    assert ask(handler, "GET", headers=CHUNKED).status_code == 200


def in_chunks(body, content_type, **settings):
    """Return the response of a server that ends the stream with the body, what was called, and how far was read."""
    stream, handler = BytesIO(body + b"the next request"), Recording()
    limited = LimitedStream(stream, len(body))
    environ = {"wsgi.input": limited, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    with serving(path("it/", Resource(handler, authentication=())), **settings) as client:
        response = client.post("/it/", headers={**CHUNKED, "Content-Type": content_type}, **environ)
    return response, handler.calls, stream.tell()


def test_a_body_in_chunks_is_read_where_the_server_says_that_it_ends_it():
    assert data_of(in_chunks(b'{"a": 1}', JSON)[0]) == {"data": {"a": 1}}
    assert data_of(in_chunks(b"a=1", FORM)[0]) == {"data": {"a": "1"}}
    assert data_of(in_chunks(b"", "")[0]) == {"data": {}}
    assert problem_of(in_chunks(b'{"a": 1', JSON)[0])["status"] == 400
    assert problem_of(in_chunks(b"a", "text/plain")[0])["status"] == 415
    assert problem_of(in_chunks(multipart(file("a", b"1")), MULTIPART)[0])["status"] == 411  # it goes to the disk


@pytest.mark.parametrize(("length", "status"), [(100, 201), (101, 413), (100_000, 413)])
def test_a_body_in_chunks_is_read_no_further_than_the_limit(length, status):
    body = b'{"a": "%s"}' % (b"x" * (length - 9))
    response, calls, read = in_chunks(body, JSON, DATA_UPLOAD_MAX_MEMORY_SIZE=100)

    assert (response.status_code, len(calls)) == (status, status == 201)
    assert read <= 101


@pytest.mark.parametrize("version", ["1.1", "2", "3"])
@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (JSON, (201, b'{"data":{"a":1}}')),
        (FORM, (201, b'{"data":{"{\\"a\\": 1}":""}}')),
        (None, 415),
        ("text/plain", 415),
        (MULTIPART, 411),
    ],
)
def test_a_body_without_a_length_never_passes_for_an_empty_one_over_asgi(db, version, content_type, expected):
    """HTTP/2 and 3 announce no body, and need no length for one (RFC 9113, section 8.1.1)."""
    headers = {"Content-Type": content_type} if content_type else {}
    headers |= CHUNKED if version == "1.1" else {}
    answers = [over_asgi(Recording, "POST", body, headers, version) for body in (b'{"a": 1}', [b'{"a"', b": 1}"])]

    assert answers[0][0] == answers[1][0] == (expected if isinstance(expected, int) else expected[0])
    assert isinstance(expected, int) or answers == [expected, expected]


@pytest.mark.parametrize("version", ["1.1", "2", "3"])
def test_a_body_is_as_long_as_it_says_over_asgi_and_none_is_none(db, version):
    whole = {"Content-Length": "8", "Content-Type": JSON}

    def post(body, headers):
        return over_asgi(Recording, "POST", body, headers, version)

    assert post(b"", {}) == post(b"", {"Content-Length": "0"}) == (201, b'{"data":{}}')
    assert post(b"", {"Content-Type": JSON})[0] == 400
    assert post(b'{"a": 1}', whole) == (201, b'{"data":{"a":1}}')


@pytest.mark.parametrize(("length", "status"), [(100, 201), (101, 413), (100_000, 413)])
def test_a_body_without_a_length_is_held_to_the_limit_over_asgi(db, settings, length, status):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    body = b'{"a": "%s"}' % (b"x" * (length - 9))

    assert over_asgi(Recording, "POST", [body[:50], body[50:]], {"Content-Type": JSON}, "2")[0] == status


def test_a_body_without_a_length_is_411_over_http_2_on_a_wsgi_server_too():
    with serving(path("it/", Resource(Recording, authentication=()))) as client:
        assert client.post("/it/", SERVER_PROTOCOL="HTTP/2.0", CONTENT_LENGTH="").status_code == 411
        assert send(client, "POST", "/it/").status_code == 201


class Strict(FileUploadHandler):
    """Refuses a file as soon as it begins."""

    def receive_data_chunk(self, raw_data, start):
        raise RequestDataTooBig("Not here.")

    def file_complete(self, file_size):
        return None


def refusing_files(get_response):
    def middleware(request):
        request.upload_handlers = [Strict(request)]
        return get_response(request)

    return middleware


@pytest.mark.parametrize("method", WRITES)
def test_an_upload_handler_of_the_project_may_refuse(method):
    handler = Recording()
    body = multipart(file("a", b"x"))
    response = ask(handler, method, body=body, content_type=MULTIPART, MIDDLEWARE=[f"{__name__}.refusing_files"])

    assert problem_of(response)["status"] == 413
    assert handler.calls == []


def looking_at_forms(get_response):
    def middleware(request):
        request.META["middleware.read"] = len(request.POST) + len(request.FILES)
        return get_response(request)

    return middleware


@pytest.mark.parametrize("method", WRITES)
def test_a_form_that_middleware_has_looked_at_is_there_all_the_same(method):
    body = multipart(field("a", b"1"), file("b", b"2"))
    response = ask(Upload, method, body=body, content_type=MULTIPART, MIDDLEWARE=[f"{__name__}.looking_at_forms"])

    assert data_of(response) == {"fields": {"a": ["1"]}, "files": {"b": ["a.txt", 1, "Mg=="]}}
    for other, content_type in ((b"a=1", FORM), (b'{"a": "1"}', JSON)):
        response = ask(
            Recording, method, body=other, content_type=content_type, MIDDLEWARE=[f"{__name__}.looking_at_forms"]
        )
        assert data_of(response)["data"] == {"a": "1"}


def reading(get_response):
    def middleware(request):
        request.META["middleware.read"] = len(request.body)
        return get_response(request)

    return middleware


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"a": "1"}', JSON), (b"a=1", FORM), (multipart(field("a", b"1")), MULTIPART)],
    ids=["json", "form", "multipart"],
)
def test_what_middleware_has_read_before_is_read_all_the_same(method, body, content_type):
    response = ask(Recording, method, body=body, content_type=content_type, MIDDLEWARE=[f"{__name__}.reading"])

    assert data_of(response)["data"] == {"a": "1"}


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=60), st.sampled_from([JSON, FORM, MULTIPART]), st.sampled_from(WRITES))
def test_no_body_breaks_the_server(body, content_type, method):
    response = ask(Recording, method, body=body, content_type=content_type)

    assert response.status_code in (200, 201, 400)


PIECES = [
    b"--X",
    b"--X--",
    b"\r\n",
    b"\n",
    b"Content-Disposition: form-data; ",
    b'name="a"',
    b"; filename=",
    b'"a.txt"',
    b":",
]
PIECES += [
    b"Content-Type: text/plain; charset=",
    b"hex",
    b"Content-Transfer-Encoding: base64",
    b"filename*=",
    b"''",
    b"x",
]
PIECES += [b"Content-Length: ", b"-1", b"\x00", b"\xff", b"--", b"=", b'"', b"\\"]


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PIECES), max_size=14).map(b"".join), st.sampled_from(WRITES))
def test_no_multipart_body_breaks_the_server(middle, method):
    body = b"--X\r\nContent-Disposition: form-data; " + middle + b"\r\n\r\n1\r\n--X--\r\n"
    response = ask(Recording, method, body=body, content_type=MULTIPART)

    assert response.status_code in (200, 201, 400)
