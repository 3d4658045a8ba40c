"""What data a client may send: the model's own form, PUT and PATCH, forms of every kind, files."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piston_core import BaseHandler
from tests.ids import stable
from tests.shop.models import Customer, Label, Maker, Order, Product, Rank, Sample, Size
from tests.shop.serving import JSON, serving, stock

URLENCODED = "application/x-www-form-urlencoded"
SAMPLE = tuple(field.name for field in Sample._meta.concrete_fields if field.name != "id")


@pytest.fixture
def tea(db) -> Product:
    """Return the only product."""
    return stock(1)[0]


@pytest.fixture(autouse=True)
def empty_storage(settings) -> None:
    """Forget the files of other tests."""
    settings.STORAGES = dict(settings.STORAGES)


def handler(model, *fields, **attributes) -> type[BaseHandler]:
    """Return a handler of a model with these fields."""
    return type(f"{model.__name__}Handler", (BaseHandler,), {"model": model, "fields": fields, **attributes})


def send(kind: type[BaseHandler], method: str, data, content_type: str = JSON, *, at: str | None = None):
    """Return the response to a request to the list, or to the first object."""
    address = at or ("it/" if method == "POST" else "it/1/")
    body = json.dumps(data) if content_type == JSON else data
    with serving({"it/": kind, "it/<int:pk>/": kind}) as client:
        return client.generic(method, f"/api/{address}", body, content_type)


def multipart(**data) -> tuple[bytes, str]:
    """Return a multipart body and its content type."""
    return encode_multipart(BOUNDARY, data), MULTIPART_CONTENT


def faults(response, status: int = 422) -> dict[str, str]:
    """Return the codes of what was refused, by pointer."""
    assert response.status_code == status, response.content
    return {fault["pointer"]: fault["code"] for fault in response.json()["errors"]}


# -- the model's own form --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "data", "unknown"),
    [
        (("name",), {"name": "x"}, set()),
        (("name",), {"name": "x", "stock": 1}, {"/stock"}),
        (("name", "stock"), {"name": "x", "stock": 1}, set()),
        ((), {"name": "x", "id": 1}, {"/id"}),
        ((), {"name": "x", "pk": 1}, {"/pk"}),
        (("id", "name"), {"name": "x", "id": 1}, {"/id"}),
        (("name", "code"), {"name": "x", "code": str(uuid.UUID(int=1))}, {"/code"}),
        (("name", "shouted", "worth", "reviews", "detail"), {"shouted": 1, "worth": 1, "reviews": [], "detail": 1},
         {"/shouted", "/worth", "/reviews", "/detail"}),
        (("name", "maker", "labels"), {"name": "x", "maker": 1, "labels": [1]}, set()),
        (("name", ("maker", ("name",))), {"name": "x", "maker": 1}, {"/maker"}),
        (("name", ("labels", ("word",))), {"name": "x", "labels": [1]}, {"/labels"}),
        (("name", "maker_id"), {"name": "x", "maker_id": 1}, {"/maker_id"}),
        (("name", "resource_uri"), {"name": "x", "resource_uri": "/"}, {"/resource_uri"}),
        (("name",), {"name": "x", "": 1, "a/b": 2}, {"/", "/a~1b"}),
        (("name",), {"name": "x", "__class__": 1, "_state": 2, "save": 3}, {"/__class__", "/_state", "/save"}),
    ],
    ids=stable,
)  # fmt: skip
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_only_columns_that_are_shown_and_editable_can_be_written(tea, fields, data, unknown, method):
    response = send(handler(Product, *fields), method, data)

    if unknown:
        assert {pointer for pointer, code in faults(response).items() if code == "unknown"} == unknown
        assert Product.objects.get().name == "Tea 1"
    else:
        missing = set(faults(response).values()) if response.status_code == 422 else set()
        assert missing <= {"required"}
        assert method == "PUT" or response.status_code == 200


def test_what_fields_hide_is_neither_asked_for_nor_changed(tea):
    response = send(handler(Product, "name"), "PUT", {"name": "Coffee"})
    tea.refresh_from_db()

    assert (response.status_code, tea.name, tea.slug, tea.stock) == (200, "Coffee", "tea-1", 5)


@pytest.mark.parametrize("field", SAMPLE)
@pytest.mark.parametrize("value", [[], ["a"], [[]], {}, {"a": 1}], ids=stable)
def test_a_list_or_an_object_is_no_single_value(db, field, value):
    response = send(handler(Sample, *SAMPLE), "POST", {field: value})

    if field == "data":
        assert (response.status_code, response.json()["data"]) == (201, value)
    else:
        assert faults(response) == {f"/{field}": "invalid"}
        assert not Sample.objects.exists()


@pytest.mark.parametrize("field", [name for name in SAMPLE if name not in ("flag", "maybe", "data")])
def test_a_truth_value_is_no_text_number_date_or_key(db, field):
    Customer.objects.create(name="Ann")

    assert set(faults(send(handler(Sample, *SAMPLE), "POST", {field: True}))) == {f"/{field}"}
    assert not Sample.objects.exists()


@pytest.mark.parametrize("field", ["flag", "maybe"])
@pytest.mark.parametrize(
    ("value", "stored"),
    [(True, True), (False, False), ("true", True), ("False", False)]
    + [(value, None) for value in ("yes", "", "1", "0", "abc", "\x00", 0, 1, 2, 0.5, [], {}, [True], 10**30)],
    ids=stable,
)
def test_a_truth_value_is_true_or_false_and_nothing_else(db, field, value, stored):
    response = send(handler(Sample, field), "POST", {field: value})

    if stored is None:
        assert faults(response) == {f"/{field}": "invalid"}
    else:
        assert (response.status_code, response.json()) == (201, {field: stored})


HOSTILE = [
    5,
    -1,
    1.5,
    10**30,
    -(10**400),
    "x",
    "\x00",
    "9" * 5000,
    "ü" * 100,
    "",
    " ",
    "1e999",
    "-0",
    "P1D",
    "2026-13-01",
]


@pytest.mark.parametrize("field", SAMPLE)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: str(value)[:9])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_no_value_for_a_column_breaks_the_server(db, field, value, method):
    Sample.objects.create(pk=1)
    response = send(handler(Sample, field), method, {field: value})

    assert response.status_code in (200, 201, 422), response.content
    if response.status_code == 422:
        assert set(faults(response)) <= {f"/{field}", ""}


@pytest.mark.parametrize(
    "value",
    [True, False, None, 1.5, "x", "1", 99, {}, {"id": 1}, [None], [True], [99], ["x"], [[1]], [{}], [10**30]],
    ids=stable,
)
def test_a_to_many_relation_takes_a_list_of_keys(tea, value):
    response = send(handler(Product, "labels"), "PATCH", {"labels": value})

    if value == "1":
        assert response.json() == {"labels": [{"id": 1}]}  # as a form sends one of several
    else:
        assert set(faults(response)) == ({""} if value == [10**30] else {"/labels"})
        assert tea.labels.count() == 2


@pytest.mark.parametrize("value", [True, 0, -1, 99, 1.5, "x", "", [1], {"id": 1}, 10**30, None])
def test_a_foreign_key_takes_the_key_of_an_object_that_is_there(tea, value):
    response = send(handler(Product, "maker"), "PATCH", {"maker": value})

    assert set(faults(response)) == {"/maker"}
    assert send(handler(Product, "maker"), "PATCH", {"maker": 1}).json() == {"maker": {"id": 1}}
    assert send(handler(Product, "maker"), "PATCH", {"maker": "1"}).json() == {"maker": {"id": 1}}


def test_everything_that_is_wrong_is_told_at_once(tea):
    data = {"name": ["x"], "slug": "not a slug", "stock": "many", "more": 1, "active": "perhaps", "maker": 99}

    assert faults(send(handler(Product), "PUT", data)) == {
        "/more": "unknown",
        "/name": "invalid",
        "/active": "invalid",
        "/slug": "invalid",
        "/maker": "invalid_choice",
        "/stock": "invalid",
    }


def test_a_unique_value_that_is_taken_is_a_conflict(tea):
    """The data would do as it is, were it not for what is stored (RFC 9110, section 15.5.10)."""
    response = send(handler(Maker, "name", "number"), "POST", {"name": "x", "number": 1})

    assert faults(response, 409) == {"/number": "unique"}
    assert response.json()["type"] == "/api/problems/already-exists"


def test_a_unique_value_that_is_taken_is_one_fault_among_others(tea):
    response = send(handler(Maker, "name", "number"), "POST", {"name": "x", "number": 1, "more": 1})

    assert faults(response) == {"/more": "unknown", "/number": "unique"}
    assert response.json()["type"] == "/api/problems/invalid-data"


# -- PUT and POST: defaults ------------------------------------------------------------------------

DEFAULTS = {
    "price": "1.00", "stock": 5, "active": True, "specs": {}, "size": "S", "rank": 1, "photo": None, "description": "",
    "my_idea": "", "private_note": "", "category": None,
}  # fmt: skip
SENT = {"name": "Coffee", "slug": "coffee", "maker": 1}


def shown(response, *names) -> dict:
    """Return what an answer shows by these names."""
    assert response.status_code in (200, 201), response.content
    return {name: response.json()[name] for name in names}


def test_what_is_not_created_with_a_value_has_its_default(tea):
    assert shown(send(handler(Product), "POST", SENT), *DEFAULTS) == DEFAULTS


def test_what_is_not_replaced_with_a_value_has_its_default_again(tea):
    Product.objects.update(
        price=9, stock=9, active=False, specs={"a": 1}, size=Size.LARGE, rank=Rank.HIGH, description="x", my_idea="x",
        private_note="x",
    )  # fmt: skip

    response = send(handler(Product), "PUT", SENT)
    assert shown(response, *DEFAULTS) == DEFAULTS
    assert response.json()["added"][:4] > "2025"
    assert {
        field.name: getattr(Product.objects.get(), field.name) for field in [Product._meta.get_field("stock")]
    } == {"stock": 5}


def test_what_has_no_default_has_to_be_sent(tea):
    for method in ("POST", "PUT"):
        assert faults(send(handler(Product), method, {})) == dict.fromkeys(("/name", "/slug", "/maker"), "required")


def test_a_replaced_to_many_relation_that_is_not_sent_is_empty(tea):
    assert send(handler(Product, "name", "labels"), "PUT", {"name": "Tea"}).json() == {"name": "Tea", "labels": []}


def test_a_relation_that_a_tuple_shows_is_neither_asked_for_nor_changed(tea):
    kind = handler(Product, "name", ("maker", ("name",)), ("labels", ("word",)))
    labels = [{"word": "hot-1"}, {"word": "green-1"}]

    assert send(kind, "PUT", {"name": "x"}).json() == {"name": "x", "maker": {"name": "Maker 1"}, "labels": labels}


def test_a_default_that_the_form_would_call_empty_counts(db):
    kind = handler(Order, "price", "quantity")

    assert send(kind, "POST", {"price": 1}).json() == {"price": 1, "quantity": 1}
    assert faults(send(kind, "POST", {"price": 1, "quantity": None})) == {"/quantity": "required"}


# -- PATCH: what is there --------------------------------------------------------------------------

FULL = {
    "char": " blank ", "text": "  two\nlines\n", "slug": "a-b", "email": "a@b.org", "integer": -5, "small": 0,
    "big": 2**62, "positive": 7, "real": 0.1, "decimal": Decimal("1.2345"), "flag": False, "maybe": True,
    "date": dt.date(2026, 2, 28), "moment": dt.datetime(2026, 3, 29, 1, 59, 59, 999999, tzinfo=dt.UTC),
    "time": dt.time(1, 2, 3, 4), "duration": dt.timedelta(days=-1, microseconds=1), "uuid": uuid.UUID(int=9),
    "ip": "2001:db8::1", "data": {"a": [1, None, {"b": "ü"}]}, "size": "L", "rank": 2, "born": dt.date(1, 1, 1),
}  # fmt: skip


def row(model) -> dict:
    """Return the only row of a model, as the database has it."""
    return model.objects.values().get()


@pytest.mark.parametrize("sent", ["flag", "char", "data", "customer"])
def test_patch_leaves_every_column_that_is_not_sent_as_it_is(db, sent):
    Sample.objects.create(pk=1, customer=Customer.objects.create(pk=1, name="Ann"), **FULL)
    before = row(Sample)
    new = {"flag": True, "char": "new", "data": [1], "customer": None}[sent]

    assert send(handler(Sample, *SAMPLE), "PATCH", {sent: new}).status_code == 200
    assert row(Sample) == before | {"customer_id" if sent == "customer" else sent: new}


def test_patch_of_nothing_changes_nothing(db):
    Sample.objects.create(pk=1, **FULL)
    before = row(Sample)

    for body, content_type in ((b"{}", JSON), (b"", URLENCODED), (b"", "")):
        with serving({"it/<int:pk>/": handler(Sample, *SAMPLE)}) as client:
            response = client.generic("PATCH", "/api/it/1/", body, content_type)
        assert (response.status_code, row(Sample)) == (200, before)


def test_patch_leaves_relations_and_files_as_they_are(tea):
    tea.photo.save("leaf.txt", ContentFile(b"leaf"))
    tea.specs, tea.description = {"hot": True}, " a\n"
    tea.save()
    labels = [label.pk for label in tea.labels.all()]
    before = row(Product)

    response = send(
        handler(Product, *DEFAULTS, "name", "slug", "maker", "labels", "added"), "PATCH", {"name": "Coffee"}
    )
    assert response.json()["photo"] == "/media/photos/leaf.txt"
    assert row(Product) == before | {"name": "Coffee"}
    assert [label.pk for label in tea.labels.all()] == labels


@pytest.mark.parametrize("stored", [{}, [], "", 0, False, None, "text", '{"a": 1}'], ids=stable)
def test_patch_leaves_any_json_value_as_it_is(db, stored):
    Sample.objects.create(pk=1, data=stored)

    assert send(handler(Sample, "char", "data"), "PATCH", {"char": "x"}).json() == {"char": "x", "data": stored}
    assert Sample.objects.get().data == stored


def test_patch_asks_for_nothing_that_is_stored_though_a_form_would_call_it_empty(tea):
    Product.objects.update(specs={}, name="")

    assert send(handler(Product, "name", "specs", "stock"), "PATCH", {"stock": 1}).json() == {
        "name": "", "specs": {}, "stock": 1
    }  # fmt: skip
    assert faults(send(handler(Product, "name", "stock"), "PATCH", {"name": ""})) == {"/name": "required"}


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ({"labels": []}, []),
        ({"labels": [2]}, [{"id": 2}]),
        ({"labels": ["2", 1, 2]}, [{"id": 1}, {"id": 2}]),
    ],
)
def test_patch_replaces_a_to_many_relation_that_is_sent(tea, data, shown):
    assert send(handler(Product, "name", "labels"), "PATCH", data).json() == {
        "name": "Tea 1",
        "labels": shown,
    }


def test_patch_keeps_blanks_only_where_nothing_was_sent(db):
    Sample.objects.create(pk=1, char=" a ", text=" b ")

    assert send(handler(Sample, "char", "text"), "PATCH", {"char": " c "}).json() == {"char": "c", "text": " b "}


def test_a_form_that_names_related_objects_by_another_column_keeps_them(tea):
    class Form(forms.ModelForm):
        maker = forms.ModelChoiceField(Maker.objects.all(), to_field_name="number")
        labels = forms.ModelMultipleChoiceField(Label.objects.all(), to_field_name="word")

        class Meta:
            model = Product
            fields = ["name", "maker", "labels"]

    Maker.objects.filter(pk=tea.maker_id).update(number=77)
    kind = handler(Product, "name", ("maker", ("number",)), ("labels", ("word",)), form=Form)
    both = {"maker": {"number": 77}, "labels": [{"word": "hot-1"}, {"word": "green-1"}]}

    assert send(kind, "PATCH", {"name": "x"}).json() == {"name": "x"} | both
    assert send(kind, "PATCH", {"labels": ["hot-1"]}).json()["labels"] == [{"word": "hot-1"}]
    assert send(kind, "PATCH", {"maker": tea.maker_id}).status_code == 422


def test_a_widget_of_several_parts_keeps_and_takes_them(db):
    class Form(forms.ModelForm):
        moment = forms.SplitDateTimeField()

        class Meta:
            model = Sample
            fields = ["char", "moment"]

    Sample.objects.create(pk=1, **FULL)
    kind = handler(Sample, "char", "moment", form=Form)
    parts = {"moment_0": "2026-01-02", "moment_1": "03:04:05"}

    assert send(kind, "PATCH", {"char": "x"}).json() == {"char": "x", "moment": "2026-03-29T01:59:59.999999+00:00"}
    assert send(kind, "PATCH", parts).json() == {"char": "x", "moment": "2026-01-02T03:04:05+00:00"}
    assert send(kind, "PATCH", {"moment_0": "2027-01-02"}).json()["moment"] == "2027-01-02T03:04:05+00:00"
    assert "/moment" in faults(send(kind, "POST", {"char": "x"}))


# -- plain forms -----------------------------------------------------------------------------------


class PlainForm(forms.Form):
    """No model form; its fields happen to be called like columns."""

    name = forms.CharField(max_length=9)
    stock = forms.IntegerField(initial=3, required=False)
    labels = forms.ModelMultipleChoiceField(Label.objects.all(), required=False)
    photo = forms.FileField(required=False)
    nickname = forms.CharField(required=False)


def plain(**attributes) -> type[BaseHandler]:
    """Return a handler of products with the plain form."""
    return handler(Product, "name", "stock", ("labels", ("pk",)), "photo", form=PlainForm, **attributes)


def test_a_plain_form_fills_in_a_new_object(tea):
    kind = plain(new=lambda self, request: Product(slug="new", maker=tea.maker))

    assert send(kind, "POST", {"name": "Coffee", "labels": [1]}).json() == {
        "name": "Coffee", "stock": 5, "labels": [{"pk": 1}], "photo": None
    }  # fmt: skip


def test_a_plain_form_merges_for_patch_and_replaces_for_put(tea):
    tea.photo.save("leaf.txt", ContentFile(b"leaf"))
    Product.objects.update(stock=9)
    photo = {"photo": "/media/photos/leaf.txt"}
    both = {"labels": [{"pk": 1}, {"pk": 2}]}

    assert send(plain(), "PATCH", {"name": "x"}).json() == {"name": "x", "stock": 9} | both | photo
    assert send(plain(), "PATCH", {"stock": 4}).json() == {"name": "x", "stock": 4} | both | photo
    assert send(plain(), "PATCH", {"labels": [2]}).json() == {"name": "x", "stock": 4, "labels": [{"pk": 2}]} | photo
    assert send(plain(), "PUT", {"name": "y"}).json() == {"name": "y", "stock": 5, "labels": []} | photo
    assert faults(send(plain(), "PUT", {})) == {"/name": "required"}


def test_a_plain_form_that_the_database_refuses_is_a_conflict(tea):
    class Form(forms.Form):
        slug = forms.CharField()

    stock(1)
    response = send(handler(Product, "slug", form=Form), "PATCH", {"slug": "tea-2"})

    assert (response.status_code, Product.objects.get(pk=1).slug) == (409, "tea-1")


def test_an_error_of_the_whole_form_points_at_the_whole(tea):
    class Form(forms.ModelForm):
        class Meta:
            model = Product
            fields = ["name", "stock"]

        def clean(self):
            self.add_error("stock", forms.ValidationError("Too few.", code="few"))
            raise forms.ValidationError("No.", code="never")

    assert faults(send(handler(Product, form=Form), "PATCH", {})) == {"/stock": "few", "": "never"}


# -- bodies of forms and files ---------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_fields_and_files_come_by_multipart(tea, method):
    kind = handler(Product, "name", "photo", "labels", "stock")
    leaf = SimpleUploadedFile("leaf.txt", b"leaf", "text/plain")

    response = send(kind, method, *multipart(name="Coffee", photo=leaf, labels=[1, 2], stock="7"))
    assert response.json() == {
        "name": "Coffee", "photo": "/media/photos/leaf.txt", "labels": [{"id": 1}, {"id": 2}], "stock": 7
    }  # fmt: skip
    assert Product.objects.get().photo.read() == b"leaf"


def test_an_object_is_created_by_multipart(tea):
    leaf = SimpleUploadedFile("leaf.txt", b"leaf", "text/plain")
    response = send(handler(Product), "POST", *multipart(**SENT, photo=leaf, specs='{"hot": [1]}'))

    assert shown(response, "name", "photo", "specs", "active") == {
        "name": "Coffee", "photo": "/media/photos/leaf.txt", "specs": {"hot": [1]}, "active": True
    }  # fmt: skip


def test_a_file_alone_can_be_patched_and_cleared(tea):
    kind = handler(Product, "name", "photo")
    first = send(kind, "PATCH", *multipart(photo=SimpleUploadedFile("one.txt", b"1")))
    second = send(kind, "PATCH", *multipart(photo=SimpleUploadedFile("two.txt", b"2")))
    kept = send(kind, "PUT", {"name": "Coffee"})
    cleared = send(kind, "PATCH", {"photo-clear": True})

    assert [response.json()["photo"] for response in (first, second, kept, cleared)] == [
        "/media/photos/one.txt", "/media/photos/two.txt", "/media/photos/two.txt", None
    ]  # fmt: skip
    assert Product.objects.get().name == "Coffee"


def test_the_address_of_a_file_may_be_sent_back_and_changes_nothing(tea):
    tea.photo.save("leaf.txt", ContentFile(b"leaf"))
    kind = handler(Product, "name", "photo")
    shown = {"name": "Tea 1", "photo": "/media/photos/leaf.txt"}

    assert send(kind, "PUT", shown).json() == send(kind, "PATCH", shown).json() == shown
    assert Product.objects.get().photo.read() == b"leaf"


@pytest.mark.parametrize(
    ("name", "code"), [("empty.txt", "empty"), ("x" * 200 + ".txt", "max_length")], ids=["empty", "long name"]
)
def test_a_file_that_is_refused_is_pointed_at(tea, name, code):
    file = SimpleUploadedFile(name, b"" if code == "empty" else b"x")

    assert faults(send(handler(Product, "photo"), "PATCH", *multipart(photo=file))) == {"/photo": code}


def test_a_file_for_which_there_is_no_field_is_refused(tea):
    response = send(handler(Product, "name"), "PATCH", *multipart(name="x", virus=SimpleUploadedFile("v.exe", b"v")))

    assert faults(response) == {"/virus": "unknown"}


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_web_forms_body_is_read_for_every_method(tea, method):
    kind = handler(Product, "name", "slug", "maker", "stock", "labels", "active", "specs")
    body = "name=Gr%C3%BCn+x&slug=new&maker=1&stock=7&labels=1&labels=2&specs=%7B%22a%22%3A1%7D&csrfmiddlewaretoken=t"
    response = send(kind, method, body + "&active=false", URLENCODED)

    assert response.json() == {
        "name": "Grün x", "slug": "new", "maker": {"id": 1}, "stock": 7, "labels": [{"id": 1}, {"id": 2}],
        "active": False, "specs": {"a": 1},
    }  # fmt: skip


@pytest.mark.parametrize(
    "body", ["more=1", "specs=%7B", "stock=many", "name=%00", "maker=99", "stock=1&stock=x", "=1"]
)
def test_a_web_forms_body_is_refused_like_any_other(tea, body):
    assert len(faults(send(handler(Product, "name", "specs", "stock", "maker"), "PATCH", body, URLENCODED))) == 1


# -- round trips -----------------------------------------------------------------------------------

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), max_size=40).map(str.strip)
_floats = st.floats(allow_nan=False, allow_infinity=False)
_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_moments = st.datetimes(dt.datetime(2, 1, 1), dt.datetime(9998, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001

samples = st.fixed_dictionaries(
    {
        "char": _text,
        "text": _text,
        "slug": st.from_regex(r"[-a-zA-Z0-9_]{0,50}", fullmatch=True),
        "integer": st.none() | st.integers(-(2**31), 2**31 - 1),
        "small": st.none() | st.integers(-32768, 32767),
        "big": st.none() | st.integers(-(2**63), 2**63 - 1),
        "positive": st.none() | st.integers(0, 2**31 - 1),
        "real": st.none() | _floats,
        "decimal": st.none() | st.decimals(-(10**9), 10**9, places=4),
        "flag": st.booleans(),
        "maybe": st.none() | st.booleans(),
        "date": st.none() | st.dates(),
        "moment": st.none() | _moments,
        "time": st.none() | st.times(),
        "duration": st.none() | st.timedeltas(dt.timedelta(-(10**5)), dt.timedelta(10**5)),
        "uuid": st.none() | st.uuids(),
        "ip": st.none() | st.ip_addresses().map(str),
        "data": _json,
        "size": st.sampled_from(["", *Size.values]),
        "rank": st.sampled_from([None, *Rank.values]),
        "born": st.dates(),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples)
def test_what_is_shown_can_be_sent_back_and_changes_nothing(db, sample):
    Sample.objects.all().delete()
    Sample.objects.create(pk=1, **sample)
    before = row(Sample)
    kind = handler(Sample, *SAMPLE)
    with serving({"it/<int:pk>/": kind, "it/": kind}) as client:
        document = client.get("/api/it/1/").content
        put = client.put("/api/it/1/", document, content_type=JSON)
        after_put = row(Sample)
        patch = client.patch("/api/it/1/", document, content_type=JSON)

    assert (put.status_code, patch.status_code) == (200, 200), put.content
    assert (after_put, row(Sample)) == (before, before)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples)
def test_what_is_shown_can_be_created_again(db, sample):
    Sample.objects.all().delete()
    Sample.objects.create(pk=1, **sample)
    before = row(Sample)
    kind = handler(Sample, *SAMPLE)
    with serving({"it/<int:pk>/": kind, "it/": kind}) as client:
        document = client.get("/api/it/1/").content
        Sample.objects.all().delete()
        created = client.post("/api/it/", document, content_type=JSON)
        shown_again = client.get(created.headers["Location"]).content

    assert (created.status_code, shown_again) == (201, document)
    assert row(Sample) | {"id": 1} == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("char", " x "),
        ("real", 1),
        ("decimal", "1.5"),
        ("decimal", 1),
        ("moment", "2026-01-02T03:04:05+02:00"),
        ("ip", None),
    ],
)
def test_the_answer_to_a_write_is_what_a_read_answers(db, field, value):
    kind = handler(Sample, field)
    written = send(kind, "POST", {field: value})

    assert written.json() == send(kind, "GET", "", at="it/1/").json()
