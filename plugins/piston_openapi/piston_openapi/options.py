"""The options of the plugin: what no handler knows of a document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

VERSIONS = ("3.1.1", "3.2.0")
READERS = ("everybody", "staff")
VIEWERS = ("swagger", "redoc")
_MINOR = re.compile(r"3\.[12](\.\d+)?")


@dataclass(frozen=True, slots=True)
class Options:
    """``PISTON["OPTIONS"]["openapi"]``.

    Attributes:
        title: the title of a document of all that a project serves; that of one API has the API's.
        version: the version of the API itself, as its makers count it.
        description: what it is about, in CommonMark.
        servers: where it is served, as URLs; by default where the document is.
        openapi: the version of OpenAPI, ``3.1`` or ``3.2``.
        readers: who may read what ``piston_openapi.urls`` serves: ``everybody`` or ``staff``.
        viewers: what shows the document beside the plugin's own page: ``swagger``, ``redoc``, or both.
    """

    title: Any = "API"
    version: Any = "1.0.0"
    description: Any = ""
    servers: Sequence[Any] = ()
    openapi: Any = "3.1"
    readers: Any = "everybody"
    viewers: Sequence[Any] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a value is of the wrong kind.
        """
        for name in ("title", "version", "description"):
            if not isinstance(getattr(self, name), str):
                raise ValueError(f"{name} is {getattr(self, name)!r}; it has to be text")
        if isinstance(self.servers, str) or not all(isinstance(each, str) for each in self.servers):
            raise ValueError(f"servers is {self.servers!r}; it has to be a list of URLs")
        version_of(self.openapi)
        if self.readers not in READERS:
            raise ValueError(f"readers is {self.readers!r}; it has to be one of {', '.join(READERS)}")
        if isinstance(self.viewers, str) or not all(each in VIEWERS for each in self.viewers):
            raise ValueError(f"viewers is {self.viewers!r}; it has to be a list of {' and '.join(VIEWERS)}")


def version_of(wanted: Any) -> str:
    """Return the version of OpenAPI that is meant.

    Raises:
        ValueError: it is none that is known here.
    """
    if not isinstance(wanted, str) or not _MINOR.fullmatch(wanted):
        raise ValueError(f"the version of OpenAPI is {wanted!r}; it has to be 3.1 or 3.2")
    return next(each for each in VERSIONS if each.startswith(wanted[:3]))
