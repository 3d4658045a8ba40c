"""``manage.py check``: each code has a project that gets it and a project that does not."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core import checks
from django.core.checks import CheckMessage
from django.test import Client
from django.urls import include, path, re_path
from django.views.decorators.cache import cache_page
from django.views.decorators.csrf import csrf_exempt
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from blog.models import Comment, Post, Tag
from piston_core import AnonymousBaseHandler, Api, BaseHandler, Resource
from piston_core.checks import check_piston
from tests.piston_core.plugins.conftest import emitter


@pytest.fixture
def serve(settings) -> Callable[..., None]:
    """Return a function that makes handlers, or whole patterns, the project's URL configuration."""

    def serve(*served: object) -> None:
        settings.ROOT_URLCONF = tuple(
            path(f"{number}/", Resource(each, authentication=())) if isinstance(each, type) else each
            for number, each in enumerate(served)
        )

    return serve


def messages(code: str = "") -> list[CheckMessage]:
    """Return what the checks of a project say, of this code or all of Piston's."""
    return [message for message in checks.run_checks(databases=[]) if (message.id or "").startswith(code or "piston")]


def codes() -> list[str]:
    return sorted(str(message.id) for message in messages())


def handler(parent: type[BaseHandler] = BaseHandler, **attributes: object) -> type[BaseHandler]:
    return type("ShopHandler", (parent,), {"model": Post, "fields": ("title",), **attributes})


def test_the_blog_has_nothing_to_be_warned_of():
    assert codes() == []


def test_the_checks_run_once_with_djangos_own():
    assert [check for check in checks.registry.registry.get_checks() if check is check_piston] == [check_piston]


# -- E001: a named plugin that cannot be used ---------------------------------------------------


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("1 / 0", "failed to import: ZeroDivisionError"),
        ("@hookimpl\ndef piston_emiters(): ...", "unknown hook 'piston_emiters'"),
        ("@hookimpl\ndef piston_emitters(): return [5]", "5 through piston_emitters"),
        (emitter("json"), "'json' is offered through piston_emitters by both"),
    ],
)
def test_e001_a_named_plugin_that_is_broken(install, settings, code, reason):
    install("xa", code)
    settings.PISTON = {"PLUGINS": ["json", "xa"]}

    [message] = messages()

    assert (message.id, message.is_serious()) == ("piston.E001", True)
    assert "plugin 'xa' (fake-xa 1.0)" in message.msg
    assert reason in message.msg
    assert message.hint == "manage.py piston plugins lists what is there."


def test_e001_a_name_that_two_distributions_claim(install, settings):
    install("xa", distribution="fake-one", version="1.0")
    install("xa", distribution="fake-two", version="2.0")
    settings.PISTON = {"PLUGINS": ["json", "xa"]}

    [message] = messages()

    assert message.id == "piston.E001"
    assert "'xa' is claimed by fake-one 1.0 and fake-two 2.0; uninstall all but one of them" in message.msg


@pytest.mark.parametrize("name", ["xz", "fake_shop.nothing"])
def test_e001_a_named_plugin_that_is_not_there(settings, name):
    settings.PISTON = {"PLUGINS": ["json", name]}

    assert codes() == ["piston.E001"]


def test_e001_is_not_for_a_plugin_that_works(install, settings, serve):
    install("xa", emitter("xa"))
    settings.PISTON = {"PLUGINS": ["json", "auth", "xa"]}
    serve(handler())

    assert codes() == []


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("    raise KeyError('font')", "failed in piston_checks: KeyError('font')"),
        ("    yield from ()\n    raise KeyError('font')", "failed in piston_checks: KeyError('font')"),
        ("    return 5", "failed in piston_checks: TypeError"),
        ("    return ['all is well']", "'all is well' through piston_checks; expected an instance of CheckMessage"),
    ],
)
def test_e001_a_plugin_whose_own_checks_fail_says_so_and_the_others_are_heard(install, settings, code, reason):
    install("xa", "@hookimpl\ndef piston_checks(app_configs):\n" + code)
    install(
        "xb",
        "from django.core.checks import Info\n@hookimpl\ndef piston_checks(): return [Info('b', id='piston_xb.I001')]",
    )
    settings.PISTON = {"PLUGINS": ["xb", "xa"], "AUTHENTICATORS": []}

    found = {message.id: message.msg for message in messages()}

    assert "plugin 'xa' (fake-xa 1.0)" in found["piston.E001"]
    assert reason in found["piston.E001"]
    assert found["piston_xb.I001"] == "b"


# -- E002: settings that cannot be followed -----------------------------------------------------


@pytest.mark.parametrize(
    ("piston", "said"),
    [
        ({"AUTHENTICATOR": ["basic"]}, "PISTON has the unknown key 'AUTHENTICATOR'; did you mean 'AUTHENTICATORS'?"),
        ({"PLUGINS": "json"}, "PISTON[\"PLUGINS\"] is 'json'; it has to be a list of names"),
        ({"AUTHENTICATORS": ["basc"]}, "did you mean 'basic'?"),
        ({"EMITTERS": ["jason"]}, "did you mean 'json'?"),
        ({"DEFAULT_EMITTER": "toml"}, 'PISTON["DEFAULT_EMITTER"]'),
        ({"OPTIONS": {"jsn": {}}}, "did you mean 'json'?"),
        ({"OPTIONS": {"json": {"max_dept": 3}}}, "did you mean 'max_depth'?"),
        ({"OPTIONS": {"auth": {"realm": 5}}}, 'PISTON["OPTIONS"]["auth"] is not usable: realm is 5'),
        (["json"], "it has to be a dictionary"),
    ],
)
def test_e002_settings_that_cannot_be_followed(settings, piston, said):
    settings.PISTON = piston

    [message] = messages()

    assert (message.id, message.hint) == ("piston.E002", "docs/settings.md lists every key.")
    assert said in message.msg


def test_e002_is_not_for_the_defaults(settings, serve):
    del settings.PISTON
    serve(handler())

    assert codes() == []


JUNK = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.sampled_from(["json", "auth", "basic", "jsonl"])
)
LISTS = st.lists(JUNK | st.sampled_from(["json", "auth"]), max_size=3)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "PLUGINS": LISTS | JUNK,
            "EMITTERS": LISTS | JUNK,
            "AUTHENTICATORS": LISTS | JUNK,
            "DEFAULT_EMITTER": JUNK,
            "OPTIONS": st.dictionaries(JUNK, st.dictionaries(JUNK, JUNK, max_size=2) | JUNK, max_size=2),
            "MAX_UPLOAD_SIZE": JUNK,
        },
    )
)
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_checks_say_what_is_wrong_with_any_settings_and_never_fail(settings, piston):
    settings.PISTON = piston

    assert all(re.fullmatch(r"piston\.[EW]0[01]\d", message.id) for message in check_piston())


# -- E003: a resource that names what nobody offers ---------------------------------------------


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"authentication": ["basc"]}, "authentication has the unknown name 'basc'; did you mean 'basic'?"),
        ({"authentication": "basc"}, "authentication has the unknown name 'basc'; did you mean 'basic'?"),
        ({"authentication": [""]}, "authentication has the unknown name ''"),
        ({"emitters": ["jsn"]}, "emitters has the unknown name 'jsn'; did you mean 'json'?"),
    ],
)
def test_e003_a_resource_that_names_what_no_plugin_offers(serve, declared, said):
    serve(path("shop/", Resource(handler(), **declared)))

    [message] = messages()

    assert message.id == "piston.E003"
    assert "/shop/ (tests.piston_core.plugins.test_checks.ShopHandler)" in message.msg
    assert said in message.msg


def test_e003_an_unknown_authenticator_never_passes_for_none(serve):
    """Nobody gets in until the name is repaired, not even where the checks were not run."""
    served = []
    shop = type("OpenHandler", (BaseHandler,), {"read": lambda self, request: served.append(request)})
    serve(path("shop/", Resource(shop, authentication=["basc"])))

    response = Client(raise_request_exception=False).get("/shop/")

    assert (response.status_code, served) == (500, [])


def test_e003_is_not_for_names_that_plugins_offer_nor_for_an_open_resource(serve):
    serve(
        path("a/", Resource(handler(), authentication=["basic"], emitters=["jsonl"])),
        path("b/", Resource(handler(), authentication=[])),
    )

    assert codes() == []


# -- E004: fields that cannot be read -----------------------------------------------------------


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("fields", "title", "ShopHandler.fields is 'title'; it has to be a tuple of names, such as ('title',)"),
        ("fields", 5, "ShopHandler.fields is 5"),
        ("fields", {"title": 1}, "ShopHandler.fields is {'title': 1}"),
        ("fields", ("title", 5), "ShopHandler.fields holds 5"),
        ("fields", ("title", ("author",)), "ShopHandler.fields holds ('author',)"),
        ("fields", (("author", "username"),), "ShopHandler.fields, at 'author', is 'username'"),
        ("fields", (("tags", ("name", (1, 2))),), "ShopHandler.fields, at 'tags', holds (1, 2)"),
        ("list_fields", "title", "ShopHandler.list_fields is 'title'"),
        ("extra_fields", "title", "ShopHandler.extra_fields is 'title'"),
        ("exclude", "price", "ShopHandler.exclude is 'price'; it has to be a tuple of names and compiled patterns"),
        ("exclude", (5,), "ShopHandler.exclude is (5,)"),
        ("exclude", None, "ShopHandler.exclude is None"),
    ],
)
def test_e004_fields_that_cannot_be_read(serve, attribute, value, said):
    plain = {} if attribute in ("fields", "list_fields") else {"fields": ()}
    shop = handler(**{**plain, attribute: value})
    serve(shop)

    [message] = messages()

    assert (message.id, message.obj) == ("piston.E004", shop)
    assert said in message.msg


def test_e004_is_not_for_what_fields_may_hold(serve):
    shop = handler(
        fields=["title", ("author", ["username", ("profile", ("bio",))]), ("tags", ())],
        list_fields=("title",),
        exclude=[re.compile("x"), "id"],
    )
    serve(shop)

    assert codes() == []


@given(
    st.recursive(
        st.none()
        | st.integers()
        | st.text(max_size=4)
        | st.sampled_from(["title", "author", "tags", "pk", "comments"]),
        lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.tuples(st.just("author"), inner),
        max_leaves=8,
    )
)
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_checks_say_what_is_wrong_with_any_fields_and_never_fail(serve, fields):
    serve(handler(fields=fields))

    assert {message.id for message in check_piston()} <= {"piston.E004", "piston.W003", "piston.W004"}


# -- E005: methods that nothing implements ------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"allowed_methods": ("GET", "FETCH")}, ["names FETCH, but it cannot serve that method"]),
        ({"allowed_methods": ("TRACE",)}, ["names TRACE, but it cannot serve that method"]),
        ({"model": None, "allowed_methods": ("POST",)}, ["names POST, but it has no create method and no model"]),
        ({"model": None, "allowed_methods": ("get",)}, ["names GET, but it has no read method and no model"]),
        (
            {"model": None, "allowed_methods": ("PUT", "PATCH"), "update": lambda self, request: None},
            ["names PATCH, but it has no patch method and no model"],
        ),
        ({"allowed_methods": "GET"}, ["allowed_methods is 'GET'; it has to be a tuple of methods"]),
        ({"allowed_methods": ("GET", 5)}, ["allowed_methods is ('GET', 5); it has to be a tuple of methods"]),
        ({"allowed_methods": ("BREW", "GET", "WHEN")}, ["names BREW", "names WHEN"]),
    ],
)
def test_e005_a_method_that_nothing_implements(serve, attributes, said):
    serve(handler(**attributes))

    found = messages()

    assert [message.id for message in found] == ["piston.E005"] * len(said)
    assert [text for text, message in zip(said, found, strict=True) if text not in message.msg] == []


@pytest.mark.parametrize(
    "attributes",
    [
        {
            "model": Tag,
            "fields": ("name", "slug"),
            "allowed_methods": ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"),
        },
        {"allowed_methods": ("get", "options")},
        {"allowed_methods": ()},
        {"allowed_methods": None},
        {"model": None, "fields": (), "allowed_methods": ["POST"], "create": lambda self, request: None},
    ],
)
def test_e005_is_not_for_methods_that_can_be_served(serve, attributes):
    serve(handler(**attributes))

    assert codes() == []


# -- E006: an anonymous handler that is not there -----------------------------------------------


@pytest.mark.parametrize("anonymous", ["NobodyHandler", "Post", "re", 5, User])
def test_e006_an_anonymous_handler_that_is_not_there(serve, anonymous):
    shop = handler(anonymous=anonymous)
    serve(shop)

    [message] = messages()

    assert (message.id, message.obj) == ("piston.E006", shop)
    assert f"ShopHandler.anonymous is {anonymous!r}, but no handler has that name" in message.msg


class AnonymousShopHandler(AnonymousBaseHandler):
    model = Post
    fields = ("title",)


@pytest.mark.parametrize("anonymous", [AnonymousShopHandler, "AnonymousShopHandler", None])
def test_e006_is_not_for_an_anonymous_handler_that_is_there(serve, anonymous):
    serve(handler(anonymous=anonymous))

    assert codes() == []


def test_an_anonymous_handler_is_checked_as_well(serve):
    serve(handler(anonymous=handler(AnonymousBaseHandler, fields="title")))

    assert codes() == ["piston.E004"]


# -- W001: an installed plugin that is broken ---------------------------------------------------


def test_w001_an_installed_plugin_that_is_broken(install, settings, serve):
    install("xa", "1 / 0", version="2.1")
    settings.PISTON = {"AUTHENTICATORS": ["basic"]}
    serve(handler())

    [message] = messages()

    assert (message.id, message.is_serious()) == ("piston.W001", False)
    assert "plugin 'xa' (fake-xa 2.1) failed to import" in message.msg
    assert "The plugin 'xa' is skipped until then" in message.hint
    assert "PISTON['PLUGINS']" in message.hint


def test_w001_a_name_that_two_installed_distributions_claim(install, settings, serve):
    install("xa", distribution="fake-one")
    install("xa", distribution="fake-two")
    settings.PISTON = {"AUTHENTICATORS": ["basic"]}
    serve(handler())

    [message] = messages()

    assert message.id == "piston.W001"
    assert "fake-one 1.0 and fake-two 1.0" in message.msg


def test_w001_is_not_for_a_broken_plugin_that_is_not_enabled(install, settings, serve):
    install("xa", "1 / 0")
    settings.PISTON = {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["basic"]}
    serve(handler())

    assert codes() == []


# -- W002: no emitter ---------------------------------------------------------------------------


@pytest.mark.parametrize("plugins", [[], ["auth"]])
def test_w002_no_emitter_is_enabled(settings, serve, plugins):
    settings.PISTON = {"PLUGINS": plugins}
    serve(handler())

    [message] = messages()

    assert message.id == "piston.W002"
    assert "every resource answers 406" in message.msg
    assert "pip install piston-json" in message.hint


def test_w002_is_not_for_an_emitter_of_whomever(install, settings, serve):
    install("xa", emitter("xa"))
    settings.PISTON = {"PLUGINS": ["xa"]}
    serve(handler())

    assert codes() == []


# -- W003: names that the model does not have ---------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ({"fields": ("titel",)}, ["shows 'titel', which Post does not have"]),
        ({"fields": ("title", ("author", ("username", "nick")))}, ["shows 'nick', which User does not have"]),
        ({"fields": ("title", ("tags", ("nme",)))}, ["shows 'nme', which Tag does not have"]),
        ({"fields": ("b", "a")}, ["shows 'a'", "shows 'b'"]),
        ({"list_fields": ("titel",)}, ["shows 'titel'"]),
        ({"fields": (), "extra_fields": ("nothing",)}, ["shows 'nothing'"]),
        ({"fields": ("form",)}, ["shows 'form'"]),
    ],
)
def test_w003_a_name_that_the_model_does_not_have(serve, attributes, said):
    serve(handler(**attributes))

    found = messages()

    assert [message.id for message in found] == ["piston.W003"] * len(said)
    assert [text for text, message in zip(said, found, strict=True) if text not in message.msg] == []


def test_w003_is_not_for_names_that_can_be_read(serve):
    fields = (
        "title",
        "pk",
        "author_id",
        "get_next_by_created",
        "size",
        "resource_uri",
        "absolute_uri",
        ("author", ("username", "get_full_name", ("profile", ("bio",)))),
        ("comments", ("body",)),
    )
    serve(handler(fields=fields, size=lambda self, post: 1))

    assert codes() == []


def test_w003_is_not_for_what_an_own_queryset_may_annotate(serve):
    serve(handler(fields=("comment_count",), queryset=lambda self, request: Post.objects.all()))

    assert codes() == []


def test_w003_knows_the_methods_of_the_handler_that_shows_related_objects(serve):
    class RemarkHandler(BaseHandler):
        model = Comment
        fields = ("body",)

        def excerpt(self, comment):
            return comment.body[:3]

    api = Api(authentication=())
    api.route("posts/", handler(fields=("title", ("comments", ("excerpt", "exzerpt")))))
    api.route("comments/", RemarkHandler)
    serve(path("api/", include(api.urls)))

    [message] = messages()

    assert message.id == "piston.W003"
    assert "'exzerpt', which Comment does not have" in message.msg


# -- W004: columns that nobody meant to show ----------------------------------------------------


def test_w004_a_handler_without_fields_that_shows_a_secret(serve):
    shop = handler(model=User, fields=())
    serve(shop)

    [message] = messages()

    assert (message.id, message.obj) == ("piston.W004", shop)
    assert "every column of User, 'password' too" in message.msg
    assert "exclude" in message.hint


@pytest.mark.parametrize(
    "attributes",
    [
        {"model": User, "fields": ("username",)},
        {"model": User, "fields": ("username", "password")},
        {"model": User, "fields": (), "exclude": ("id", "password")},
        {"model": User, "fields": (), "exclude": (re.compile("pass"),)},
        {"model": Tag, "fields": ()},
    ],
)
def test_w004_is_not_for_what_was_chosen(serve, attributes):
    serve(handler(**attributes))

    assert codes() == []


# -- which resources are looked at --------------------------------------------------------------


def test_a_handler_at_several_addresses_is_reported_once(serve):
    shop = handler(fields="title")
    api = Api(authentication=())
    api.route("posts/", shop)
    api.route("posts/<slug:slug>/", shop)
    serve(path("api/", include(api.urls)), shop)

    assert codes() == ["piston.E004"]


def test_a_decorated_resource_is_looked_at(serve):
    resource = Resource(handler(fields="title"), authentication=())
    serve(path("cached/", csrf_exempt(cache_page(60)(resource))))

    assert codes() == ["piston.E004"]


# -- E007, W005-W007: what a handler says and cannot mean -----------------------------------------


@pytest.mark.parametrize(
    ("pattern", "attributes", "expected"),
    [
        ("<slug:post_slug>/", {}, ["piston.E007"]),
        ("<slug:slug>/<int:year>/", {}, ["piston.E007"]),
        ("<slug:slug>/", {}, []),
        ("<int:pk>/", {}, []),
        ("<int:author_id>/<str:author__username>/<int:created__year>/", {}, []),
        ("<slug:post_slug>/", {"read": lambda self, request, post_slug: {}}, []),
        ("<int:number>/", {"queryset": lambda self, request: Post.objects.all()}, []),
        ("<slug:anything>/", {"model": None, "read": lambda self, request, anything: {}}, []),
    ],
)
def test_e007_an_argument_that_the_model_cannot_be_looked_up_by(serve, pattern, attributes, expected):
    serve(path(pattern, Resource(handler(**attributes), authentication=())))

    assert codes() == expected


@pytest.mark.parametrize(
    ("outer", "inner", "expected"),
    [
        ("", "([a-z]+)/", ["piston.E008"]),
        ("([a-z]+)/", "all/", ["piston.E008"]),
        ("(?P<slug>[a-z]+)/", "([0-9]+)/", ["piston.E008"]),
        ("([a-z]+)/", "(?P<slug>[a-z]+)/", []),
        ("", "(?:a|b)/", []),
        ("", "(?P<slug>[a-z]+)/", []),
    ],
)
def test_e008_a_group_without_a_name(serve, outer, inner, expected):
    serve(re_path(outer, include([re_path(inner, Resource(handler(), authentication=()))])))

    assert codes() == expected


def test_e008_is_not_for_a_resource_that_takes_arguments_without_a_name(serve):
    class Taking(Resource):
        def __call__(self, request, *args, **kwargs):
            return super().__call__(request, slug=args[0])

    serve(re_path("([a-z]+)/", Taking(handler(), authentication=())))

    assert codes() == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("methods_allowed", "allowed_methods"),
        ("field", "fields"),
        ("excludes", "exclude"),
        ("is_anonymus", "is_anonymous"),
    ],
)
def test_w005_an_attribute_that_looks_like_one_of_pistons(serve, name, meant):
    serve(handler(**{name: ("GET",)}))

    [message] = messages()

    assert (message.id, message.is_serious()) == ("piston.W005", False)
    assert message.msg == f"ShopHandler.{name} means nothing to Piston; did you mean {meant!r}?"


def test_w005_is_not_for_what_a_project_calls_its_own(serve):
    serve(handler(page_size=10, _field=1, method=lambda self, post: 1, newer=classmethod(lambda cls, post: 1)))

    assert codes() == []


def test_w006_an_anonymous_handler_that_inherits_leave_to_write(serve):
    owner = handler(model=Tag, fields=("name", "slug"), allowed_methods=("GET", "POST"))
    careless = type("EverybodyHandler", (owner, AnonymousBaseHandler), {})
    careful = type("VisitorHandler", (AnonymousBaseHandler, owner), {})
    frank = type("GuestHandler", (owner, AnonymousBaseHandler), {"allowed_methods": ("GET", "POST")})
    serve(careless, careful, frank)

    [message] = messages()

    assert (message.id, message.obj) == ("piston.W006", careless)
    assert message.msg == "EverybodyHandler lets everybody POST, as ShopHandler.allowed_methods says."


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"fields": ("title", "slug", "content", "author")}, []),
        ({"fields": ("title", "slug", "content")}, ["piston.W007"]),
        ({"fields": ("title", "slug", "content", ("author", ("username",)))}, ["piston.W007"]),
        ({"fields": ("title",), "new": lambda self, request: Post(author=request.user)}, []),
        ({"fields": ("title",), "create": lambda self, request: None}, []),
        ({"fields": ("title",), "allowed_methods": None}, []),
    ],
)
def test_w007_a_post_that_no_data_can_satisfy(serve, attributes, expected):
    serve(handler(**{"allowed_methods": ("GET", "POST"), **attributes}))

    assert codes() == expected


def test_a_project_without_urls_is_checked_as_far_as_it_goes(settings):
    settings.ROOT_URLCONF = None

    assert check_piston() == []


# -- the checks of a plugin ---------------------------------------------------------------------


def test_a_plugins_own_checks_are_asked_in_the_order_of_the_settings(install, settings, serve):
    code = """
    from django.core.checks import Info

    @hookimpl
    def piston_checks(app_configs):
        yield Info(f"{__name__} {app_configs}", id="piston_x.I001")
    """
    install("xa", code)
    install("xb", code)
    settings.PISTON = {"PLUGINS": ["xb", "json", "xa"]}
    serve(handler())

    assert [message.msg for message in messages("piston_x")] == ["fake_xb None", "fake_xa None"]


def test_a_plugin_may_say_what_is_for_development_only(settings, install):
    install(
        "xa",
        "from django.core.checks import Info\n"
        "@hookimpl\ndef piston_deployment_checks(app_configs): return [Info('a', id='piston_xa.I001')]",
    )
    settings.PISTON = {"PLUGINS": ["json", "xa"]}

    assert not [each for each in checks.run_checks() if each.id == "piston_xa.I001"]
    assert [each.msg for each in checks.run_checks(include_deployment_checks=True) if each.id == "piston_xa.I001"] == [
        "a"
    ]


def test_what_keeps_the_project_from_starting_is_reported_once_where_it_is_deployed(settings):
    settings.PISTON = {"PLUGINS": ["nowhere"]}

    assert [each.id for each in checks.run_checks(include_deployment_checks=True) if each.id == "piston.E001"] == [
        "piston.E001"
    ]


def test_auth_w001_a_project_without_djangos_users(settings, serve):
    settings.INSTALLED_APPS = ["piston_core"]
    settings.PISTON = {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["basic"]}
    serve(type("PlainHandler", (BaseHandler,), {"read": lambda self, request: {}}))

    [message] = check_piston()

    assert message.id == "piston_auth.W001"
    assert "know users of django.contrib.auth, which is not installed" in message.msg
    assert "INSTALLED_APPS" in message.hint


def test_auth_w001_is_not_for_a_project_with_djangos_users(settings, serve):
    settings.PISTON = {"PLUGINS": ["json", "auth"], "AUTHENTICATORS": ["basic"]}
    serve(handler())

    assert codes() == []
