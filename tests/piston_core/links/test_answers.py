"""Where an answer as a whole leads to, and what its reader may do next: just what would not be refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from piston_auth import Staff
from piston_core import Action, AnonymousBaseHandler, Api, BaseHandler, Relation, Scopes, rc, validate
from tests.piston_core.links.asking import OTHERS, asked, handler
from tests.piston_core.links.building import PLUGINS, TYPE
from tests.shop.models import Maker, Product
from tests.shop.serving import serving, stock

pytestmark = pytest.mark.django_db


def document(kind: type[BaseHandler], at: str, **options: Any) -> Any:
    """Return the document of an answer, of a list or of one object."""
    return asked(kind, at, others={"it/<slug:slug>/": kind, **OTHERS}, **options).json()


LINKS = (
    "maker",
    Relation("similar", "product-list", {"stock": "stock"}, title="As many"),
    Relation("help", "/help/{?topic}", of_list=True),
    Relation("shop", "/shop/", of_list=True),
)


def test_one_object_leads_where_it_is_said_and_to_its_list():
    stock(1)

    found = document(handler(*LINKS), "it/tea-1/")

    assert found["links"] == {"maker": "/api/makers/1/", "similar": "/api/it/?stock=5", "collection": "/api/it/"}
    assert (found["kind"], found["data"]["shown"]) == ("products", {"name": "Tea 1"})


def test_a_list_leads_to_what_it_can_be_asked_and_where_it_is_said():
    stock(1)

    found = document(handler(*LINKS, filters=("stock", "maker__name"), sorting=("name",)), "it/")

    assert found["links"] == {
        "search": "/api/it/{?stock,maker__name,sort,limit}",
        "help": "/help/{?topic}",
        "shop": "/shop/",
    }
    assert found["templated"] == ["search", "help"]


def test_a_page_leads_to_the_others_and_knows_how_many_there_are():
    stock(2)

    found = asked(handler(), "it/?limit=1&offset=1", prefer="count=exact").json()

    assert list(found["links"]) == ["first", "prev", "next", "last"]
    assert (len(found["data"]), found["total"]) == (1, 3)


def test_the_link_field_has_what_is_no_template():
    stock(1)
    kind = handler(*LINKS, filters=("stock",))
    others = {"it/<slug:slug>/": kind, **OTHERS}

    one, many = asked(kind, "it/tea-1/", others=others), asked(kind, others=others)

    assert one.headers["Link"] == (
        '</api/makers/1/>; rel="maker", </api/it/?stock=5>; rel="similar"; title="As many", '
        '</api/it/>; rel="collection"'
    )
    assert many.headers["Link"] == '</shop/>; rel="shop"'


def test_a_format_without_links_of_its_own_sends_the_link_field_alone():
    stock(1)
    kind = handler("maker")

    response = asked(
        kind, "it/tea-1/?fields=name", accept="application/json", others={"it/<slug:slug>/": kind, **OTHERS}
    )

    assert response.json() == {"name": "Tea 1"}
    assert response.headers["Link"] == '</api/makers/1/>; rel="maker", </api/it/>; rel="collection"'


@pytest.mark.parametrize("data", [None, 5, "text", {"a": 1}, [1, 2], [{"a": 1}], []])
def test_data_that_no_plan_shows_stays_as_it_is(data):
    kind = type("DataHandler", (BaseHandler,), {"read": lambda self, request: data, "links": (LINKS[2],)})

    found = asked(kind).json()

    assert (found["data"], found["kind"]) == (data, None)


def test_what_was_written_leads_on_as_well():
    stock(1)
    kind = handler("maker", form=type("F", (forms.Form,), {"name": forms.CharField()}))
    with override_settings(PISTON=PLUGINS), serving({"it/": kind, "it/<slug:slug>/": kind, **OTHERS}) as client:
        response = client.put(
            "/api/it/tea-1/", '{"name": "New"}', content_type="application/json", headers={"Accept": TYPE}
        )

    assert response.status_code == 200
    assert response.json()["links"] == {"maker": "/api/makers/1/", "collection": "/api/it/"}


def test_what_was_created_leads_on_from_its_own_address():
    maker = Maker.objects.earliest("pk")
    form = type("F", (forms.Form,), {"name": forms.CharField()})

    def new(self, request):
        return Product(slug="new", maker=maker)

    kind = handler("maker", form=form, new=new, allowed_methods=("POST", "GET"))
    item = handler("maker", actions=(Action("sell", "product-list"),), allowed_methods=("GET", "DELETE"))
    routes = {"it/": kind, "it/<slug:slug>/": item, "makers/<int:pk>/": OTHERS["makers/<int:pk>/"]}
    with override_settings(PISTON=PLUGINS), serving(routes) as client:
        response = client.post(
            "/api/it/", '{"name": "New"}', content_type="application/json", headers={"Accept": TYPE}
        )
        there = client.get(response.headers["Location"], headers={"Accept": TYPE}).json()

    assert response.status_code == 201
    told = response.json()
    assert told["links"] == there["links"] == {"maker": f"/api/makers/{maker.pk}/", "collection": "/api/it/"}
    assert told["actions"] == {"delete": ["DELETE", "/api/it/new/", ""]}


def test_the_list_of_an_object_is_the_one_with_its_own_arguments():
    stock(2)
    kind = handler()
    routes = {"all/": kind, "of/<int:maker>/": kind, "of/<int:maker>/<slug:slug>/": kind}
    maker = Product.objects.get(slug="tea-1").maker_id

    with override_settings(PISTON=PLUGINS), serving(routes) as client:
        found = client.get(f"/api/of/{maker}/tea-1/", headers={"Accept": TYPE}).json()

    assert found["links"]["collection"] == f"/api/of/{maker}/"


# -- actions ---------------------------------------------------------------------------------------


class NameForm(forms.Form):
    name = forms.CharField(max_length=8, help_text="How it is called.")


class ProductHandler(BaseHandler):
    """A handler that does everything, and things of its own beside."""

    model = Product
    fields = ("name", "stock")
    form = NameForm
    actions = (
        Action("sell", "sale", title="Sell one"),
        Action("export", "/export/", of_list=True),
        Action("refill", "refill", of_list=True),
    )


class SaleHandler(BaseHandler):
    """Sells one."""

    model = Product

    @validate(NameForm)
    def create(self, request, slug):
        """Sell it."""
        return rc.ALL_OK

    def read(self, request, **kwargs):
        return {}


def refusing(request):
    return False


def is_tea(request, obj):
    return obj.slug.startswith("tea")


def is_no_tea(request, obj):
    return not is_tea(request, obj)


def actions(at: str, identity: Any = None, sale: Any = None, unknown: Any = None, **attributes: Any) -> dict[str, Any]:
    """Return what an answer says that its reader may do."""
    kind = type("ProductHandler", (ProductHandler,), {"anonymous": unknown, **attributes})
    selling = type("SaleHandler", (SaleHandler,), sale or {})
    refilling = type("RefillHandler", (BaseHandler,), {"create": lambda self, request: {}})
    api = Api(authentication=["basic"] if identity is not None else ())
    for pattern, each, name in (
        ("it/", kind, "product-list"),
        ("it/<slug:slug>/", kind, "product-item"),
        ("it/<slug:slug>/sale/", selling, "sale"),
        ("refill/", refilling, "refill"),
    ):
        api.route(pattern, each, name=name)
    urls = (path("api/", include(api.urls)), path("export/", lambda request: HttpResponse()))
    with override_settings(PISTON=PLUGINS, ROOT_URLCONF=urls):
        headers = {"Accept": TYPE, **({"Authorization": identity} if identity else {})}
        response = Client().get(f"/api/{at}", headers=headers)
    assert response.status_code == 200, response.content
    told: dict[str, Any] = response.json()
    return told


ALICE = "Basic YWxpY2U6YWxpY2U="
ONE = {
    "update": ["PUT", "/api/it/tea-1/", "application/json"],
    "patch": ["PATCH", "/api/it/tea-1/", "application/json"],
    "delete": ["DELETE", "/api/it/tea-1/", ""],
    "sell": ["POST", "/api/it/tea-1/sale/", "application/json"],
}
DELETE = {"delete": ONE["delete"]}
LIST = {
    "create": ["POST", "/api/it/", "application/json"],
    "export": ["POST", "/export/", ""],
    "refill": ["POST", "/api/refill/", "application/json"],
}


def without(offered: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: each for name, each in offered.items() if name not in names}


@pytest.fixture(autouse=True)
def shop():
    stock(1)
    User.objects.create_user("alice", password="alice")


class Unknown(AnonymousBaseHandler):
    model = Product
    fields = ("name",)


class UnknownSeller(AnonymousBaseHandler):
    model = Product
    fields = ("name",)
    allowed_methods = ("GET", "DELETE")


@pytest.mark.parametrize(
    ("at", "arguments", "expected"),
    [
        ("it/tea-1/", {}, ONE),
        ("it/", {}, LIST),
        ("it/tea-1/", {"allowed_methods": ("GET", "DELETE")}, without(ONE, "update", "patch")),
        ("it/", {"allowed_methods": ("GET",)}, without(LIST, "create")),
        ("it/tea-1/", {"identity": ALICE}, ONE),
        ("it/tea-1/", {"identity": "", "unknown": Unknown}, {}),
        ("it/", {"identity": "", "unknown": Unknown}, {}),
        ("it/tea-1/", {"identity": "", "unknown": UnknownSeller}, {"delete": ONE["delete"]}),
        (
            "it/tea-1/",
            {"identity": "", "permissions": {"read": [], "delete": [], "*": [Staff()]}},
            {"delete": ONE["delete"]},
        ),
        ("it/tea-1/", {"permissions": {"read": [], "*": [refusing]}}, {"sell": ONE["sell"]}),
        ("it/tea-1/", {"permissions": {"read": [], "delete": []}}, {"delete": ONE["delete"], "sell": ONE["sell"]}),
        ("it/tea-1/", {"sale": {"permissions": [refusing]}}, without(ONE, "sell")),
        ("it/tea-1/", {"sale": {"allowed_methods": ("GET",)}}, without(ONE, "sell")),
        ("it/tea-1/", {"identity": ALICE, "permissions": {"read": [], "*": [Staff()]}}, {"sell": ONE["sell"]}),
        (
            "it/tea-1/",
            {
                "permissions": {
                    "read": [],
                    "delete": [lambda request, obj: obj.slug == "tea-1"],
                    "*": [lambda request, obj: False],
                }
            },
            {"delete": ONE["delete"], "sell": ONE["sell"]},
        ),
        ("it/", {"permissions": {"read": [], "*": [lambda request, obj: False]}}, LIST),
        ("it/tea-1/", {"identity": ALICE, "permissions": {"read": [], "*": [Scopes("write")]}}, ONE),
    ],
)
def test_just_those_actions_are_offered_that_would_not_be_refused(at, arguments, expected):
    offered = actions(at, **arguments)["actions"]

    if arguments.get("identity") == "":  # to the sale nobody unknown is let
        expected = without(expected, "sell")
        offered = without(offered, "export", "refill") if at == "it/" else offered
    assert offered == expected


def test_what_is_offered_is_served_and_what_is_not_is_refused():
    """The affordances of each kind of reader, tried out one by one."""
    kind = type(
        "ProductHandler",
        (ProductHandler,),
        {"actions": (), "permissions": {"read": [], "delete": [], "*": [Staff()]}, "anonymous": Unknown},
    )
    for user, staff in ((None, False), ("alice", False), ("alice", True)):
        User.objects.filter(username="alice").update(is_staff=staff)
        api = Api(authentication=["basic"])
        api.route("it/<slug:slug>/", kind)
        with override_settings(PISTON=PLUGINS, ROOT_URLCONF=(path("api/", include(api.urls)),)):
            client = Client(headers={"Accept": TYPE, **({"Authorization": ALICE} if user else {})})
            offered = client.get("/api/it/tea-1/").json()["actions"]
            for method, name in (("PUT", "update"), ("PATCH", "patch"), ("DELETE", "delete")):
                with transaction.atomic():
                    response = client.generic(method, "/api/it/tea-1/", json.dumps({"name": "x"}), "application/json")
                    transaction.set_rollback(True)
                assert (response.status_code < 300) == (name in offered), (user, staff, method, response.status_code)


def test_an_action_tells_what_it_asks_for():
    told = actions("it/tea-1/")

    [name] = told["inputs"]["update"]
    assert {key: name[key] for key in ("name", "kind", "title", "about", "required", "limits")} == {
        "name": "name",
        "kind": "text",
        "title": "Name",
        "about": "How it is called.",
        "required": True,
        "limits": {"maxlength": 8},
    }
    assert [each["required"] for each in told["inputs"]["patch"]] == [False]
    assert told["inputs"]["delete"] == []
    assert [each["name"] for each in told["inputs"]["sell"]] == ["name"]


def test_objects_to_choose_from_are_told_by_the_address_of_their_list():
    class MakerHandler(BaseHandler):
        model = Maker
        fields = ("name",)

    kind = type(
        "ProductHandler", (BaseHandler,), {"model": Product, "fields": ("name", "maker", "category", "labels")}
    )
    with override_settings(PISTON=PLUGINS), serving({"it/": kind, "makers/": MakerHandler}) as client:
        told = client.get("/api/it/", headers={"Accept": TYPE}).json()

    found = {
        each["name"]: (each["href"], each["key"], each["many"], each["choices"]) for each in told["inputs"]["create"]
    }
    assert found == {
        "name": ("", "", False, []),
        "maker": ("/api/makers/", "id", False, []),
        "category": ("", "id", False, []),
        "labels": ("", "id", True, []),
    }


def test_asking_what_may_be_done_with_an_object_takes_no_query_more_than_to_show_it():
    def count(**arguments):
        with CaptureQueriesContext(connection) as captured:
            actions("it/tea-1/", **arguments)
        return len(captured)

    rules = {"read": [], "*": [lambda request, obj: obj.maker is not None]}
    fields = ("name", ("maker", ("name",)), ("labels", ("word",)))
    elsewhere = {"actions": (Action("restock", "sale", method="PUT"),), "sale": {"permissions": rules}}

    assert count() == count(permissions=rules, fields=("name", ("maker", ("name",)))) == count(**elsewhere) - 1 == 1
    assert count(fields=fields) == count(fields=fields, permissions=rules) == count(fields=fields, **elsewhere) == 2


def test_another_handler_reads_the_object_by_its_own_queryset():
    rule = {"permissions": {"*": [lambda request, obj: True]}}
    restock = (Action("restock", "sale", method="PUT"),)

    for objects, offered in ((Product.objects.all(), True), (Product.objects.none(), False)):
        told = actions("it/tea-1/", actions=restock, sale={**rule, "queryset": lambda self, request, it=objects: it})
        assert ("restock" in told["actions"]) is offered


def test_a_rule_is_asked_about_the_object_of_the_address():
    kind = type(
        "UserHandler",
        (BaseHandler,),
        {
            "model": User,
            "fields": ("username",),
            "permissions": {"read": [], "*": [lambda request, obj: obj == request.user]},
        },
    )
    bob = User.objects.create_user("bob", password="bob")
    api = Api(authentication=["basic"])
    api.route("users/<str:username>/", kind)
    with override_settings(PISTON=PLUGINS, ROOT_URLCONF=(path("api/", include(api.urls)),)):
        client = Client(headers={"Accept": TYPE, "Authorization": ALICE})
        hers, his = (client.get(f"/api/users/{name}/").json()["actions"] for name in ("alice", bob.username))

    assert (set(hers), set(his)) == ({"update", "patch", "delete"}, set())


def test_what_an_action_asks_for_is_told_anew_each_time():
    from django.utils.translation import gettext_lazy, override

    from piston_core.inputs import inputs_of

    sizes = ["S"]

    class SizeForm(forms.Form):
        size = forms.ChoiceField(choices=lambda: [(each, each) for each in sizes], label=gettext_lazy("Yes"))

    [first] = inputs_of(SizeForm)
    sizes.append("L")
    with override("de"):
        [second] = inputs_of(SizeForm)

    assert (first.title, [value for value, _ in first.choices]) == ("Yes", ["S"])
    assert (second.title, [value for value, _ in second.choices]) == ("Ja", ["S", "L"])
