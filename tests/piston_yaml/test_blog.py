"""A project's own handlers and forms, spoken to in YAML."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import override_settings

from blog.models import Post
from tests.piston_yaml.judges import read_by_all


@pytest.fixture(autouse=True)
def speaking_yaml():
    with override_settings(PISTON=settings.PISTON | {"PLUGINS": ["json", "yaml", "auth", "blog.api_hooks"]}):
        yield


def post(client, address, body, method="post"):
    headers = {"Accept": "application/yaml"}
    return getattr(client, method)(address, body.encode(), content_type="application/yaml", headers=headers)


POST = """\
title: A post of YAML
slug: post-of-yaml
content: |-
  First: line.
  Second line, "quoted".
is_published: true
price: 21.50
rating: 4.5
"""


def test_a_model_form_takes_a_body_and_the_answer_is_read_back_the_same(alice):
    response = post(alice, "/api/posts/", POST)
    shown = read_by_all(response.content)

    assert response.status_code == 201
    assert shown["content"] == Post.objects.get(slug="post-of-yaml").content == 'First: line.\nSecond line, "quoted".'
    assert (shown["price"], shown["rating"], shown["is_published"]) == ("21.50", 4.5, True)


def test_a_patch_changes_what_it_names(alice):
    post(alice, "/api/posts/", POST)
    response = post(alice, "/api/posts/post-of-yaml/", "content: |\n  Very first.\n  Last.\n", "patch")
    shown = read_by_all(response.content)

    assert response.status_code == 200, response.content
    assert (shown["title"], shown["content"]) == ("A post of YAML", "Very first.\nLast.")


def test_text_that_yaml_1_1_takes_for_something_else_arrives_as_text(alice):
    response = post(alice, "/api/posts/", "title: no\nslug: yes\ncontent: 1:30\n")

    assert response.status_code == 201, response.content
    assert (Post.objects.get(slug="yes").title, Post.objects.get(slug="yes").content) == ("no", "1:30")


def test_a_refusal_of_the_form_is_a_problem(alice):
    response = post(alice, "/api/posts/", "title: [a]\nrating: 1e3\n")

    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "/title" in [error["pointer"] for error in response.json()["errors"]]


def test_a_refused_body_changes_nothing(alice):
    before = Post.objects.count()
    response = post(alice, "/api/posts/", POST + "title: again\n")

    assert response.status_code == 400
    assert response.json()["detail"] == "The key 'title' comes twice in one mapping at line 9, column 1."
    assert Post.objects.count() == before
