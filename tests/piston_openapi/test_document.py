"""The document: what judges of OpenAPI say of it, and what it says of handlers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.test import override_settings
from django.urls import include, path
from openapi_spec_validator import validate

from piston_core import Api, BaseHandler, Lifecycle, Scopes, describe
from piston_openapi import document
from piston_openapi.views import written
from tests.shop import kinds
from tests.shop import models as shop

VERSIONS = ["3.1", "3.2"]
ALL = {"PLUGINS": ["json", "xml", "yaml", "auth", "oauth", "throttle", "openapi", "blog.api_hooks"]}


def made(api=None, version="3.1"):
    """Return a document as a client reads it."""
    return json.loads(written(document(describe(api), version)))


def served(api):
    """Return a context in which an API is the project's."""
    return override_settings(ROOT_URLCONF=(path("api/", include(api.urls)),))


def api_of(routes, **options):
    api = Api(title="Shop")
    for pattern, handler in routes.items():
        api.route(pattern, handler, **options)
    return api


def everything():
    """Return an API that shows every model of the shop, all of their columns, in lists and one by one."""
    models = [each for module in (shop, kinds) for each in vars(module).values() if isinstance(each, type)]
    api = Api(title="Shop")
    for model in dict.fromkeys(each for each in models if hasattr(each, "_meta") and each._meta.app_label == "shop"):
        attributes = {"model": model, "exclude": (), "__doc__": f"What is known of {model.__name__}."}
        handler = type(f"{model.__name__}Handler", (BaseHandler,), attributes)
        api.route(f"{model.__name__}/", handler)
        if len(model._meta.pk_fields) == 1:
            api.route(f"{model.__name__}/<str:pk>/", handler)
    return api


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("settings", [{}, ALL], ids=["as the tests are", "with every plugin"])
def test_a_judge_accepts_the_document_of_the_blog(version, settings):
    from django.conf import settings as django_settings

    with override_settings(PISTON={**django_settings.PISTON, **settings}):
        found = made(version=version)

    validate(found)
    assert found["openapi"].startswith(version)
    assert "/api/posts/{slug}/" in found["paths"]


@pytest.mark.filterwarnings("ignore:The default scheme will be changed")  # Django 5.2, of forms for URLs
@pytest.mark.parametrize("version", VERSIONS)
def test_a_judge_accepts_the_document_of_every_kind_of_column(version):
    api = everything()
    with served(api):
        found = made(api, version)

    validate(found)
    assert len(found["paths"]) > 40


def test_a_model_says_what_its_columns_hold():
    class FirmHandler(BaseHandler):
        model = kinds.Firm
        fields = ("colour", "level", "moment", "price", "duration", "content", "data", "file", "uuid", "email")

    api = api_of({"firms/<int:pk>/": FirmHandler})
    with served(api):
        shown = made(api)["components"]["schemas"]["Firm"]["properties"]

    assert {each["const"] for each in shown["colour"]["oneOf"]} == set(kinds.Colours.values)
    assert {each["const"] for each in shown["level"]["oneOf"]} == set(kinds.Levels.values)
    assert shown["moment"] == {"type": "string", "format": "date-time"}
    assert shown["price"] == {"type": "string", "format": "decimal"}
    assert shown["content"]["contentEncoding"] == "base64"
    assert shown["data"] == {}
    assert shown["file"]["type"] == ["string", "null"]
    assert (shown["uuid"]["format"], shown["email"]["format"]) == ("uuid", "email")


def test_a_shape_is_said_once_however_many_methods_show_it():
    found = made()

    assert [name for name in found["components"]["schemas"] if name.startswith("Post")] == [
        "PostInList", "PostForm", "PostFormWithFiles", "Post", "PostFormPatch", "PostFormPatchWithFiles",
    ]  # fmt: skip
    answer = found["paths"]["/api/posts/{slug}/"]["get"]["responses"]["200"]["content"]["application/json"]
    assert answer == {"schema": {"$ref": "#/components/schemas/Post"}}


def test_operations_have_names_that_stay_and_are_unique():
    operations = [each for item in made()["paths"].values() for each in item.values() if isinstance(each, dict)]
    names = [each["operationId"] for each in operations]

    assert "api_post_list_get" in names
    assert len(set(names)) == len(names)


def test_who_may_ask_is_said_by_the_authenticators():
    found = made()["paths"]["/api/posts/"]

    assert found["get"]["security"] == [{"basic": []}, {}]
    assert found["post"]["security"] == [{"basic": []}]
    assert made()["paths"]["/api/tags/"]["get"]["security"] == []
    assert made()["components"]["securitySchemes"] == {"basic": {"type": "http", "scheme": "basic"}}


@override_settings(PISTON={**ALL, "AUTHENTICATORS": ["session", "oauth", "token", "digest", "basic"]})
def test_every_authenticator_says_what_it_is():
    assert made()["components"]["securitySchemes"] == {
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        "oauth": {"type": "http", "scheme": "oauth"},
        "token": {"type": "http", "scheme": "bearer"},
        "digest": {"type": "http", "scheme": "digest"},
        "basic": {"type": "http", "scheme": "basic"},
    }


def test_a_query_and_the_items_of_lines_are_for_the_version_that_knows_them():
    old, new = (made(version=version)["paths"]["/api/posts/"] for version in VERSIONS)

    assert "query" not in old
    assert new["query"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["limit"]
    lines = "application/jsonl"
    assert old["get"]["responses"]["200"]["content"][lines] == {}
    assert new["get"]["responses"]["200"]["content"][lines] == {
        "itemSchema": {"$ref": "#/components/schemas/PostInList"}
    }


def test_what_becomes_of_an_address_is_said():
    life = Lifecycle(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC), successor="/api/new/")

    class MakerHandler(BaseHandler):
        """Who makes things."""

        model = shop.Maker
        fields = ("name",)

    api = api_of({"makers/": MakerHandler}, lifecycle=life)
    with served(api):
        found = made(api)

    operation = found["paths"]["/api/makers/"]["get"]
    assert operation["deprecated"] is True
    assert "2027-01-01" in operation["description"]
    assert "/api/new/" in operation["description"]
    assert found["tags"] == [{"name": "Maker", "description": "Who makes things."}]
    assert found["info"]["title"] == "Shop"


def test_scopes_are_a_permission_like_any_other():
    class MakerHandler(BaseHandler):
        model = shop.Maker
        permissions = (Scopes("makers"),)

    api = api_of({"makers/": MakerHandler})
    with served(api):
        assert "403" in made(api)["paths"]["/api/makers/"]["get"]["responses"]


def test_a_method_names_the_scopes_that_a_token_has_to_have():
    class MakerHandler(BaseHandler):
        model = shop.Maker
        permissions: ClassVar = {"read": [Scopes("makers:read")], "*": [Scopes("makers:read", "makers:write")]}

    api = api_of({"makers/": MakerHandler}, authentication=["token", "basic"])
    with served(api), override_settings(PISTON=ALL):
        found = made(api)
        validate(found)

    path = found["paths"]["/api/makers/"]
    assert path["get"]["security"] == [{"token": ["makers:read"]}, {"basic": []}]
    assert path["post"]["security"] == [{"token": ["makers:read", "makers:write"]}, {"basic": []}]


def test_two_handlers_of_one_name_are_told_apart():
    def handler(*names):
        return type("MakerHandler", (BaseHandler,), {"model": shop.Maker, "fields": names})

    api = api_of({"a/<int:pk>/": handler("name"), "b/<int:pk>/": handler("number")})
    with served(api):
        found = made(api)

    schemas = found["components"]["schemas"]
    assert list(schemas["Maker"]["properties"]) == ["name"]
    assert list(schemas["Maker2"]["properties"]) == ["number"]
    validate(found)


@pytest.mark.parametrize("version", ["3", "3.0", "2.0", "4", 3.1])
def test_a_version_that_is_not_known_is_refused(version):
    with pytest.raises(ValueError, match=r"3\.1 or 3\.2"):
        document(describe(), version)


def test_a_plugin_edits_the_document():
    """The blog's own plugin implements piston_openapi."""
    assert made()["info"]["contact"]["name"] == "The editors of the blog"


def test_no_query_is_run_for_it(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        made()
