"""Which requests are the same: who, where, under which key; and what they send."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.http import QueryDict
from django.test import override_settings
from django.utils.functional import SimpleLazyObject

from piston_core import Identity
from piston_core.idempotency.hashes import fingerprint_of, scope_of
from tests.piston_core.idempotency.asking import asking

ALICE, BOB = User(pk=1, username="alice"), User(pk=2, username="bob")


def form(boundary="X", value="1", name="a.txt", content=b"first\r\nsecond"):
    """Return the arguments of a request that sends a field and a file."""
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="n"\r\n\r\n{value}\r\n'.encode(),
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode(),
        content + f"\r\n--{boundary}--\r\n".encode(),
    ]
    return {"body": b"".join(lines), "content_type": f"multipart/form-data; boundary={boundary}"}


def scope(identity=None, key="k", **request):
    return scope_of(asking(**request), identity, key)


def fingerprint(action="create", **request):
    return fingerprint_of(asking(**request), action)


@pytest.mark.parametrize(
    "other",
    [
        {"key": "l"},
        {"method": "PATCH"},
        {"address": "/it/2/"},
        {"address": "/it/?format=xml"},
        {"identity": Identity(ALICE, "basic")},
    ],
    ids=str,
)
def test_a_key_belongs_to_one_sender_one_method_and_one_address(other):
    assert scope(**other) != scope()


def test_what_is_sent_does_not_change_whose_key_it_is():
    assert scope(body=b"[]", accept="text/csv") == scope()


@pytest.mark.parametrize(
    ("one", "another"),
    [
        (Identity(ALICE, "basic"), Identity(BOB, "basic")),
        (Identity(ALICE, "basic"), Identity(ALICE, "session")),
        (Identity(User(pk=1), "basic"), Identity(Group(pk=1), "basic")),
        (Identity("alice", "key"), Identity("bob", "key")),
        (Identity(1, "key"), Identity("1", "key")),
        (Identity("anonymous", "key"), None),
        (Identity("b", 'a", "str'), Identity('str", "b', "a")),
    ],
)
def test_two_senders_never_share_a_key(one, another):
    assert scope(identity=one) != scope(identity=another)


def test_a_user_that_is_loaded_late_is_the_same_user():
    assert scope(identity=Identity(SimpleLazyObject(lambda: ALICE), "basic")) == scope(
        identity=Identity(ALICE, "basic")
    )


@pytest.mark.parametrize(
    "user",
    [User(username="alice"), SimpleNamespace(name="alice"), object(), None],
    ids=["unsaved", "without a key", "object", "None"],
)
def test_somebody_whom_nothing_tells_from_others_is_a_defect(user):
    with pytest.raises(TypeError, match="keys have to belong to somebody"):
        scope(identity=Identity(user, "key"))


def test_the_key_is_not_in_the_hash():
    assert len(scope(key="secret")) == 64
    assert not set(scope(key="secret")) - set("0123456789abcdef")


@pytest.mark.parametrize(
    "other",
    [
        {"body": b'{"name":"Pump"}'},
        {"body": b""},
        {"content_type": "application/xml"},
        {"accept": "application/xml"},
        {"prefer": "return=minimal"},
    ],
    ids=str,
)
def test_another_content_or_another_wish_is_another_request(other):
    assert fingerprint(**other) != fingerprint()


@pytest.mark.parametrize(
    "same",
    [
        {"content_type": "application/json; charset=utf-8"},
        {"if_match": '"1"'},
        {"user_agent": "curl"},
        {"key": "another"},
    ],
    ids=str,
)
def test_what_does_not_change_the_answer_does_not_change_the_request(same):
    assert fingerprint(**same) == fingerprint()


def test_the_same_form_has_another_boundary_every_time():
    assert fingerprint(**form("X")) == fingerprint(**form("Y"))


def test_the_same_form_is_the_same_for_every_method_and_where_middleware_has_read_its_bytes():
    def read(boundary):
        request = asking(**form(boundary))
        request._body = form(boundary)["body"]  # which is where Django leaves it
        return fingerprint_of(request, "create")

    assert read("X") == read("Y") == fingerprint(**form())
    assert fingerprint(method="PATCH", action="patch", **form("X")) == fingerprint(**form("Y"))


@pytest.mark.parametrize("other", [{"value": "2"}, {"name": "b.txt"}, {"content": b"first\r\nsecond\r\n"}], ids=str)
def test_a_form_with_another_field_or_file_is_another_request(other):
    assert fingerprint(**form(**other)) != fingerprint(**form())


@pytest.mark.parametrize("in_memory", [2_000_000, 0])
def test_a_file_is_at_its_beginning_again(in_memory):
    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=in_memory):
        request = asking(**form(content=b"x" * 300_000))
        fingerprint_of(request, "create")

    with request.FILES["f"] as file:
        assert isinstance(file, TemporaryUploadedFile) == (in_memory == 0)
        assert file.read() == b"x" * 300_000


def test_a_parser_that_reads_the_request_itself_has_its_data_compared():
    def read(data):
        request = asking(content_type="application/odd")
        del request._body
        request.read()
        request.data = data
        return fingerprint_of(request, "create")

    assert read({"a": 1}) == read({"a": 1})
    assert len({read({"a": 1}), read({"a": 2}), read(QueryDict("a=1")), read(QueryDict("a=2"))}) == 4


def test_the_body_of_a_delete_is_left_alone():
    request = asking(method="DELETE")
    del request._body

    assert fingerprint_of(request, "delete") == fingerprint(method="DELETE", action="delete", body=b"")
    assert not hasattr(request, "_body")
