"""Layouts: what a handler declares for a format reaches the emitter of that format, and no other."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from blog.models import Tag
from piston_core import AnonymousBaseHandler, BaseHandler, Emitter, Problem
from piston_core.checks import check_piston
from piston_core.testing import serving


@dataclass(frozen=True)
class Paper:
    size: str = "A4"


class PaperEmitter(Emitter):
    """Writes what it is told of the document, instead of its data."""

    name = "paper"
    media_types = ("text/x-paper",)
    problem_type = "text/x-problem-paper"
    layout = Paper

    def emit(self, document, request):
        return f"{document.layout} {document.is_problem} {document.is_stream}".encode()

    def stream(self, document, request):
        yield f"{document.layout} {document.is_problem} {document.is_stream}".encode()


class PlainEmitter(PaperEmitter):
    name = "plain"
    media_types = ("text/x-plain",)
    problem_type = ""
    layout = None


EMITTERS = [PaperEmitter(), PlainEmitter()]


class Letter(BaseHandler):
    layouts = {"paper": Paper("A5")}

    def read(self, request):
        return {"ok": True}


def told(handler, media_type="text/x-paper", method="get"):
    with serving(handler, emitters=EMITTERS) as client:
        return getattr(client, method)("/", headers={"Accept": media_type}).getvalue().decode()


def test_the_emitter_gets_what_the_handler_declares_for_its_format():
    assert told(Letter) == "Paper(size='A5') False False"


def test_another_format_gets_nothing_of_it():
    assert told(Letter, "text/x-plain") == "None False False"


def test_a_handler_that_declares_nothing_has_no_layout():
    assert told(type("Bare", (BaseHandler,), {"read": lambda self, request: [1]})) == "None False False"


@pytest.mark.parametrize(
    "result",
    [lambda: [1, 2], lambda: {1, 2}, lambda: "text", lambda: None, lambda: {"a": object}],
    ids=["list", "set", "text", "none", "class"],
)
def test_every_kind_of_result_has_the_layout(result):
    written = told(type("Any", (Letter,), {"read": lambda self, request: result()}))

    assert written.startswith(("Paper(size='A5') False", "None True"))  # a class has no plain form: that is a problem


def test_a_stream_has_the_layout():
    assert told(type("Rows", (Letter,), {"read": lambda self, request: iter([1])})) == "Paper(size='A5') False True"


@pytest.mark.django_db
def test_objects_of_a_model_have_the_layout():
    class TagHandler(BaseHandler):
        model = Tag
        fields = ("name",)
        layouts = Letter.layouts

    assert told(TagHandler) == "Paper(size='A5') False False"


def test_an_asynchronous_handler_has_the_layout():
    class Asynchronous(Letter):
        async def read(self, request):
            return {"ok": True}

    assert told(Asynchronous) == "Paper(size='A5') False False"


def test_a_problem_is_told_to_be_one_and_has_no_layout():
    class Refusing(Letter):
        def read(self, request):
            raise Problem(409)

    assert told(Refusing) == "None True False"
    assert told(Letter, method="delete") == "None True False"


@pytest.mark.parametrize(
    ("layouts", "words"),
    [
        ({"pape": Paper()}, "'pape'.*is not offered by any enabled plugin"),
        ({"plain": Paper()}, "'plain'.*takes no layout"),
        ({"paper": {"size": "A5"}}, "'paper'.*takes an instance of Paper"),
        ({"paper": Paper}, "takes an instance of Paper"),
    ],
)
def test_a_layout_that_cannot_be_meant_is_an_error_of_the_check(layouts, words):
    handler = type("Wrong", (Letter,), {"layouts": layouts})
    with serving(handler, emitters=EMITTERS):
        [message] = check_piston()

    assert message.id == "piston.E009"
    assert re.search(f"Wrong.*{words}", message.msg)


def test_the_layouts_of_the_handler_for_unknown_clients_are_checked_too():
    class Nobody(AnonymousBaseHandler):
        layouts = {"plain": 1}

        def read(self, request):
            return {}

    handler = type("Somebody", (Letter,), {"anonymous": Nobody})
    with serving(handler, emitters=EMITTERS):
        [message] = check_piston()

    assert message.id == "piston.E009"
    assert message.msg.startswith("Nobody.layouts")


def test_a_right_layout_passes_the_check():
    with serving(Letter, emitters=EMITTERS):
        assert check_piston() == []
