"""Permissions: who may do what, per method and per object, before anything of a request is done."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import include, path

from blog.models import Post, Tag
from piston_core import (
    AnonymousBaseHandler,
    Api,
    Authenticator,
    BaseHandler,
    Identity,
    Permission,
    Problem,
    Resource,
    Scopes,
)
from piston_core.checks import check_piston
from piston_core.conf import SettingsError
from piston_core.testing import serving
from tests.piston_core.pipeline.asking import GOOD, Cookie, Key, Recording, ask, problem_of
from tests.piston_core.pipeline.asking import serving as routed

WRITES = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
METHODS = {"GET": "read", **WRITES}


class No(Permission):
    """Allows nothing."""

    name = "no"

    def allows(self, request, operation):
        return False


class Yes(No):
    name = "yes"

    def allows(self, request, operation):
        return True


def only(*actions):
    """Return a permission for these actions."""

    class Only(Permission):
        def allows(self, request, operation):
            assert isinstance(operation.handler, BaseHandler)
            return operation.action in actions

    return Only()


def asked(permissions, method="GET", headers=GOOD, handler=None, **options):
    """Return the response to a request, and what the handler did."""
    recording = handler or Recording()
    resource = Resource(recording, authentication=[Key()], permissions=permissions, **options)
    body = {"data": "{}", "content_type": "application/json"} if method in ("POST", "PUT", "PATCH") else {}
    with serving(resource, plugins=["json"], permissions=[Yes(), No()]) as client:
        return client.generic(method, "/", headers=headers, **body), recording.calls


@pytest.mark.parametrize("method", METHODS)
def test_what_a_permission_forbids_is_403_before_anything_is_done(method):
    response, calls = asked([Yes(), No()], method)

    assert problem_of(response)["detail"] == "This is not allowed to you."
    assert response.status_code == 403
    assert "WWW-Authenticate" not in response.headers
    assert calls == []


@pytest.mark.parametrize("method", METHODS)
def test_what_all_permissions_allow_is_done(method):
    response, calls = asked([Yes(), "yes", lambda request: request.user == "somebody"], method)

    assert response.status_code < 300
    assert calls == [METHODS[method]]


def test_the_body_of_somebody_who_may_not_is_not_read():
    resource = Resource(Recording(), authentication=[Key()], permissions=[No()])
    with serving(resource, plugins=["json"]) as client:
        response = client.post("/", "{", content_type="application/json", headers=GOOD)

    assert response.status_code == 403


@pytest.mark.parametrize("method", METHODS)
def test_a_mapping_names_rules_by_action_and_a_star_all_others(method):
    declared = {"read": ["yes"], "*": ["no"]}

    assert asked(declared, method)[0].status_code == (200 if method == "GET" else 403)


@pytest.mark.parametrize("method", METHODS)
def test_what_a_mapping_leaves_out_is_nobodys(method):
    assert asked({"create": []}, method)[0].status_code == (201 if method == "POST" else 403)


def test_head_is_a_read():
    assert asked({"read": ["no"], "*": []}, "HEAD")[0].status_code == 403


def test_options_is_answered_to_everybody():
    assert asked(["no"], "OPTIONS", headers={})[0].status_code == 204


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_somebody_unknown_gets_401_instead(method):
    response, calls = asked(["no"], method, headers={})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Key realm="keys"'
    assert calls == []


def test_somebody_unknown_whom_a_rule_forbids_is_told_how_to_become_known():
    class Open(Recording):
        anonymous = type("Anonymous", (Recording,), {"is_anonymous": True, "permissions": (only("delete"),)})

    response, _ = asked(None, "GET", headers={}, handler=Open())

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Key realm="keys"'


def test_an_empty_list_lets_everybody_in_also_unknown():
    for declared in ([], {"read": [], "*": [Yes()]}):
        response, calls = asked(declared, headers={})

        assert response.status_code == 200
        assert calls == ["read"]
    assert asked({"read": [], "*": [Yes()]}, "POST", headers={})[0].status_code == 401


def test_bad_credentials_are_refused_also_where_everybody_may():
    assert asked([], headers={"X-Key": "stolen"})[0].status_code == 401


def test_an_anonymous_handler_comes_before_an_open_one():
    class Anonymous(AnonymousBaseHandler):
        def read(self, request):
            return "anonymous"

    class Known(Recording):
        anonymous = Anonymous
        permissions = {"read": [], "create": [], "*": [Yes()]}

    assert asked(None, headers={}, handler=Known())[0].json() == "anonymous"
    assert asked(None, "POST", headers={}, handler=Known())[0].status_code == 201


def test_an_anonymous_handler_does_not_inherit_what_is_asked_of_the_known():
    class Known(BaseHandler):
        anonymous = "Anonymous"
        permissions = [No()]

        def read(self, request):
            return "known"

    class Anonymous(AnonymousBaseHandler, Known):
        pass

    Known.anonymous = Anonymous

    assert ask(Known, authentication=[Key()]).status_code == 200
    assert ask(Known, authentication=[Key()], headers=GOOD).status_code == 403


def test_what_handler_and_resource_say_must_both_hold():
    class Careful(Recording):
        permissions = [only("read")]

    assert asked([only("read", "create")], "GET", handler=Careful())[0].status_code == 200
    assert asked([only("read", "create")], "POST", handler=Careful())[0].status_code == 403
    assert asked([only("create")], "GET", handler=Careful())[0].status_code == 403
    assert asked([], "GET", handler=Careful())[0].status_code == 200
    assert asked([], "GET", handler=Careful(), headers={})[0].status_code == 401


@pytest.mark.parametrize(("declared", "status"), [(None, 403), ((), 200), ([Yes()], 200)])
def test_the_settings_count_where_nobody_else_says_anything(declared, status):
    resource = Resource(Recording(), authentication=[Key()], permissions=declared)
    with serving(resource, plugins=["json"], permissions=[No()], PISTON={"PERMISSIONS": ["no"]}) as client:
        assert client.get("/", headers=GOOD).status_code == status


def test_an_api_and_its_routes_say_who_may_do_what():
    api = Api(authentication=[Key()], permissions=[No()])
    api.route("closed/", Recording)
    api.route("open/", Recording, permissions=[Yes()])
    with serving(api, plugins=["json"]) as client:
        assert [client.get(f"/{name}/", headers=GOOD).status_code for name in ("closed", "open")] == [403, 200]
        assert client.get("/").status_code == 200
        assert client.get("/nowhere/").status_code == 404


def test_a_permission_may_refuse_in_its_own_words():
    class Late(Permission):
        def allows(self, request, operation):
            raise Problem(403, "Come back in the morning.")

    assert problem_of(asked([Late()])[0])["detail"] == "Come back in the morning."


@pytest.mark.parametrize("rule", ["nope", 5, None, No, lambda: True, lambda a, b, c: True])
def test_what_is_no_rule_is_an_error(rule):
    with pytest.raises(SettingsError, match="permissions holds"):
        Resource(Recording(), permissions=[rule]).bound()


@pytest.mark.parametrize("declared", ["yes", {"read": "yes"}, {"read": None}])
def test_what_is_no_list_of_rules_is_an_error(declared):
    with pytest.raises(SettingsError, match="permissions is"):
        Resource(Recording(), permissions=declared).bound()


def test_an_unknown_name_in_the_settings_is_an_error():
    with pytest.raises(SettingsError, match="PERMISSIONS"), serving(Recording, PISTON={"PERMISSIONS": ["nope"]}):
        pass


def test_an_async_handler_is_asked_as_well():
    class Awaited(BaseHandler):
        permissions = [No()]

        async def read(self, request):
            return {}

    assert ask(Awaited, authentication=[Key()], headers=GOOD).status_code == 403


# -- objects --------------------------------------------------------------------------------------


class As(Authenticator):
    """Takes a user's name for granted."""

    name = "as"
    reads = ("X-As",)

    def authenticate(self, request):
        name = request.headers.get("X-As")
        return Identity(User.objects.get(username=name), self.name) if name else None

    def challenge(self, request, failure):
        return "As"


def is_author(request, post):
    return post.author == request.user


class ByAuthor(Permission):
    """Shows everybody their own posts."""

    def allows(self, request, operation):
        return True

    def allows_object(self, request, operation, obj):
        return obj.author_id == request.user.pk

    def visible(self, request, operation, objects: QuerySet[Post]):
        return objects.filter(author=request.user.pk)


class Posts(BaseHandler):
    model = Post
    fields = ("title", ("author", ("username",)))
    permissions = [ByAuthor()]
    bulk_limit = 10


@pytest.fixture
def posts(blog):
    api = Api(authentication=[As()])
    api.route("posts/", Posts)
    api.route("posts/<slug:slug>/", Posts)
    with serving(api, plugins=["json"]) as client:
        yield client


def slug_of(name):
    return Post.objects.filter(author__username=name).values_list("slug", flat=True)[0]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_an_object_of_somebody_else_is_403(posts, method):
    slug = slug_of("bob")
    before = Post.objects.values().get(slug=slug)
    body = {"data": json.dumps({"title": "Mine!"}), "content_type": "application/json"}
    response = posts.generic(method, f"/posts/{slug}/", headers={"X-As": "alice"}, **body)

    assert response.status_code == 403
    assert Post.objects.values().get(slug=slug) == before


@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("HEAD", 200), ("PATCH", 200), ("DELETE", 204)])
def test_an_object_of_ones_own_is_served(posts, method, status):
    body = {"data": json.dumps({"title": "Mine!"}), "content_type": "application/merge-patch+json"}
    response = posts.generic(method, f"/posts/{slug_of('alice')}/", headers={"X-As": "alice"}, **body)

    assert response.status_code == status


def test_what_is_not_there_is_404_to_everybody(posts):
    assert posts.get("/posts/nowhere/", headers={"X-As": "alice"}).status_code == 404


def test_somebody_elses_object_is_refused_before_its_preconditions(posts):
    for condition in ({"If-Match": '"x"'}, {"If-None-Match": "*"}):
        response = posts.delete(f"/posts/{slug_of('bob')}/", headers={"X-As": "alice", **condition})

        assert response.status_code == 403


def test_a_list_shows_what_is_visible(posts):
    rows = posts.get("/posts/", headers={"X-As": "alice"}).json()

    assert {row["author"]["username"] for row in rows} == {"alice"}
    assert len(rows) == Post.objects.filter(author__username="alice").count()


def test_pages_and_counts_are_of_what_is_visible(posts):
    headers = {"X-As": "alice", "Prefer": "count=exact"}
    response = posts.get("/posts/?limit=2", headers=headers)

    assert response.headers["Total-Count"] == str(Post.objects.filter(author__username="alice").count())


def test_each_object_of_a_bulk_change_is_asked_about(blog):
    names = list(Tag.objects.values_list("name", flat=True)[:2])

    class Tags(BaseHandler):
        model = Tag
        fields = ("name",)
        bulk_limit = 10
        permissions = [lambda request, tag: tag.name != names[1]]

    api = Api(authentication=[Key()])
    api.route("tags/", Tags)
    api.route("tags/<int:id>/", Tags)
    changes = [{"id": Tag.objects.get(name=name).pk, "name": f"{name}!"} for name in names]
    with serving(api, plugins=["json"]) as client:
        refused = client.patch("/tags/", json.dumps(changes), content_type="application/json", headers=GOOD)
        done = client.patch("/tags/", json.dumps(changes[:1]), content_type="application/json", headers=GOOD)

    assert (refused.status_code, done.status_code) == (403, 200)
    assert Tag.objects.filter(name__endswith="!").count() == 1


def test_a_change_of_nobody_knows_what_is_forbidden_by_rules_about_objects(blog):
    class Sweeping(Posts):
        def delete(self, request):
            Post.objects.all().delete()

    api = Api(authentication=[As()])
    api.route("posts/", Sweeping)
    with serving(api, plugins=["json"]) as client:
        assert client.delete("/posts/", headers={"X-As": "alice"}).status_code == 403
    assert Post.objects.exists()


def test_rules_about_objects_forbid_everything_to_a_handler_without_a_model():
    for method, status in (("GET", 403), ("PUT", 403), ("POST", 201)):
        assert asked([is_author], method)[0].status_code == status


def test_an_async_read_of_an_object_is_asked_about(blog):
    class Awaited(Posts):
        async def read(self, request, slug):
            return await Post.objects.aget(slug=slug)

    api = Api(authentication=[As()])
    api.route("posts/<slug:slug>/", Awaited)
    with serving(api, plugins=["json"]) as client:
        statuses = [client.get(f"/posts/{slug_of(name)}/", headers={"X-As": "alice"}).status_code for name in
                    ("alice", "bob")]  # fmt: skip

    assert statuses == [200, 403]


# -- scopes ---------------------------------------------------------------------------------------


class Scoped(Key):
    """Gives whoever has the key some scopes."""

    def __init__(self, scopes=None):
        super().__init__()
        self.scopes = scopes

    def authenticate(self, request):
        identity = super().authenticate(request)
        return identity and Identity(identity.user, self.name, scopes=self.scopes)

    def challenge(self, request, failure):
        return f'Key told="{getattr(failure, "scopes", None)}"'


@pytest.mark.parametrize(
    ("scopes", "status"), [(None, 200), (frozenset("ab"), 200), (frozenset("a"), 403), (frozenset(), 403)]
)
def test_credentials_have_to_be_good_for_all_scopes(scopes, status):
    resource = Resource(Recording(), authentication=[Cookie(), Scoped(scopes)], permissions=[Scopes("a", "b")])
    with serving(resource, plugins=["json"]) as client:
        response = client.get("/", headers=GOOD)

    assert response.status_code == status
    if status == 403:
        assert response.headers["WWW-Authenticate"] == "Key told=\"('a', 'b')\""
        assert response.json()["detail"] == "The credentials are not good for this; it takes the scopes: a b."


def test_scopes_are_not_for_somebody_unknown():
    assert asked([Scopes("a")], headers={})[0].status_code == 401


@pytest.mark.parametrize("scopes", [(), ("",), ("a", "")])
def test_scopes_have_names(scopes):
    with pytest.raises(ValueError, match="names of scopes"):
        Scopes(*scopes)


# -- checks ---------------------------------------------------------------------------------------


def reported(handler, at="it/<int:pk>/", **options):
    """Return the codes and texts of what the checks say of a handler behind a route."""
    api = Api(**options)
    api.route(at, handler)
    with routed(path("", include(api.urls))):
        return {each.id: each.msg for each in check_piston() if str(each.id).startswith("piston.")}


class Checked(BaseHandler):
    model = Post
    fields = ("title",)


def test_e003_an_unknown_permission():
    assert "permissions holds 'nope'" in reported(type("It", (Checked,), {"permissions": ["nope"]}))["piston.E003"]


def test_e012_a_mapping_with_something_else_than_an_action():
    handler = type("It", (Checked,), {"permissions": {"post": [], "*": []}})

    assert reported(handler)["piston.E012"] == "It: permissions has 'post', which is no action."


def test_e012_rules_about_objects_without_a_model():
    handler = type("It", (Recording,), {"permissions": [is_author]})

    assert "no model to find them by" in reported(handler, authentication=[Key()])["piston.E012"]


def test_w009_an_action_that_a_mapping_leaves_out():
    handler = type("It", (Checked,), {"permissions": {"read": []}})

    assert reported(handler)["piston.W009"] == (
        "It: permissions does not name create, update, patch, delete, so nobody may do that."
    )


def test_w010_permissions_where_nobody_is_asked_who_they_are():
    handler = type("It", (Checked,), {"permissions": [Yes()]})

    assert "piston.W010" in reported(handler, authentication=())
    assert reported(handler, authentication=[Key()]) == {}


def test_w011_a_list_that_shows_what_is_forbidden_one_by_one():
    handler = type("It", (Checked,), {"permissions": [is_author]})
    own = type("It", (handler,), {"queryset": lambda self, request: Post.objects.filter(author=request.user)})
    narrowing = type("It", (Checked,), {"permissions": [ByAuthor()]})
    open_to_read = type("It", (Checked,), {"permissions": {"read": [], "*": [is_author]}})

    assert "shows all of them" in reported(handler, "it/", authentication=[Key()])["piston.W011"]
    for each, at in ((handler, "it/<int:pk>/"), (own, "it/"), (narrowing, "it/"), (open_to_read, "it/")):
        assert reported(each, at, authentication=[Key()]) == {}
