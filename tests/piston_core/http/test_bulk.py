"""Several objects in one request: all of them or none, with the place of each fault."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.forms import modelform_factory
from django.test.utils import CaptureQueriesContext

from blog.models import Post
from piston_core import BaseHandler, Problem, rc
from tests.piston_core.http.served import JSON_PATCH, MERGE, YAML, api, each_server
from tests.piston_core.pipeline.asking import FORM, data_of, problem_of
from tests.shop.models import Country, Label, Maker, Permit, Product

LabelForm = modelform_factory(Label, fields=("word",))
MakerForm = modelform_factory(Maker, fields=("name", "number", "country"))


class MakerHandler(BaseHandler):
    model = Maker
    fields = ("id", "name", "number", "country")
    bulk_limit = 5


class LabelHandler(BaseHandler):
    model = Label
    fields = ("word",)
    bulk_limit = 3


ROUTES = {
    "makers/": MakerHandler,
    "makers/<int:id>/": MakerHandler,
    "labels/": LabelHandler,
    "labels/<slug:word>/": LabelHandler,
}


@pytest.fixture
def makers(db):
    Country.objects.create(code="CN", name="China")
    return [Maker.objects.create(name=f"Maker {number}", number=number) for number in (1, 2, 3)]


def stored():
    """Return all that a refused request could have changed."""
    return list(Maker.objects.values()), list(Label.objects.values())


def pointers(response):
    return [(fault["pointer"], fault["code"]) for fault in problem_of(response)["errors"]]


@each_server
def test_a_list_is_created_in_its_order_and_answered_as_objects_are(makers, server):
    with api(ROUTES, server) as ask:
        sent = [{"name": "A", "number": 7}, {"name": "B", "country": "CN"}, {"name": "C", "number": None}]
        response = ask("POST", "/api/makers/", sent)
        rows = data_of(response)

        assert response.status_code == 201
        assert "Location" not in response.headers  # there are three
        assert [(row["name"], row["number"], row["country"]) for row in rows] == [
            ("A", 7, None),
            ("B", None, {"code": "CN"}),
            ("C", None, None),
        ]
        assert rows == [data_of(ask("GET", f"/api/makers/{row['id']}/")) for row in rows]
        assert Maker.objects.count() == 6


@each_server
def test_one_object_is_created_as_without_a_limit(makers, server):
    with api(ROUTES, server) as ask:
        response = ask("POST", "/api/makers/", {"name": "A"})

        assert response.status_code == 201
        assert response.headers["Location"] == f"/api/makers/{data_of(response)['id']}/"


@each_server
def test_objects_of_a_list_are_changed_by_what_names_them(makers, server):
    with api(ROUTES, server) as ask:
        one, two, three = (maker.pk for maker in makers)
        response = ask("PATCH", "/api/makers/", [{"id": three, "name": "C"}, {"id": one, "number": None}])

        assert response.status_code == 200
        assert [(row["id"], row["name"], row["number"]) for row in data_of(response)] == [
            (three, "C", 3),
            (one, "Maker 1", None),
        ]
        assert list(Maker.objects.values_list("id", "name", "number")) == [
            (one, "Maker 1", None),
            (two, "Maker 2", 2),
            (three, "C", 3),
        ]


def test_an_object_is_named_by_its_address_argument_even_if_that_is_no_key(db):
    Label.objects.create(word="tea")
    with api(ROUTES) as ask:
        assert data_of(ask("PATCH", "/api/labels/", [{"word": "tea"}])) == [{"word": "tea"}]
        assert pointers(ask("PATCH", "/api/labels/", [{"word": "tea"}, {"word": "coffee"}])) == [("/1", "missing")]


NEW = {"name": "New"}
REFUSED = [
    ("POST", [], [("", "invalid")]),
    ("POST", [NEW, 1], [("/1", "invalid")]),
    ("POST", [NEW, [NEW]], [("/1", "invalid")]),
    ("POST", [None, NEW, "x"], [("/0", "invalid"), ("/2", "invalid")]),
    ("POST", [NEW, {}], [("/1/name", "required")]),
    ("POST", [NEW, {"name": "x" * 41, "number": "x"}], [("/1/name", "max_length"), ("/1/number", "invalid")]),
    ("POST", [{}, NEW, {"name": ""}], [("/0/name", "required"), ("/2/name", "required")]),
    ("POST", [NEW, {"name": "A", "number": 1}, {}], [("/1/number", "unique"), ("/2/name", "required")]),
    ("POST", [NEW, {"name": "A", "country": "XX"}], [("/1/country", "invalid_choice")]),
    ("POST", [NEW, {"name": "A", "a/b~": 1}], [("/1/a~1b~0", "unknown")]),
    ("PATCH", {}, [("", "invalid")]),
    ("PATCH", [], [("", "invalid")]),
    ("PATCH", "x", [("", "invalid")]),
    ("PATCH", None, [("", "invalid")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"name": "B"}], [("/1/id", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": None, "name": "B"}], [("/1/id", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": True}], [("/1/id", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": [1]}], [("/1/id", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": {"id": 1}}], [("/1/id", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, 5], [("/1", "invalid")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": "<1>"}], [("/1/id", "repeated")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": "<1>", "name": "B"}], [("/1/id", "repeated")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": 999, "name": "B"}], [("/1", "missing")]),
    ("PATCH", [{"id": "<1>"}, {"id": "x"}, {"id": "<2>", "name": ""}], [("/1", "missing"), ("/2/name", "required")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": 2**70}], [("/1", "missing")]),
    ("PATCH", [{"id": "<1>", "name": "A"}, {"id": ""}], [("/1", "missing")]),
]  # fmt: skip


@each_server
@pytest.mark.parametrize(("method", "sent", "faults"), REFUSED)
def test_a_fault_in_one_refuses_all_and_each_is_told_with_its_place(makers, server, method, sent, faults):
    text = json.dumps(sent)
    for number, maker in enumerate(makers, 1):
        text = text.replace(f'"<{number}>"', str(maker.pk))
    before = stored()
    with api(ROUTES, server) as ask:
        response = ask(method, "/api/makers/", text.encode())

        assert (response.status_code, pointers(response)) == (422, faults)
    assert stored() == before


def test_one_number_in_two_spellings_names_one_object_twice(makers):
    """``"1"`` and ``1`` are the same object; so is `01`, which the database would say."""
    before = stored()
    with api(ROUTES) as ask:
        for spelt in (str(makers[0].pk), f"0{makers[0].pk}", f" {makers[0].pk}"):
            changes = [{"id": makers[0].pk, "name": "A"}, {"id": spelt, "name": "B"}]
            assert pointers(ask("PATCH", "/api/makers/", changes)) == [("/1/id", "repeated")]
    assert stored() == before


@each_server
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_more_than_the_limit_is_413(makers, server, method):
    with api(ROUTES, server) as ask:
        ids = [maker.pk for maker in makers] * 2
        sent = [{"name": "A"} | ({"id": each} if method == "PATCH" else {}) for each in ids]
        before = stored()

        assert problem_of(ask(method, "/api/makers/", sent))["status"] == 413
        assert stored() == before


def test_what_clashes_only_with_what_is_stored_is_a_conflict(makers):
    before = stored()
    with api(ROUTES) as ask:
        response = ask("POST", "/api/makers/", [NEW, {"name": "A", "number": 2}, {"name": "B", "number": 1}])

        assert pointers(response) == [("/1/number", "unique"), ("/2/number", "unique")]
        assert (response.status_code, problem_of(response)["type"]) == (409, "/api/problems/already-exists")
    assert stored() == before


@each_server
@pytest.mark.parametrize("sent", [[{"word": "a"}, {"word": "b"}, {"word": "a"}]])
def test_what_clashes_within_the_list_is_a_conflict_with_its_place(db, server, sent):
    """The forms see only what is stored; the database says it when the third is written."""
    with api(ROUTES, server) as ask:
        response = ask("POST", "/api/labels/", sent)

        assert pointers(response) == [("/2", "conflict")]
        assert response.status_code == 409
    assert not Label.objects.exists()


@each_server
@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("data", [[NEW], [], [NEW, NEW]])
def test_a_list_where_no_list_is_taken_is_refused(makers, server, method, data):
    class Single(MakerHandler):
        bulk_limit = 0

    before = stored()
    with api({"makers/": Single, "makers/<int:id>/": Single}, server) as ask:
        one = f"/api/makers/{makers[0].pk}/"
        response = ask(method, "/api/makers/" if method == "POST" else one, data)

        assert pointers(response) == [("", "invalid")]
        assert problem_of(ask("PATCH", "/api/makers/", data))["status"] == 405
        assert "PATCH" not in ask("OPTIONS", "/api/makers/").headers["Allow"]
    assert stored() == before


def test_a_list_says_that_it_can_be_patched_and_one_object_takes_no_list(makers):
    with api(ROUTES) as ask:
        headers = ask("OPTIONS", "/api/makers/").headers
        one = f"/api/makers/{makers[0].pk}/"

        assert "PATCH" in headers["Allow"].split(", ")
        assert "application/json" in headers["Accept-Patch"]
        assert "json-patch" not in headers["Accept-Patch"]
        assert problem_of(ask("PATCH", one, [{"id": makers[0].pk, "name": "A"}]))["status"] == 422
        for patch in (MERGE, JSON_PATCH):
            assert problem_of(ask("PATCH", "/api/makers/", [], patch))["status"] == 415


def test_lists_come_in_other_formats_and_as_no_form(makers):
    with api(ROUTES) as ask:
        response = ask("POST", "/api/makers/", b"- name: A\n- name: B\n  number: 8\n", YAML)

        assert [row["name"] for row in data_of(response)] == ["A", "B"]
        assert ask("POST", "/api/makers/", b"name=C", FORM).status_code == 201
        assert problem_of(ask("PATCH", "/api/makers/", b"name=C", FORM))["status"] == 422


def own(is_async=False, **attributes):
    """Return a handler whose own methods write down what they see of each object."""
    seen = []

    class Own(MakerHandler):
        form = MakerForm

        def create(self, request, **kwargs):
            seen.append(("create", request.data, request.form.cleaned_data["name"], kwargs))
            if request.data["name"] == "refused":
                raise Problem(403, "Not this one.", reason="taste")
            if request.data["name"] == "denied":
                raise PermissionDenied
            if request.data["name"] == "reply":
                return rc.FORBIDDEN(detail="Not this one.")
            if request.data["name"] == "bug":
                raise KeyError
            if request.data["name"] == "replied":
                return rc.CREATED({"own": request.form.save().name})
            return request.form.save()

        def patch(self, request, **kwargs):
            seen.append(("patch", request.data, request.form.instance.pk, kwargs))
            return request.form.save()

    class AsyncOwn(Own):
        async def create(self, request, **kwargs):
            return await sync_to_async(super().create)(request, **kwargs)

        async def patch(self, request, **kwargs):
            return await sync_to_async(super().patch)(request, **kwargs)

    return type("OwnHandler", (AsyncOwn if is_async else Own,), attributes), seen


each_kind = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


@each_server
@each_kind
def test_a_method_of_ones_own_is_called_for_each_as_if_it_came_alone(makers, server, is_async):
    handler, seen = own(is_async)
    with api({"makers/": handler, "makers/<int:id>/": handler}, server) as ask:
        sent = [{"name": "A"}, {"name": "replied"}]
        created = ask("POST", "/api/makers/", sent)
        first = makers[0].pk
        changed = ask("PATCH", "/api/makers/", [{"id": first, "name": "B"}])

        assert (created.status_code, changed.status_code) == (201, 200)
        assert [row.get("name") or row["own"] for row in data_of(created)] == ["A", "replied"]
        assert [row["name"] for row in data_of(changed)] == ["B"]
    assert seen == [
        ("create", sent[0], "A", {}),
        ("create", sent[1], "replied", {}),
        ("patch", {"name": "B"}, first, {"id": first}),
    ]


@each_server
@each_kind
@pytest.mark.parametrize(
    ("name", "status", "members"),
    [
        ("refused", 403, {"reason": "taste", "pointer": "/1"}),
        ("reply", 403, {"pointer": "/1", "detail": "Not this one."}),
        ("denied", 403, {}),
        ("bug", 500, {}),
    ],
)
def test_to_refuse_one_is_to_refuse_all(makers, server, is_async, name, status, members):
    handler, seen = own(is_async)
    before = stored()
    with api({"makers/": handler}, server) as ask:
        problem = problem_of(ask("POST", "/api/makers/", [{"name": "A"}, {"name": name}, {"name": "B"}]))

        assert problem["status"] == status
        assert members.items() <= problem.items()
    assert stored() == before
    assert len(seen) == 2


@each_kind
def test_what_the_database_refuses_is_a_conflict_with_its_place(makers, is_async):
    """Of methods of one's own, too, which no form has looked at before."""

    class Permits(BaseHandler):
        model = Permit
        fields = ("text",)
        bulk_limit = 5
        form = modelform_factory(Permit, fields=("text",))

        def create(self, request):
            first = Maker.objects.get_or_create(name=request.data["text"], number=77)[0]
            return Permit.objects.create(maker=first, text=request.data["text"])

    class AsyncPermits(Permits):
        async def create(self, request):
            return await sync_to_async(super().create)(request)

    before = stored()
    with api({"permits/": AsyncPermits if is_async else Permits}) as ask:
        response = ask("POST", "/api/permits/", [{"text": "a"}, {"text": "b"}])

        assert (response.status_code, pointers(response)) == (409, [("/1", "conflict")])
        assert b"UNIQUE" not in response.content
    assert (stored(), Permit.objects.count()) == (before, 0)


def test_a_list_below_an_object_is_of_that_object(makers):
    class ProductHandler(BaseHandler):
        model = Product
        fields = ("name", "slug", ("maker", ("name",)), "price")
        bulk_limit = 5

    routes = {"makers/<int:maker>/products/": ProductHandler, "products/<slug:slug>/": ProductHandler}
    with api(routes) as ask:
        address = f"/api/makers/{makers[1].pk}/products/"
        created = ask("POST", address, [{"name": "A", "slug": "a"}, {"name": "B", "slug": "b", "price": "2.50"}])

        assert [(row["slug"], row["maker"]) for row in data_of(created)] == [
            ("a", {"name": "Maker 2"}),
            ("b", {"name": "Maker 2"}),
        ]
        Product.objects.create(name="C", slug="c", maker=makers[0])
        changed = ask("PATCH", address, [{"slug": "a", "name": "A1"}, {"slug": "b", "price": "3.00"}])
        assert [(row["name"], row["price"]) for row in data_of(changed)] == [("A1", "1.00"), ("B", "3.00")]
        other = ask("PATCH", address, [{"slug": "a", "name": "A2"}, {"slug": "c", "name": "stolen"}])
        assert pointers(other) == [("/1", "missing")]  # it is another maker's
    assert sorted(Product.objects.values_list("slug", "name")) == [("a", "A1"), ("b", "B"), ("c", "C")]


def test_the_address_of_a_list_holds_for_all_that_is_named_in_it(makers):
    """Whoever may change one maker's products gets no others by naming another maker in the body."""

    class ProductHandler(BaseHandler):
        model = Product
        fields = ("name", "slug", ("maker", ("number",)))
        bulk_limit = 5

    one, two, _ = makers
    Product.objects.create(name="A", slug="a", maker=one)
    Product.objects.create(name="B", slug="b", maker=two)
    list_of = "makers/<int:maker>/products/"
    with api({list_of: ProductHandler, f"{list_of}<slug:slug>/": ProductHandler}) as ask:
        address = f"/api/makers/{one.pk}/products/"

        assert ask("PATCH", address, [{"slug": "a", "name": "A1"}]).status_code == 200
        assert pointers(ask("PATCH", address, [{"slug": "b", "name": "stolen"}])) == [("/0", "missing")]
        named = ask("PATCH", address, [{"maker": two.pk, "slug": "b", "name": "stolen"}])
        assert problem_of(named)["status"] == 422
    assert sorted(Product.objects.values_list("slug", "name")) == [("a", "A1"), ("b", "B")]


@pytest.mark.parametrize("pattern", ["makers/<int:pk>/", "makers/<int:number>/", None])
def test_whatever_the_address_of_one_object_names_it_by_names_it_in_a_list(makers, pattern):
    name = pattern.partition(":")[2].partition(">")[0] if pattern else "pk"
    routes = {"makers/": MakerHandler} | ({pattern: MakerHandler} if pattern else {})
    with api(routes) as ask:
        response = ask("PATCH", "/api/makers/", [{name: getattr(makers[1], name), "name": "A"}])

        assert [row["name"] for row in data_of(response)] == ["A"]
    assert list(Maker.objects.values_list("name", flat=True)) == ["Maker 1", "A", "Maker 3"]


def test_only_what_the_sender_may_see_is_changed(makers):
    class Mine(MakerHandler):
        def queryset(self, request):
            return Maker.objects.filter(number__lt=3)

    before = stored()
    with api({"makers/": Mine, "makers/<int:id>/": Mine}) as ask:
        changes = [{"id": maker.pk, "name": "A"} for maker in makers]
        assert pointers(ask("PATCH", "/api/makers/", changes)) == [("/2", "missing")]
    assert stored() == before


def test_the_answer_may_be_left_out(makers):
    with api(ROUTES) as ask:
        created = ask("POST", "/api/makers/", [NEW, NEW], Prefer="return=minimal")
        changed = ask("PATCH", "/api/makers/", [{"id": makers[0].pk, "name": "A"}], Prefer="return=minimal")

        assert (created.status_code, created.content, changed.status_code) == (201, b"", 204)
        assert created.headers["Preference-Applied"] == changed.headers["Preference-Applied"] == "return=minimal"
    assert Maker.objects.count() == 5


def cost(method, count):
    """Return how many queries it takes to create or change so many products with what belongs to them."""

    class ProductHandler(BaseHandler):
        model = Product
        fields = ("name", "slug", ("maker", ("name", "country")), ("labels", ("word",)), "specs")
        bulk_limit = 50

    Product.objects.all().delete()
    maker = Maker.objects.get(number=1)
    with api({"makers/<int:maker>/products/": ProductHandler, "products/<slug:slug>/": ProductHandler}) as ask:
        address = f"/api/makers/{maker.pk}/products/"
        sent = [{"name": f"P {each}", "slug": f"p-{each}"} for each in range(count)]
        if method == "PATCH":
            assert ask("POST", address, sent).status_code == 201
        with CaptureQueriesContext(connection) as captured:
            response = ask(method, address, sent)
        assert [row["maker"] for row in data_of(response)] == [{"name": "Maker 1", "country": None}] * count
    return len(captured)


@pytest.mark.parametrize(("method", "each"), [("POST", 2), ("PATCH", 4)])
def test_each_object_costs_what_it_takes_to_check_and_to_write_it(makers, method, each):
    """Whether the slug is another one's, and the row itself; to read the answer costs the same for all of them."""
    assert cost(method, 20) - cost(method, 10) == 10 * each


def test_a_blog_of_posts_is_written_at_once(alice):
    class Posts(BaseHandler):
        model = Post
        fields = ("title", "slug", "content", "author")
        bulk_limit = 100

    with api({"posts/": Posts, "posts/<slug:slug>/": Posts}) as ask:
        author = Post.objects.first().author_id
        sent = [{"title": f"T {n}", "slug": f"bulk-{n}", "content": "c", "author": author} for n in range(30)]
        assert ask("POST", "/api/posts/", sent).status_code == 201
        before = Post.objects.count()
        assert problem_of(ask("POST", "/api/posts/", sent))["status"] == 409
        assert Post.objects.count() == before
