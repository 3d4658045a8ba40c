"""The ancestor's "fully functional example" runs."""

from __future__ import annotations

import importlib
import sys

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings

from blog.models import Post
from tests.piston_compat.old import PLUGINS, basic

SEED = "tests.piston_compat.seed"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blog")]


@pytest.fixture
def client():
    for name in ("handlers", "urls"):
        sys.modules.pop(f"{SEED}.{name}", None)  # handlers are known from the moment on that they are defined
    module = importlib.import_module(f"{SEED}.urls")
    with override_settings(ROOT_URLCONF=tuple(module.urlpatterns), PISTON={"PLUGINS": list(PLUGINS)}):
        yield Client()


@pytest.fixture
def post():
    return Post.objects.filter(author__username="alice").first()


def test_a_post_is_shown_with_its_author_and_what_the_handler_computes(client, post):
    response = client.get(f"/posts/{post.slug}/", headers=basic("bob"))

    assert response.json() == {
        "title": post.title,
        "content": post.content,
        "author": {"username": "alice", "first_name": post.author.first_name},
        "content_size": len(post.content),
    }
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.content.startswith(b'{\n    "title"')


@pytest.mark.parametrize("headers", [{}, basic("alice", "wrong"), {"Authorization": "Basic %%%"}])
def test_somebody_without_good_credentials_is_challenged(client, post, headers):
    response = client.get(f"/posts/{post.slug}/", headers=headers)

    assert (response.status_code, response.content) == (401, b"Authorization Required")
    assert response.headers["WWW-Authenticate"] == 'Basic realm="My Realm"'
    assert response.headers["Content-Type"] == "text/html"


def test_a_put_of_a_form_changes_the_title_five_times_in_ten_minutes(client, post):
    def put():
        return client.put(
            f"/posts/{post.slug}/", "title=Changed", "application/x-www-form-urlencoded", headers=basic("alice")
        )

    answers = [put() for _ in range(6)]

    assert [each.status_code for each in answers] == [200] * 5 + [503]
    assert answers[0].json()["title"] == Post.objects.get(pk=post.pk).title == "Changed"
    assert (answers[5].content, int(answers[5].headers["Retry-After"]) > 0) == (b"Throttled", True)


def test_only_its_author_deletes_a_post(client, post):
    refused = client.delete(f"/posts/{post.slug}/", headers=basic("bob"))
    deleted = client.delete(f"/posts/{post.slug}/", headers=basic("alice"))

    assert (refused.status_code, refused.content) == (401, b"Forbidden")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert not Post.objects.filter(pk=post.pk).exists()


def test_a_missing_post_is_not_found(client):
    response = client.get("/posts/missing/", headers=basic("alice"))

    assert (response.status_code, response.content) == (404, b"Not Found")


def test_data_without_a_model_holds_a_user_without_the_password(client):
    response = client.get("/other/alice/hello/", headers=basic("alice"))

    data = response.json()
    assert data["data_length"] == 5
    assert data["user"]["username"] == "alice"
    assert data["user"].keys() == {each.attname for each in User._meta.concrete_fields} - {"password"}


def test_what_a_handler_does_not_allow_is_405_in_its_own_order(client, post):
    response = client.post(f"/posts/{post.slug}/", headers=basic("alice"))

    assert (response.status_code, response.content, response.headers["Allow"]) == (405, b"", "GET, PUT, DELETE")


@pytest.mark.parametrize(
    ("name", "content_type", "start"),
    [
        ("xml", "text/xml; charset=utf-8", b'<?xml version="1.0" encoding="utf-8"?>\n<response><title>'),
        ("yaml", "application/x-yaml; charset=utf-8", b"author:\n  first_name:"),
        ("pickle", "application/python-pickle", b"\x80"),
    ],
)
def test_a_post_is_shown_in_every_format(client, post, name, content_type, start):
    response = client.get(f"/posts/{post.slug}/?format={name}", headers=basic("alice"))

    assert response.headers["Content-Type"] == content_type
    assert response.content.startswith(start)
