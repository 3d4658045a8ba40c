"""Whatever a client sends to old handlers, to the CRUD of their root and to the OAuth views: never a failure."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
from django import forms
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import path, re_path
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.models import Tag
from piston.authentication import (
    HttpBasicAuthentication,
    OAuthAuthentication,
    oauth_access_token,
    oauth_request_token,
    oauth_user_auth,
)
from piston.handler import AnonymousBaseHandler, BaseHandler
from piston.resource import Resource
from piston.utils import validate
from piston_core.testing import serving

pytestmark = pytest.mark.django_db

hostile = settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

odd = st.sampled_from(["\x00", "%00", "../..", "'; DROP TABLE blog_tag; --", "{{7*7}}", "\u202e", "𝕏", " ", ""])
text = st.text(st.characters(codec="utf-8"), max_size=12) | odd | st.integers().map(str)
header = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)
named = st.dictionaries(st.sampled_from(["name", "slug", "id", "pk", "posts", "name__in"]) | text, values, max_size=4)
bodies = st.one_of(
    st.binary(max_size=40),
    (named | values).map(lambda data: json.dumps(data).encode()),
    st.lists(st.tuples(text, text), max_size=3).map(lambda pairs: "&".join(map("=".join, pairs)).encode()),
)
types = header | st.sampled_from([
    "", "application/json", "application/json; charset=utf-8", "application/x-yaml", "text/xml", "text/plain",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data",
    "multipart/form-data; boundary=x", "application/python-pickle",
])  # fmt: skip
names = st.sampled_from(
    ["format", "callback", "offset", "limit", "fields", "oauth_token", "oauth_callback", "oauth_signature"]
)
queries = st.dictionaries(
    names | text, text | st.sampled_from(["json", "xml", "yaml", "pickle", "django"]), max_size=4
)
credentials = st.one_of(
    header,
    st.sampled_from(["Basic", "Basic Og==", "OAuth", "OAuth realm=", "Bearer x", "Basic YWxpY2U6YWxpY2U="]),
    st.tuples(text, text).map(lambda pair: "Basic " + b64encode(":".join(pair).encode()).decode()),
    st.dictionaries(st.sampled_from(["consumer_key", "token", "nonce", "timestamp", "signature"]), header).map(
        lambda given: "OAuth " + ", ".join(f'oauth_{name}="{value}"' for name, value in given.items())
    ),
)
ranges = header | st.from_regex(r"items ?= ?[0-9]{0,20}-[0-9]{0,20}", fullmatch=True)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
addresses = st.sampled_from(
    ["/tags/", "/tags/1", "/tags/x", "/open/", "/check/", "/signed/", "/o/1/", "/o/2/", "/o/3/"]
)


@pytest.fixture
def site():
    class NameForm(forms.Form):
        name = forms.CharField()

    class Anonymous(AnonymousBaseHandler):
        model = Tag

    class Tags(BaseHandler):
        model = Tag
        anonymous = Anonymous

    class Echo(BaseHandler):
        allowed_methods = ("GET", "POST", "PUT", "PATCH", "HEAD")

        def read(self, request):
            return dict(request.GET.lists())

        def create(self, request):
            return {"data": request.data, "post": request.POST, "type": request.content_type}

        update = create

    class Checking(BaseHandler):
        allowed_methods = ("POST",)

        @validate(NameForm)
        def create(self, request):
            return request.form.cleaned_data

    User.objects.create_user("alice", password="alice")
    Tag.objects.create(pk=1, name="a", slug="a")
    tags = Resource(Tags, HttpBasicAuthentication())
    routes = [
        path("tags/", tags),
        re_path(r"^tags/(?P<id>.+)$", tags),
        path("open/", Resource(Echo)),
        path("check/", Resource(Checking)),
        path("signed/", Resource(Echo, OAuthAuthentication())),
        path("o/1/", oauth_request_token),
        path("o/2/", oauth_user_auth),
        path("o/3/", oauth_access_token),
    ]
    with serving(routes, plugins=["compat", "json"]) as client:
        client.raise_request_exception = True  # so that a failure says what it is
        yield client


@hostile
@given(methods, addresses, queries, bodies, types, credentials, ranges)
def test_nothing_that_is_sent_makes_an_old_handler_fail(site, method, at, query, body, kind, authorization, wanted):
    headers = {"Authorization": authorization, "Range": wanted}
    with transaction.atomic():
        response = site.generic(method, at, body, kind, query_params=query, headers=headers, CONTENT_TYPE=kind)
        transaction.set_rollback(True)

    assert response.status_code < 500, response.content
    assert b"Traceback" not in response.content


@hostile
@given(st.sampled_from(["/o/1/", "/o/2/", "/o/3/"]), queries, st.dictionaries(names | text, text, max_size=5))
def test_nothing_that_a_user_sends_makes_the_oauth_views_fail(site, at, query, form):
    site.force_login(User.objects.get())
    sent = {name: value for name, value in form.items() if name}

    assert site.get(at, query).status_code < 500
    assert site.post(at, sent, query_params=query).status_code < 500
