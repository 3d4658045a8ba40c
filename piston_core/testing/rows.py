"""What a link builder promises of the rows that it arranges: they can be made, of nothing but what they have."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from django.db import connections, models
from django.test.utils import isolate_apps

from piston_core.linking import Each, Href, Key, LinkBuilder, Shape, Shown, Target
from piston_core.plans.arranging import StandIn, made_of, stand_ins
from piston_core.testing.promise import Promise, expect, expect_same


class RowPromises:
    """The part of ``LinkBuilderContract`` that is about rows; its attributes are explained there."""

    builder: LinkBuilder

    def arranged(self, shape: Shape) -> Any:
        """Return what the rows of a shape look like, worked out without a database."""
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(_refuse))
            return self.builder.arrange(shape)

    def arranges(self) -> bool:
        """Return whether there are rows that the builder puts in order."""
        return any(self.builder.arrange(shape) is not None for shape in shapes().values())

    def test_rows_can_be_arranged(self) -> None:
        """What a row looks like can be compiled, asks for nothing that its object lacks, and leaves nothing over."""
        with Promise("Rows can be arranged.") as promise:
            for name, shape in shapes().items():
                with promise.sample(name):
                    template = self.arranged(shape)
                    if template is None:
                        continue
                    expect(self.builder.media_types, "it names no media type, so that nobody asks it for rows")
                    _expect_known(template, shape)
                    names = {each: _place(each, shape) for each in stand_ins(template)}
                    made = made_of(template, names, frozenset())
                    for row in _rows(shape):
                        _expect_names(made(row))

    def test_rows_have_the_names_that_it_adds(self) -> None:
        """The rows of a handler with links have what ``adds`` says, which a client may choose."""
        with Promise("The names in adds are in the rows.") as promise:
            for name, shape in shapes().items():
                template = self.builder.arrange(shape) if shape.linked else {}
                for added in self.builder.adds if shape.linked else ():
                    with promise.sample(f"{added!r} in {name}"):
                        expect(isinstance(template, dict) and added in template, f"it is not in {template!r}")

    def test_the_same_shape_has_the_same_rows(self) -> None:
        """Nothing of one shape is in the rows of the next one."""
        tried = shapes()
        with Promise("The same shape has the same rows.") as promise:
            first = {name: self.builder.arrange(shape) for name, shape in tried.items()}
            for name, shape in tried.items():
                with promise.sample(name):
                    expect_same(repr(self.builder.arrange(shape)), repr(first[name]))


def shapes() -> dict[str, Shape]:
    """Return what there is to arrange: objects with all that a handler can declare, and with nothing of it."""
    with isolate_apps():
        meta = type("Meta", (), {"app_label": "piston_testing"})
        model: Any = type("Thing", (models.Model,), {"__module__": __name__, "Meta": meta})
    home = (Target("self"),)
    author = Shape("authors", model, {"name": None}, frozenset(), home, within="author")
    tag = Shape("tags", model, {"word": None}, frozenset(), (), within="tags")
    names: dict[str, Shape | None] = {"title": None, 'it\'s "odd" {name}\\': None, "author": author, "tags": tag}
    targets = (
        *home,
        Target("license", {"title": "Bücher \"'{}\\", "type": "text/html"}),
        Target("alternate"),
        Target("alternate", {"hreflang": "de"}),
        Target("search", templated=True),
        Target("shop:basket"),
        Target("https://example.org/rels/of-our-own"),
    )
    curies = {"shop": "https://example.org/rels/{rel}"}
    return {
        "an object with links": Shape("books", model, names, frozenset({"tags"}), targets, linked=True, curies=curies),
        "a related object with an address": author,
        "a related object without one": tag,
        "an object of which nothing is shown": Shape("things", model, {}, frozenset(), home),
    }


def _refuse(*_call: Any) -> Any:
    raise AssertionError("it asks the database, which is there for rows and not for their shape")


def _expect_known(template: Any, shape: Shape) -> None:
    for each in stand_ins(template):
        if isinstance(each, Shown):
            expect(each.name in shape.names, f"no name {each.name!r} is shown")
        elif isinstance(each, Each):
            expect(each.name in shape.many, f"{each.name!r} does not show several objects")
        elif isinstance(each, Href):
            expect(each.target in shape.targets, f"{each.target!r} is none of the shape's targets")


def _place(each: StandIn, shape: Shape) -> str:
    """Return the name by which the rows of these tests have what stands in a template."""
    if isinstance(each, Key):
        return "<key>"
    return f"<link {shape.targets.index(each.target)}>" if isinstance(each, Href) else each.name


def _rows(shape: Shape) -> Iterator[dict[str, Any]]:
    """Yield the values of an object that has everything, of one that has nothing, and of one without the names."""
    links = {f"<link {place}>": f"/{place}/" for place, _ in enumerate(shape.targets)}
    related = {name: {"name": "of another"} for name, inner in shape.names.items() if inner is not None}
    none: dict[str, Any] = {"<key>": 5, **dict.fromkeys(links)}
    yield {**none, **links, **dict.fromkeys(shape.names, "text"), **related, **{name: [{}, {}] for name in shape.many}}
    yield {**none, **dict.fromkeys(shape.names), **{name: [] for name in shape.many}}
    yield none


def _expect_names(data: Any) -> None:
    """Raise an ``AssertionError`` unless all names in a row are text; with odd values it could not be compiled."""
    for name in data if isinstance(data, dict) else ():
        expect(type(name) is str, f"the name {name!r} is no text")
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _expect_names(value)
