"""The ancestor's smaller modules: documentation, forms, middleware, test cases, decorators, and moving on."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import path, re_path

from blog.models import Tag
from piston.authentication import OAuthAuthentication
from piston.decorator import decorator
from piston.doc import HandlerMethod, documentation_view, generate_doc
from piston.forms import ModelForm
from piston.handler import AnonymousBaseHandler, BaseHandler, handler_tracker, typemapper
from piston.models import Consumer, Token
from piston.resource import Resource
from piston.test import OAuthTestCase
from piston.utils import coerce_put_post, translate_mime
from piston_core import BaseHandler as CoreHandler
from piston_core import Resource as CoreResource
from piston_core.testing import serving
from piston_oauth.models import AccessToken
from piston_oauth.models import Consumer as NewConsumer
from tests.piston_compat.old import returning
from tests.piston_compat.test_oauth import HOST, keys, signed

pytestmark = pytest.mark.django_db


# -- documentation ----------------------------------------------------------------------------------


class Documented(BaseHandler):
    """Shows tags."""

    model = Tag
    allowed_methods = ("GET", "PUT")
    anonymous = "AnonymousDocumented"

    def read(self, request, id, other="x", third=None, *args, **kwargs):
        """Reads one."""

    @classmethod
    def resource_uri(cls, obj=None):
        return ("documented", ["pk"])


class AnonymousDocumented(AnonymousBaseHandler):
    model = Tag


@pytest.fixture
def documented():
    for each in (Documented, AnonymousDocumented):
        typemapper[each] = (Tag, each.is_anonymous)
        handler_tracker.append(each)
    return generate_doc(Documented)


def test_a_handler_is_documented(documented):
    method = next(documented.get_methods())

    assert (documented.name, documented.doc, documented.allowed_methods) == (
        "Documented",
        "Shows tags.",
        ("GET", "PUT"),
    )
    assert (documented.is_anonymous, documented.has_anonymous) == (False, True)
    assert (documented.anonymous.name, documented.anonymous.is_anonymous) == ("AnonymousDocumented", True)
    assert documented.get_model() is Tag
    assert (method.name, method.http_name, method.doc, method.stale) == ("read", "GET", "Reads one.", False)
    assert method.signature == "id, other=x, third=<optional>"
    assert repr(method) == "<Method: read>"


def test_methods_of_other_modules_are_stale(documented):
    assert [each.name for each in documented.get_methods()] == ["read"]
    assert [(each.name, each.stale) for each in documented.get_all_methods()] == [
        ("read", False), ("create", True), ("update", True), ("delete", True),
    ]  # fmt: skip
    assert [each.name for each in documented.anonymous.get_all_methods()] == ["read"]


@pytest.mark.parametrize(
    ("route", "arguments", "shown"),
    [
        (re_path(r"^a/(\d+)/$", lambda request: None, name="documented"), ["pk"], "/a/{_0}/"),
        (re_path(r"^b/(?P<pk>\d+)/$", lambda request: None, name="documented"), {"pk": 1}, "/b/{pk}/"),
        (path("c/<int:pk>/", lambda request: None, name="documented"), {"pk": 1}, "/c/{pk}/"),
        (path("d/", lambda request: None, name="another"), {"pk": 1}, None),
    ],
)
def test_the_address_of_an_object_is_a_template(documented, route, arguments, shown):
    own = classmethod(lambda cls, obj=None: ("documented", arguments))
    handler = type("Own", (BaseHandler,), {"resource_uri": own})

    with override_settings(ROOT_URLCONF=(route,)):
        assert generate_doc(handler).resource_uri_template == shown


def test_an_address_that_needs_an_object_is_none(documented):
    handler = type("Own", (BaseHandler,), {"resource_uri": classmethod(lambda cls, obj: ("x", [obj.pk]))})

    assert generate_doc(handler).resource_uri_template is None
    assert generate_doc(BaseHandler).resource_uri_template is None


def test_a_page_has_all_handlers_in_order_of_their_names(documented):
    with override_settings(ROOT_URLCONF=(path("doc/", documentation_view),)):
        page = Client().get("/doc/")

    assert [each.name for each in page.context["docs"]] == ["Documented", "AnonymousDocumented"]
    assert "GET read(id, other=x, third=&lt;optional&gt;)" in page.content.decode()


def test_a_method_is_documented_by_itself():
    def create(self, request, form, name=5):
        return None

    method = HandlerMethod(create)
    assert [*method.iter_args()] == [("name", "5")]
    assert (method.http_name, method.get_signature(), method.get_doc()) == ("POST", "name=5", None)


# -- forms, middleware, decorators -------------------------------------------------------------------


def test_a_model_form_takes_what_was_not_sent_from_what_it_was_made_with(rf):
    class TagForm(ModelForm):
        class Meta:
            model = Tag
            fields = ("name", "slug")

    form = TagForm(rf.post("/", {"name": "new"}).POST, initial={"name": "old", "slug": "old"})
    assert not form.is_valid()
    form = TagForm(rf.post("/", {"name": "new"}).POST, initial={"name": "old", "slug": "old"})
    form.merge_from_initial()

    assert form.is_valid()
    assert form.cleaned_data == {"name": "new", "slug": "old"}


def test_old_middleware_is_of_use():
    names = ("ConditionalMiddlewareCompatProxy", "CommonMiddlewareCompatProxy")
    middleware = [f"piston.middleware.{name}" for name in names]

    with serving(Resource(returning({"a": 1})), plugins=["compat", "json"], MIDDLEWARE=middleware) as client:
        first = client.get("/")
        again = client.get("/", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code) == (200, 304)


def test_a_decorator_keeps_the_signature():
    @decorator
    def loud(function, *args):
        return function(*args).upper()

    @loud
    def told(name):
        """Says it."""
        return f"my {name}"

    assert told("name") == "MY NAME"
    assert (HandlerMethod(told).signature, told.__doc__) == ("name", "Says it.")
    assert decorator(lambda function: function() + 1, lambda: 1)() == 2


def test_requests_that_no_resource_answers_are_translated_as_well(rf):
    put = rf.put("/", "a=1", "application/x-www-form-urlencoded")
    coerce_put_post(put)
    sent = translate_mime(rf.post("/", {"a": 1}, "application/json"))
    form = translate_mime(rf.post("/", {"a": "1"}))

    assert (put.PUT["a"], put.POST["a"], put.method) == ("1", "1", "PUT")
    assert (sent.data, sent.content_type) == ({"a": 1}, "application/json")
    assert form.data["a"] == "1"


# -- the package of tests ----------------------------------------------------------------------------


def signing() -> OAuthTestCase:
    class Signing(OAuthTestCase):
        def runTest(self):
            raise NotImplementedError

    return Signing()


def test_the_client_of_the_test_case_signs_what_it_sends():
    def look(request):
        return {"user": str(request.user), "get": dict(request.GET.lists()), "post": dict(request.POST)}

    case = signing()
    case.setUp()
    with serving(Resource(returning(look), OAuthAuthentication()), plugins=["compat", "json"]):
        answers = [
            case.oauth_client.get("/", {"a": ["1", "2"]}),
            case.oauth_client.post("/", {"a": ["1", "x y"]}),
            case.oauth_client.post(f"{HOST}/", json.dumps({}), "application/json"),
            case.oauth_client.put("/", "a=1", "application/x-www-form-urlencoded"),
        ]
    case.tearDown()

    told = [each.json() for each in answers]
    assert [each["user"] for each in told] == ["test"] * 4
    assert told[0]["get"] == {"a": ["1", "2"]}
    assert [each["post"] for each in told[1:]] == [{"a": ["1", "x y"]}, {}, {"a": ["1"]}]
    assert not User.objects.filter(username="test").exists()


# -- moving on ---------------------------------------------------------------------------------------


def test_consumers_and_access_tokens_move_to_piston_oauth_and_clients_notice_nothing(capsys):
    alice = User.objects.create_user("alice", password="alice")
    old = Consumer.objects.create_consumer("Application", "Does things", alice)
    Consumer.objects.filter(pk=old.pk).update(status="accepted")
    Consumer.objects.filter(pk=Consumer.objects.create_consumer("Gone").pk).update(status="canceled")
    token = Token.objects.create_token(old, Token.ACCESS, 1, alice)
    Token.objects.create_token(old, Token.REQUEST, 1, alice)
    Token.objects.create_token(old, Token.ACCESS, 1)

    call_command("piston_migrate_oauth")
    first = capsys.readouterr().out
    call_command("piston_migrate_oauth")

    made = NewConsumer.objects.get(key=old.key)
    assert first == "2 consumers, 1 access tokens; 1 skipped.\n"
    assert capsys.readouterr().out == "0 consumers, 0 access tokens; 4 skipped.\n"
    assert (made.name, made.owner, made.status, made.secret) == ("Application", alice, "accepted", old.secret)
    assert old.secret not in made.sealed
    assert NewConsumer.objects.get(name="Gone").status == "cancelled"
    assert AccessToken.objects.get().secret == token.secret

    class Who(CoreHandler):
        def read(self, request):
            return {"user": str(request.user)}

    resource = CoreResource(Who, authentication=["oauth"])
    with serving([path("api/", resource)], plugins=["json", "oauth"]) as client:
        assert signed(client, "/api/", **keys(old, token)).json() == {"user": "alice"}


def test_there_has_to_be_a_place_to_move_to(settings):
    settings.INSTALLED_APPS = [each for each in settings.INSTALLED_APPS if each != "piston_oauth"]

    with pytest.raises(CommandError, match='Add "piston_oauth" to INSTALLED_APPS'):
        call_command("piston_migrate_oauth")


# -- old and new, side by side -----------------------------------------------------------------------


def test_old_and_new_handlers_stand_in_one_url_configuration_with_one_set_of_plugins():
    class OldTags(BaseHandler):
        model = Tag
        fields = ("name",)

    class NewTags(CoreHandler):
        model = Tag
        fields = ("name", "slug")

    Tag.objects.create(name="a", slug="b")
    routes = [path("old/", Resource(OldTags)), path("new/", CoreResource(NewTags, authentication=[]))]
    with serving(routes, plugins=["json", "xml", "compat"]) as client:
        assert client.get("/old/").json() == [{"name": "a"}]
        assert client.get("/new/").json() == [{"name": "a", "slug": "b"}]
        assert client.get("/old/missing").status_code == 404
        assert client.get("/old/?format=nope").headers["Content-Type"] == "text/plain"
        assert client.get("/new/?format=nope").headers["Content-Type"].startswith("application/problem")
        assert client.get("/new/", headers={"Accept": "application/xml"}).content.startswith(b"<?xml")
