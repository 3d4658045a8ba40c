"""Permissions: who may do what with posts, by method and by object, and that nothing is done where they may not."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser, Group, User
from django.contrib.auth.models import Permission as DjangoPermission
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test import AsyncClient, Client
from django.test.utils import isolate_apps
from django.urls import include, path

from blog.models import Comment, Post, Profile, Tag
from piston_auth import piston_permissions
from piston_auth.basic import BasicAuthenticator
from piston_auth.permissions import (
    ModelPermissions,
    ObjectPermissions,
    Owner,
    ReadOnly,
    any_of,
    authenticated,
    model_permissions,
    object_permissions,
    read_only,
    staff,
)
from piston_core import Api, Authenticator, BaseHandler, Identity, Operation, Permission, Problem, Resource, Scopes
from piston_core.testing import serving
from tests.piston_auth.asking import basic

KEPT = "tests.piston_auth.test_permissions.Kept"


class Kept(BaseBackend):
    """Keeps permissions for single objects, as django-guardian does: the keeper's, for their one post."""

    def has_perm(self, user_obj, perm, obj=None):
        return user_obj.username == "keeper" and getattr(obj, "slug", "") == "kept" and perm.startswith("blog.")


@pytest.fixture(autouse=True)
def people(db, settings):
    """Make a user of every kind, and three posts."""
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", KEPT]
    users = {name: User.objects.create_user(name, password=name) for name in ("user", "owner", "keeper", "viewer")}
    users["staff"] = User.objects.create_user("staff", password="staff", is_staff=True)
    users["superuser"] = User.objects.create_superuser("superuser", password="superuser")
    users["editor"] = User.objects.create_user("editor", password="editor")
    may = DjangoPermission.objects.filter(content_type__app_label="blog", content_type__model="post")
    users["viewer"].user_permissions.set(may.filter(codename="view_post"))
    editors = Group.objects.create(name="editors")
    editors.permissions.set(may)
    users["editor"].groups.add(editors)
    for slug, author in (("own", "owner"), ("kept", "user"), ("foreign", "staff")):
        Post.objects.create(title=slug, slug=slug, content="as it was", author=users[author])
    return users


def handler_with(permissions, **attributes):
    """Return a handler of posts with these permissions; who creates a post is its author."""

    class Posts(BaseHandler):
        model = Post
        fields = ("title", "slug", "content")

        def new(self, request, **kwargs):
            return Post(author=request.user, **kwargs)

    Posts.permissions = permissions
    for name, value in attributes.items():
        setattr(Posts, name, value)
    return Posts


def api_of(handler, **options):
    api = Api(authentication=[BasicAuthenticator()])
    api.route("posts/", handler, **options)
    api.route("posts/<slug:slug>/", handler, **options)
    return [path("", include(api.urls))]


BODIES = {
    "POST": {"title": "new", "slug": "new", "content": "new"},
    "PUT": {"title": "own", "slug": "own", "content": "new"},
    "PATCH": {"content": "newer"},
}


def send(client, who, method, url=None, body=None):
    """Return the response to a request of somebody, and whether anything was changed."""
    before = [*Post.objects.order_by("slug").values_list()]
    url = url or ("/posts/" if method == "POST" else "/posts/own/")
    text = json.dumps(body or BODIES[method]) if method in BODIES else ""
    headers = {} if who == "anonymous" else basic(who, who)
    response = client.generic(method, url, text, "application/json", headers=headers)
    return response, [*Post.objects.order_by("slug").values_list()] != before


KNOWN = "user owner keeper viewer staff superuser editor"
ALL = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOBODY = ""
# Who may do what with the post "own", and in its list; all others who are known may not.
MAY = {
    "authenticated": (authenticated, dict.fromkeys(ALL, KNOWN)),
    "staff": (staff, dict.fromkeys(ALL, "staff superuser")),
    "read-only": (read_only, dict.fromkeys(ALL, NOBODY) | {"GET": KNOWN}),
    "model": (model_permissions, dict.fromkeys(ALL, "editor superuser") | {"GET": "editor superuser viewer"}),
    "object": (object_permissions, dict.fromkeys(ALL, "editor superuser") | {"GET": "editor superuser viewer"}),
    "owner": (Owner("author"), dict.fromkeys(ALL, "owner") | {"POST": KNOWN}),
    "read-only or staff": (any_of(ReadOnly(), staff), dict.fromkeys(ALL, "staff superuser") | {"GET": KNOWN}),
    "read-only or owner": (any_of(ReadOnly(), Owner("author")), {
        "GET": KNOWN, "POST": KNOWN, "PUT": "owner", "PATCH": "owner", "DELETE": "owner",
    }),
    "owner or model": (any_of(Owner("author"), model_permissions), {
        "GET": "owner editor superuser viewer", "POST": KNOWN,
    } | dict.fromkeys(("PUT", "PATCH", "DELETE"), "owner editor superuser")),
    "any of any": (any_of(any_of(staff, Owner("author")), read_only), {
        "GET": KNOWN, "POST": KNOWN,
    } | dict.fromkeys(("PUT", "PATCH", "DELETE"), "owner staff superuser")),
}  # fmt: skip
GOOD = {"GET": 200, "POST": 201, "PUT": 200, "PATCH": 200, "DELETE": 204}


@pytest.mark.parametrize("who", ["anonymous", *KNOWN.split()])
@pytest.mark.parametrize("name", MAY)
def test_everybody_may_do_what_they_may_and_nothing_else(name, who):
    """401 for somebody unknown and 403 for somebody known, who change nothing; all others are served."""
    permission, may = MAY[name]
    with serving(api_of(handler_with([permission])), plugins=["json"]) as client:
        for method in ALL:
            response, changed = send(client, who, method)
            allowed = who in may[method].split()
            expected = GOOD[method] if allowed else 401 if who == "anonymous" else 403
            assert response.status_code == expected, method
            assert changed == (allowed and method != "GET"), method
            assert ("WWW-Authenticate" in response.headers) == (expected == 401)
            if method == "DELETE" and allowed:
                return


@pytest.mark.parametrize("name", ["staff", "read-only", "model", "read-only or staff"])
def test_the_body_of_somebody_who_may_not_do_it_at_all_is_not_read(name):
    with serving(api_of(handler_with([MAY[name][0]])), plugins=["json"]) as client:
        for method, url in (("POST", "/posts/"), ("PUT", "/posts/own/"), ("PATCH", "/posts/own/")):
            response = client.generic(method, url, b"{broken", "application/json", headers=basic("user", "user"))
            assert response.status_code == 403, method


def test_the_permissions_of_an_object_are_those_of_that_object():
    with serving(api_of(handler_with([ObjectPermissions()])), plugins=["json"]) as client:
        for method in ("GET", "PATCH"):
            assert send(client, "keeper", method, "/posts/kept/")[0].status_code == 200
            assert send(client, "keeper", method, "/posts/own/")[0].status_code == 403
        assert send(client, "keeper", "POST")[0].status_code == 403
        assert send(client, "keeper", "DELETE", "/posts/kept/")[0].status_code == 204


SHOWN = [
    (authenticated, "user", ["foreign", "kept", "own"]),
    (Owner("author"), "owner", ["own"]),
    (Owner("author"), "viewer", []),
    (Owner("author"), "superuser", []),
    (object_permissions, "keeper", []),
    (object_permissions, "viewer", ["foreign", "kept", "own"]),
    (any_of(Owner("author"), staff), "owner", ["own"]),
    (any_of(Owner("author"), staff), "staff", ["foreign", "kept", "own"]),
    (any_of(Owner("author"), Owner("comments__author")), "owner", ["foreign", "own"]),
    (any_of(Owner("author"), Owner("comments__author")), "viewer", []),
    (any_of(Owner("comments__author"), object_permissions), "owner", ["foreign", "own"]),
    (any_of(Owner("comments__author"), object_permissions), "viewer", ["foreign", "kept", "own"]),
    (Owner("comments__author"), "owner", ["foreign", "own"]),
    (Owner("author__profile__user"), "owner", ["own"]),
]


@pytest.mark.parametrize(("permission", "who", "slugs"), SHOWN)
def test_a_list_shows_what_is_visible_and_each_object_once(people, permission, who, slugs):
    Profile.objects.create(user=people["owner"])
    for post in Post.objects.filter(slug__in=["own", "foreign"]):
        for _ in range(3):
            Comment.objects.create(post=post, author=people["owner"], body="!")
        Comment.objects.create(post=post, body="by nobody")
    handler = handler_with([permission], sorting=("slug",), filters=("title",))
    with serving(api_of(handler), plugins=["json"]) as client:
        headers = basic(who, who)
        shown = client.get("/posts/?sort=slug", headers=headers)
        counted = client.get("/posts/?limit=1&sort=slug", headers=headers | {"Prefer": "count=exact"})
        found = client.get("/posts/?title=own", headers=headers)

    assert [each["slug"] for each in shown.json()] == slugs
    assert [each["slug"] for each in counted.json()] == slugs[:1]
    assert [each["slug"] for each in found.json()] == [slug for slug in slugs if slug == "own"]


@pytest.mark.parametrize("name", ["owner", "read-only or owner", "object", "any of any"])
def test_an_object_that_is_shown_to_nobody_else_is_not_read_by_itself_either(name):
    permission, may = MAY[name]
    with serving(api_of(handler_with([permission])), plugins=["json"]) as client:
        response, _ = send(client, "viewer", "GET", "/posts/own/")

    assert response.status_code == (200 if "viewer" in may["GET"] else 403)


OWN = [{"slug": "own", "content": "new"}]


@pytest.mark.parametrize(
    "bodies", [[*OWN, {"slug": "foreign", "content": "new"}], [{"slug": "foreign", "content": "new"}, *OWN]]
)
def test_each_object_of_a_bulk_change_is_asked_about_and_all_is_done_or_nothing(bodies):
    handler = handler_with([Owner("author")], bulk_limit=10)
    with serving(api_of(handler), plugins=["json"]) as client:
        refused, changed = send(client, "owner", "PATCH", "/posts/", bodies)
        done, written = send(client, "owner", "PATCH", "/posts/", OWN)

    assert (refused.status_code, changed) == (403, False)
    assert (done.status_code, written) == (200, True)


def test_rules_are_declared_by_action():
    permissions = {"read": [], "create": [authenticated], "*": [any_of(Owner("author"), staff)]}
    with serving(api_of(handler_with(permissions)), plugins=["json"]) as client:
        found = {
            who: [send(client, who, method, body=BODIES.get(method, {}) | {"slug": f"{who}-new"})[0].status_code
                  for method in ("GET", "POST")] + [send(client, who, "PATCH")[0].status_code]
            for who in ("anonymous", "user", "owner", "staff")
        }  # fmt: skip

    assert found == {
        "anonymous": [200, 401, 401],
        "user": [200, 201, 403],
        "owner": [200, 201, 200],
        "staff": [200, 201, 200],
    }


def test_what_the_handler_and_its_route_say_must_both_hold():
    with serving(api_of(handler_with([staff]), permissions=[Owner("author")]), plugins=["json"]) as client:
        found = {who: send(client, who, "PATCH", "/posts/foreign/")[0].status_code for who in ("owner", "staff")}
        found["superuser"] = send(client, "superuser", "PATCH", "/posts/foreign/")[0].status_code

    assert found == {"owner": 403, "staff": 200, "superuser": 403}


def test_the_plugin_offers_them_by_name():
    statuses = {}
    for name in (each.name for each in piston_permissions()):
        with serving(api_of(handler_with([name])), plugins=["json", "auth"]) as client:
            statuses[name] = [send(client, who, "GET")[0].status_code for who in ("user", "staff", "viewer")]

    assert statuses == {
        "authenticated": [200, 200, 200],
        "staff": [403, 200, 403],
        "read-only": [200, 200, 200],
        "model": [403, 403, 200],
        "object": [403, 403, 200],
    }


@pytest.mark.parametrize("permission", [staff, model_permissions, object_permissions, Owner("author")])
def test_an_asynchronous_handler_asks_the_same(permission):
    async def read(self, request, slug):
        return await Post.objects.values("title").aget(slug=slug)

    handler = handler_with([permission], read=read)

    async def ask(who):
        return (await AsyncClient().get("/posts/own/", headers=basic(who, who))).status_code

    with serving(api_of(handler), plugins=["json"]):
        found = {who: async_to_sync(ask)(who) for who in ("anonymous", "user", "owner", "staff", "superuser")}

    assert found.pop("anonymous") == 401
    assert {who for who, status in found.items() if status == 200} == (
        {"owner"}
        if isinstance(permission, Owner)
        else {"staff", "superuser"}
        if permission is staff
        else {"superuser"}
    )


class Speaking(Authenticator):
    """Vouches for whomever it was made with."""

    name = "speaking"

    def __init__(self, user, client=None):
        self.user = user
        self.client = client

    def authenticate(self, request):
        return Identity(self.user, self.name, self.client)

    def challenge(self, request, failure):
        return None


def asked_by(user, permission, client=None):
    resource = Resource(handler_with([permission]), authentication=[Speaking(user, client)])
    with serving([path("posts/<slug:slug>/", resource)], plugins=["json"]) as browser:
        return browser.get("/posts/own/").status_code


class Guest(AnonymousUser):
    """Somebody whom a project calls active, and even staff."""

    is_active = is_staff = True


ASKING = [staff, model_permissions, object_permissions, Owner("author"), any_of(staff, Owner("author"))]


@pytest.mark.parametrize("permission", ASKING)
def test_an_application_without_a_user_is_known_and_nobody(permission):
    assert asked_by(AnonymousUser(), authenticated, client="crawler") == 200
    assert asked_by(AnonymousUser(), read_only, client="crawler") == 200
    assert asked_by(AnonymousUser(), permission, client="crawler") == 403
    assert asked_by(Guest(), permission, client="crawler") == 403


@pytest.mark.parametrize("permission", ASKING)
def test_an_inactive_user_may_nothing_whoever_vouches_for_them(people, permission):
    author = Post.objects.get(slug="own").author
    author.is_staff = author.is_superuser = True
    assert asked_by(author, permission) == 200
    author.is_active = False

    assert asked_by(author, permission) == 403


@pytest.mark.parametrize("permission", [*ASKING, authenticated])
def test_without_authenticators_nobody_is_known(permission):
    """That is an error of the project, so nobody gets in by it."""
    resource = Resource(handler_with([permission]), authentication=[])
    with serving([path("posts/<slug:slug>/", resource)], plugins=["json"]) as client:
        client.force_login(User.objects.get(username="superuser"))
        assert client.get("/posts/own/").status_code in (401, 403)


def test_nobodys_object_is_nobodys(people):
    comment = Comment.objects.create(post=Post.objects.get(slug="own"), body="!")

    class Comments(BaseHandler):
        model = Comment
        fields = ("body",)
        permissions = [Owner("author")]

    resource = Resource(Comments, authentication=[BasicAuthenticator()])
    with serving([path("comments/<int:pk>/", resource), path("comments/", resource)], plugins=["json"]) as client:
        for who in ("anonymous", *KNOWN.split()):
            headers = {} if who == "anonymous" else basic(who, who)
            assert client.get(f"/comments/{comment.pk}/", headers=headers).status_code in (401, 403)
            if headers:
                assert client.get("/comments/", headers=headers).json() == []


def is_owner(path, obj, user):
    class Request:
        identity = Identity(user, "test")

    return Owner(path).allows_object(Request(), Operation(BaseHandler(), "read"), obj)


def test_an_owner_is_found_over_relations_of_every_kind(people):
    owner, user = people["owner"], people["user"]
    post = Post.objects.get(slug="own")
    comment = Comment.objects.create(post=post, author=user, body="!")
    profile = Profile.objects.create(user=owner)
    tag = Tag.objects.create(name="lamps", slug="lamps")
    post.tags.add(tag)
    by_owner = [("author", post), ("user", profile), ("post__author", comment), ("posts__author", tag)]
    by_user = [("author", comment), ("comments__author", post), ("posts__comments__author", tag)]

    for path_to, obj in by_owner:
        assert is_owner(path_to, obj, owner), path_to
        assert not is_owner(path_to, obj, user), path_to
    for path_to, obj in by_user:
        assert is_owner(path_to, obj, user), path_to
        assert not is_owner(path_to, obj, owner), path_to


def test_one_relation_costs_no_query_to_compare(people, django_assert_num_queries):
    post = Post.objects.get(slug="own")

    with django_assert_num_queries(0):
        assert is_owner("author", post, people["owner"])
        assert not is_owner("author", post, people["user"])


@isolate_apps("blog")
def test_an_owner_may_be_known_by_another_column_than_the_key():
    class Note(models.Model):
        writer = models.ForeignKey(User, models.CASCADE, to_field="username", null=True, related_name="+")

        class Meta:
            app_label = "blog"

    ali, hasan = User(pk=1, username="Ali"), User(pk=2, username="Hasan")

    assert is_owner("writer", Note(writer=ali), ali)
    assert not is_owner("writer", Note(writer=ali), hasan)
    assert not is_owner("writer", Note(writer=None), User(pk=3, username=None))


@pytest.mark.parametrize("path_to", ["autor", "author__post", "title__user", "title", "", "__"])
def test_a_path_that_leads_nowhere_is_the_project_s_error(path_to):
    with (
        serving(api_of(handler_with([Owner(path_to)])), plugins=["json"]),
        pytest.raises(ImproperlyConfigured) as error,
    ):
        Client().get("/posts/own/", headers=basic("owner", "owner"))

    assert f"Owner({path_to!r}) does not lead from Post to a user" in str(error.value)


@pytest.mark.parametrize("permission", [ModelPermissions(), any_of(staff, ModelPermissions())])
def test_permissions_of_a_model_need_a_handler_with_a_model(permission):
    class Bare(BaseHandler):
        permissions = [permission]

        def read(self, request):
            return {}

    urls = [path("bare/", Resource(Bare, authentication=[BasicAuthenticator()]))]
    with serving(urls, plugins=["json"]):
        assert Client().get("/bare/").status_code == 401
        with pytest.raises(ImproperlyConfigured, match="Bare has no model that Django keeps permissions for"):
            Client().get("/bare/", headers=basic("user", "user"))


@pytest.mark.parametrize("permission", [staff, authenticated, read_only, any_of(read_only, staff)])
def test_rules_that_ask_nothing_of_objects_do_for_a_handler_without_a_model(permission):
    class Bare(BaseHandler):
        permissions = [permission]

        def read(self, request):
            return {}

    with serving([path("bare/", Resource(Bare, authentication=[BasicAuthenticator()]))], plugins=["json"]) as client:
        assert client.get("/bare/", headers=basic("staff", "staff")).status_code == 200


def test_whoever_sees_a_whole_list_asks_for_nothing_but_the_list(people):
    """What is narrowed down for others would make the database look at each object twice."""

    class Request:
        identity = Identity(people["staff"], "test")

    objects = Post.objects.all()

    assert any_of(Owner("author"), staff).visible(Request(), Operation(BaseHandler(), "read"), objects) is objects


class Raising(Permission):
    """Says by a problem of its own that it does not allow something."""

    def allows(self, request, operation):
        raise Problem(403, "Not on Sundays.")


class Own(Owner):
    """Is for one user only."""

    def __init__(self):
        super().__init__("author")

    def allows(self, request, operation):
        return request.user.username == "owner"


def test_a_reason_that_one_of_several_gives_is_told_only_if_no_other_lets_in():
    handler = handler_with([any_of(Raising(), staff, Own())])
    with serving(api_of(handler), plugins=["json"]) as client:
        refused, changed = send(client, "user", "PATCH")
        listed = {who: client.get("/posts/", headers=basic(who, who)) for who in ("user", "staff", "owner")}
        done = [send(client, who, "PATCH")[0].status_code for who in ("staff", "owner")]

    assert (refused.status_code, refused.json()["detail"], changed) == (403, "Not on Sundays.", False)
    assert {who: response.status_code for who, response in listed.items()} == {"user": 403, "staff": 200, "owner": 200}
    assert [each["slug"] for each in listed["owner"].json()] == ["own"]
    assert done == [200, 200]


@pytest.mark.parametrize(("scopes", "status"), [(None, 200), ({"read"}, 200), (set(), 403)])
def test_scopes_may_be_one_of_several(people, scopes, status):
    class Scoped(Speaking):
        def authenticate(self, request):
            return Identity(self.user, self.name, scopes=None if scopes is None else frozenset(scopes))

    resource = Resource(handler_with([any_of(Scopes("read"), staff)]), authentication=[Scoped(people["user"])])
    with serving([path("posts/<slug:slug>/", resource)], plugins=["json"]) as client:
        assert client.get("/posts/own/").status_code == status


@pytest.mark.parametrize("rules", [(), ("staff",), (staff, "staff"), (lambda request: True,), (Owner,)])
def test_any_of_takes_permissions_only(rules):
    with pytest.raises(TypeError, match="any_of takes instances of Permission"):
        any_of(*rules)
