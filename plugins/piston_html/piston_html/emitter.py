"""Write pages: what an answer shows, where it leads to, and forms for what its reader may do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html

from piston_core import Document, Emitter, in_pieces
from piston_html.actions import forms
from piston_html.assets import begin, end
from piston_html.navigation import links, pages, search
from piston_html.parameters import FormDialect
from piston_html.texts import possible, shown
from piston_html.tree import Rows, Tree

STREAMS = "piston_html.streams"  # where the request's META says that its answer is a stream of ours


class HTMLEmitter(Emitter):
    """Writes pages for people; only a client that asks for HTML gets it, such as a browser.

    Args:
        title: what stands above every page.
        max_rows: how many items of a list within an object are shown before they are folded.
    """

    name = "html"
    media_types = ("text/html",)
    content_type = problem_type = "text/html; charset=utf-8"
    linked = True
    last = True
    dialect = FormDialect()

    def __init__(self, title: str = "API", max_rows: int = 20) -> None:
        self.title = title
        self.tree = Tree(max_rows)

    def emit(self, document: Document, request: HttpRequest) -> bytes:
        """Return the page."""
        data = _problem(document.data, self.tree) if document.is_problem else self._whole(document.data)
        return b"".join([begin(), _before(document), data.encode(), _after(document, request)])

    def stream(self, document: Document, request: HttpRequest) -> Iterator[bytes]:
        """Yield the page up to its rows, then some rows at a time, then the rest of it."""
        request.META[STREAMS] = True
        rows, piece = Rows(self.tree), begin() + _before(document)
        for written in in_pieces(document.data, lambda some: rows.write(some).encode()):
            yield piece + written
            piece = b""
        nothing = b"" if rows.end else self.tree.of([]).encode()
        yield piece + nothing + rows.end.encode() + _after(document, request)

    def _whole(self, data: Any) -> str:
        if type(data) is list and data:
            rows = Rows(self.tree)
            return rows.write(data) + rows.end
        return self.tree.members(data, whole=True) if type(data) is dict else self.tree.of(data)


def _before(document: Document) -> bytes:
    """Return what stands above the data."""
    if document.is_problem:
        return b'<main><section id="problem">'
    return possible(format_html('<main>{}<section id="data" aria-label="Data">', pages(document))).encode()


def _after(document: Document, request: HttpRequest) -> bytes:
    """Return what stands below the data, and beside it where there is room."""
    below = "" if document.is_problem else pages(document)
    aside = search(document, request), links(document), forms(document, request)
    aside_markup = format_html("<aside>{}{}{}</aside>", *aside) if any(aside) else ""
    return possible(format_html("</section>{}</main>{}", below, aside_markup)).encode() + end()


def _problem(told: Any, tree: Tree) -> str:
    """Return a problem (RFC 9457); the script finds by their pointers where faults belong."""
    faults = "".join([_fault(each) for each in told.get("errors", ()) if type(each) is dict])
    return f'{f"""<ul class="faults">{faults}</ul>""" if faults else ""}{tree.members(told, whole=True)}'


def _fault(fault: dict[str, Any]) -> str:
    pointer, detail = str(fault.get("pointer", "")), str(fault.get("detail", ""))
    place = format_html("<code>{}</code> ", shown(pointer)) if pointer else ""
    return possible(format_html('<li data-pointer="{}">{}<span>{}</span>', pointer, place, shown(detail)))
