"""Limits: what is too long, too much or too deep is refused, before it is read and before anything is done."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import path

from blog.models import Tag
from piston_core import BaseHandler, Resource
from tests.piston_core.http.served import EVERY_FORMAT, JSON_PATCH, MERGE, XML, YAML, api, asking, each_server
from tests.piston_core.pipeline.asking import BAD, FORM, GOOD, JSON, MULTIPART, Key, Recording, problem_of, serving


class TagHandler(BaseHandler):
    model = Tag
    fields = ("name", "slug")
    filters = ("slug",)
    sorting = ("name",)
    page_size = 3
    bulk_limit = 3
    idempotency = True


ROUTES = {"tags/": TagHandler, "tags/<slug:slug>/": TagHandler}


@each_server
@pytest.mark.parametrize(("length", "status"), [(100, 200), (101, 414), (5000, 414)])
@pytest.mark.parametrize("method", ["GET", "HEAD", "QUERY", "POST"])
def test_a_query_string_is_as_long_as_the_settings_let_it_be(db, server, method, length, status):
    """RFC 9110, section 15.5.15."""
    with api(ROUTES, server, {"authentication": ()}, {"MAX_QUERY_SIZE": 100}) as ask:
        data = {"name": "A", "slug": "a"} if method in {"POST", "QUERY"} else b""
        response = ask(method, f"/api/tags/?a={'x' * (length - 2)}", data)

        assert response.status_code == (201 if (method, status) == ("POST", 200) else status)
    assert Tag.objects.exists() == (response.status_code == 201)


READ = ["Accept", "If-Match", "If-None-Match", "Prefer", "Range", "Idempotency-Key"]
READ += ["If-Range", "If-Modified-Since", "If-Unmodified-Since"]


@each_server
@pytest.mark.parametrize("name", READ)
def test_a_field_that_is_read_is_as_long_as_the_settings_let_it_be(db, server, name):
    """RFC 6585, section 5; the detail says which field it is."""
    value = {"Accept": "*/*"}.get(name, "")
    with api(ROUTES, server, None, {"MAX_FIELD_SIZE": 50}) as ask:
        long = ask("GET", "/api/tags/", **{name: value + "," * (51 - len(value))})
        assert (problem_of(long)["status"], name in problem_of(long)["detail"]) == (431, True)
        assert ask("GET", "/api/tags/", **{name: value + "," * (50 - len(value))}).status_code != 431
        assert ask("GET", "/api/tags/", **{"X-Other": "x" * 60}).status_code == 200


@each_server
def test_credentials_are_held_to_the_limit_where_they_are_read(db, server):
    """By an authenticator that names them; to others they are nothing."""
    long = {"X-Key": "x" * 51, "Authorization": "x" * 51}
    with api(ROUTES, server, {"authentication": Key()}, {"MAX_FIELD_SIZE": 50}) as ask:
        assert "X-Key" in problem_of(ask("GET", "/api/tags/", **long))["detail"]
        assert ask("GET", "/api/tags/", **long).status_code == 431
        assert ask("GET", "/api/tags/", **(long | GOOD)).status_code == 200
    with api(ROUTES, server, None, {"MAX_FIELD_SIZE": 50}) as ask:
        assert ask("GET", "/api/tags/", **long).status_code == 200


def test_the_limits_are_generous_where_the_settings_say_nothing(db):
    with api(ROUTES) as ask:
        assert ask("GET", f"/api/tags/?a={'x' * 8190}").status_code == 200
        assert ask("GET", f"/api/tags/?a={'x' * 8191}").status_code == 414
        assert ask("GET", "/api/tags/", Prefer="x" * 8192).status_code == 200
        assert ask("GET", "/api/tags/", Prefer="x" * 8193).status_code == 431


@pytest.mark.parametrize(
    ("address", "fields", "status"), [(f"/it/?{'x' * 9000}", {}, 414), ("/it/", {"Prefer": "x" * 9000}, 431)]
)
def test_what_is_too_long_is_refused_before_anybody_is_asked_who_it_is(address, fields, status):
    with serving(path("it/", Resource(Recording, authentication=Key()))):
        assert asking()("POST", address, {}, **BAD, **fields).status_code == status


class Unread:
    """The body of a request that is refused before: to read it is a fault."""

    def read(self, *args):
        raise AssertionError("the body was read")

    readline = read


LARGE = {"CONTENT_LENGTH": "3000000"}
BEFORE = [
    ("POST", "/it/", JSON, {}, LARGE, 413),
    ("PUT", "/it/", JSON, {}, LARGE, 413),
    ("PATCH", "/it/", JSON, {}, LARGE, 413),
    ("POST", "/it/", FORM, {}, LARGE, 413),
    ("POST", "/it/", YAML, {}, LARGE, 413),
    ("POST", "/it/", XML, {}, LARGE, 413),
    ("POST", "/it/", MULTIPART, {}, {"CONTENT_LENGTH": "30000000"}, 413),
    ("POST", "/it/", JSON, {}, {"CONTENT_LENGTH": "x"}, 400),
    ("POST", "/it/", JSON, {"Transfer-Encoding": "chunked"}, {"CONTENT_LENGTH": ""}, 411),
    ("POST", "/it/", MULTIPART, {"Transfer-Encoding": "chunked"}, {"CONTENT_LENGTH": ""}, 411),
    ("POST", "/it/", "text/plain", {}, {}, 415),
    ("POST", "/it/", MERGE, {}, {}, 415),
    ("PATCH", "/it/", JSON_PATCH, {}, {}, 415),
    ("POST", "/it/", "", {}, {}, 415),
    ("POST", "/it/?a=" + "x" * 9000, JSON, {}, {}, 414),
    ("POST", "/it/", JSON, {"Accept": "x" * 9000}, {}, 431),
    ("POST", "/it/", JSON, {"Accept": "image/png"}, {}, 406),
    ("POST", "/it/", JSON, {"X-Key": ""}, {}, 401),
    ("POST", "/it/", JSON, {"X-Key": "bad"}, {}, 401),
    ("QUERY", "/it/", JSON, {}, {}, 405),
    ("BREW", "/it/", JSON, {}, {}, 501),
    ("TRACE", "/it/", JSON, {}, {}, 405),
    ("GET", "/it/", JSON, {}, {}, 200),
    ("DELETE", "/it/", JSON, {}, {}, 204),
    ("OPTIONS", "/it/", JSON, {}, {}, 204),
]


@pytest.mark.parametrize(("method", "address", "content_type", "fields", "environ", "status"), BEFORE)
def test_what_can_be_refused_or_answered_without_the_body_is(method, address, content_type, fields, environ, status):
    handler = Recording()
    read = {"wsgi.input": Unread(), "CONTENT_LENGTH": "10", "CONTENT_TYPE": content_type, **environ}
    with serving(path("it/", Resource(handler, authentication=Key())), PISTON=EVERY_FORMAT):
        response = Client().generic(method, address, headers={**GOOD, **fields}, **read)

    assert response.status_code == status
    assert len(handler.calls) == (status in {200, 204} and method != "OPTIONS")


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"If-None-Match": "*"}, 413), ({}, 428)],
)
def test_a_write_without_a_precondition_is_refused_without_its_body(db, fields, status):
    class Careful(TagHandler):
        require_precondition = True

    Tag.objects.create(name="A", slug="a")
    with api({"tags/<slug:slug>/": Careful}):
        environ = {"wsgi.input": Unread(), "CONTENT_TYPE": JSON, **LARGE}
        fields = {"If-Match": "*"} if status == 413 else fields
        assert Client().generic("PUT", "/api/tags/a/", headers=fields, **environ).status_code == status


@each_server
@pytest.mark.parametrize(
    ("method", "address", "content_type", "body"),
    [
        ("POST", "/api/tags/", JSON, b'{"name": "A", "slug": "a", "x": "%s"}' % (b"x" * 100)),
        ("POST", "/api/tags/", FORM, b"name=A&slug=a&x=" + b"x" * 100),
        ("POST", "/api/tags/", YAML, b"name: A\nslug: a\nx: " + b"x" * 100),
        ("POST", "/api/tags/", XML, b"<t><name>A</name><slug>a</slug><x>" + b"x" * 100 + b"</x></t>"),
        ("PUT", "/api/tags/tea/", JSON, b'{"name": "%s", "slug": "tea"}' % (b"x" * 100)),
        ("PATCH", "/api/tags/tea/", MERGE, b'{"name": "%s"}' % (b"x" * 100)),
        ("PATCH", "/api/tags/tea/", JSON_PATCH, b'[{"op": "test", "path": "", "value": "%s"}]' % (b"x" * 100)),
        ("PATCH", "/api/tags/", JSON, b"[%s]" % (b" " * 100)),
        ("QUERY", "/api/tags/", JSON, b"{%s}" % (b" " * 100)),
    ],
)
def test_a_body_beyond_the_limit_is_413_for_every_method_and_format(db, server, method, address, content_type, body):
    before = [Tag.objects.create(name="Tea", slug="tea")]
    with api(ROUTES, server, DATA_UPLOAD_MAX_MEMORY_SIZE=100) as ask:
        assert problem_of(ask(method, address, body, content_type))["status"] == 413
    assert list(Tag.objects.all()) == before


def test_without_a_limit_there_is_none():
    with serving(path("it/", Resource(Recording, authentication=())), DATA_UPLOAD_MAX_MEMORY_SIZE=None):
        assert asking()("POST", "/it/", {"a": "x" * 3_000_000}).status_code == 201


@each_server
@pytest.mark.parametrize(("count", "status"), [(5, 201), (6, 400)])
def test_a_form_has_as_many_fields_as_django_lets_it(server, count, status):
    with serving(path("it/", Resource(Recording, authentication=())), DATA_UPLOAD_MAX_NUMBER_FIELDS=5):
        body = b"&".join(b"f%d=1" % number for number in range(count))

        assert asking(server)("POST", "/it/", body, FORM).status_code == status


@each_server
@pytest.mark.parametrize(("count", "status"), [(5, 200), (6, 400)])
@pytest.mark.parametrize("address", ["/api/tags/", "/api/tags.json"])
def test_a_query_string_has_as_many_parameters_as_django_lets_it(db, server, address, count, status):
    with api(ROUTES, server, DATA_UPLOAD_MAX_NUMBER_FIELDS=5) as ask:
        response = ask("GET", f"{address}?{'&'.join('a=1' for _ in range(count))}")

        assert response.status_code == status


DEEP = {
    JSON: lambda depth: b'{"name": ' + b"[" * depth + b"]" * depth + b"}",
    YAML: lambda depth: b"name: " + b"[" * depth + b"]" * depth,
    XML: lambda depth: b"<t>" + b"<name>" * depth + b"</name>" * depth + b"</t>",
    MERGE: lambda depth: b'{"name": ' + b"[" * depth + b"]" * depth + b"}",
    JSON_PATCH: lambda depth: b'[{"op":"add","path":"/name","value":' + b"[" * depth + b"]" * depth + b"}]",
}


@each_server
@pytest.mark.parametrize("depth", [70, 50_000])
@pytest.mark.parametrize("content_type", DEEP)
def test_a_body_that_is_nested_too_deeply_is_malformed(db, server, content_type, depth):
    Tag.objects.create(name="Tea", slug="tea")
    with api(ROUTES, server) as ask:
        problem = problem_of(ask("PATCH", "/api/tags/tea/", DEEP[content_type](depth), content_type))

        assert (problem["status"], problem["type"]) == (400, "/api/problems/malformed-body")
    assert Tag.objects.get().name == "Tea"


@pytest.mark.parametrize("kind", ["MAX_QUERY_SIZE", "MAX_FIELD_SIZE", "MAX_UPLOAD_SIZE"])
def test_a_limit_of_nothing_lets_nothing_pass_and_none_is_none(db, kind):
    """0 is a limit like any other, and no way to say that there is none."""
    multipart = b'--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--X--\r\n'
    with serving(path("it/", Resource(Recording, authentication=())), PISTON={**EVERY_FORMAT, kind: 0}):
        statuses = {
            "MAX_QUERY_SIZE": asking()("GET", "/it/?a").status_code,
            "MAX_FIELD_SIZE": asking()("GET", "/it/", Accept="*/*").status_code,
            "MAX_UPLOAD_SIZE": asking()("POST", "/it/", multipart, MULTIPART).status_code,
        }

        assert {name for name, status in statuses.items() if status >= 400} == {kind}
