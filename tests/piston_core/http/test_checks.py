"""The system checks of what a handler declares about HTTP."""

from __future__ import annotations

import pytest
from django.test import override_settings
from django.urls import path

from blog.models import Post
from piston_core import BaseHandler, Resource
from piston_core.checks import check_piston


def messages(**declared):
    handler = type("Declaring", (BaseHandler,), {"model": Post, "fields": ("title",), **declared})
    with override_settings(ROOT_URLCONF=(path("posts/", Resource(handler, authentication=())),)):
        return [
            (each.id, each.msg) for each in check_piston() if each.id in ("piston.E010", "piston.E011", "piston.W008")
        ]


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("sorting", ("titel",), "titel"),
        ("sorting", ("comments__created",), "one value for each object"),
        ("filters", ("created__gt3",), "created__gt3"),
        ("filters", ("limit",), "a parameter of Piston's own"),
        ("page_size", 0, "positive integer"),
        ("max_page_size", "10", "positive integer"),
        ("version_field", "updated", "no column"),
        ("version_field", "comments", "no column"),
        ("modified_field", "title", "no DateTimeField"),
        ("bulk_limit", True, "a number of objects"),
        ("bulk_limit", -1, "a number of objects"),
        ("idempotency", "yes", '"required"'),
        ("cache_control", "", "a field's value"),
        ("cache_control", None, "a field's value"),
    ],
)
def test_what_cannot_be_meant_is_an_error(attribute, value, said):
    found = messages(**{attribute: value})

    assert [code for code, _ in found] == ["piston.E010"]
    assert f"Declaring.{attribute}" in found[0][1]
    assert said in found[0][1]


def test_what_can_be_meant_is_none():
    declared = {"sorting": ("created", "author__username"), "filters": ("author", "tags__slug", "created__gte")}
    fields = {
        "page_size": 10,
        "max_page_size": 10,
        "version_field": "uid",
        "modified_field": "created",
        "bulk_limit": 5,
    }

    assert messages(**declared, **fields, idempotency="required", cache_control="max-age=5") == []


def test_kept_answers_need_their_app(settings):
    settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "piston_core.idempotency"]

    assert [code for code, _ in messages(idempotency=True)] == ["piston.E011"]
    assert messages() == []


def test_required_entity_tags_and_weak_ones_do_not_go_together(settings):
    settings.MIDDLEWARE = ["django.middleware.gzip.GZipMiddleware", *settings.MIDDLEWARE]

    assert [code for code, _ in messages(require_precondition=True)] == ["piston.W008"]
    assert messages() == []
