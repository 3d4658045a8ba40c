"""The contracts of who may do what: authenticators, permissions, throttles, and what they are told and tell.

As with formats and links, a plugin subclasses the abstract classes, and the frozen records are made by one side
and only read by the other. Instances serve many threads, so they keep no state of a request.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from django.db.models import QuerySet
from django.http import HttpRequest

if TYPE_CHECKING:
    from piston_core.handler import BaseHandler
    from piston_core.problems import Problem
    from piston_core.requests import Request

Method = TypeVar("Method", bound=Callable[..., Any])


class Identity(NamedTuple):
    """Somebody whom an authenticator knows.

    Attributes:
        user: what ``request.user`` becomes: a Django user, or ``AnonymousUser`` for a client without one.
        authenticator: the name of the authenticator that vouches for it.
        client: the application that acts for the user, such as an OAuth consumer; ``None`` if it is the user.
        scopes: what the credentials are good for; ``None`` for everything that the user may do.
    """

    user: Any
    authenticator: str
    client: Any = None
    scopes: frozenset[str] | None = None


class Operation(NamedTuple):
    """What a request is about to do.

    Attributes:
        handler: the handler that serves the request, which is the anonymous one for somebody unknown.
        action: the name of its method: ``read``, ``create``, ``update``, ``patch`` or ``delete``.
    """

    handler: BaseHandler
    action: str


class Verdict(NamedTuple):
    """What a throttle says of one request, in the terms of the RateLimit header fields.

    Source: draft-ietf-httpapi-ratelimit-headers-11.

    Attributes:
        allowed: whether the request may pass.
        policy: the name of the quota, in printable ASCII.
        limit: how many requests the quota allows in a window.
        window: the length of the window in seconds.
        remaining: how many requests are left in it.
        reset: for how many seconds there will be no more than that (the effective window); for a request that may
            not pass, in how many seconds it is worth trying again.
    """

    allowed: bool
    policy: str
    limit: int
    window: int
    remaining: int
    reset: float


class Authenticator(ABC):
    """Recognises who sends a request by one authentication scheme.

    Attributes:
        name: the authenticator's name in settings and lists, such as ``basic``.
        scheme: the scheme of ``Authorization`` that it reads, in lower case; ``""`` if it reads something else.
            Credentials of this scheme that no authenticator of a resource calls its own are refused.
        reads: the request's header fields that it looks at, for ``Vary``.
        strength: how well the scheme protects what it carries, from 0 to 100. A 401 has the strongest
            challenge first, since some clients answer the first that they know (RFC 9110, section 11.6.1).
        causes: what it refuses, for descriptions of the API: the status codes with a sentence for each.
    """

    name: ClassVar[str]
    scheme: ClassVar[str] = ""
    reads: ClassVar[tuple[str, ...]] = ("Authorization",)
    strength: ClassVar[int] = 20
    causes: ClassVar[Mapping[int, str]] = MappingProxyType({401: "The credentials are missing or not good."})

    def security(self) -> Mapping[str, Any]:
        """Return what this scheme is in descriptions of the API, as OpenAPI's Security Scheme Object says it.

        By default it is a scheme of ``Authorization``, or a header field that holds a key.
        """
        if self.scheme:
            return {"type": "http", "scheme": self.scheme}
        return {"type": "apiKey", "in": "header", "name": self.reads[0]}

    @abstractmethod
    def authenticate(self, request: HttpRequest) -> Identity | None:
        """Return who sends the request, or ``None`` if it holds no credentials of this scheme.

        Raises:
            AuthenticationFailed: it holds credentials of this scheme, and they are not good.
        """

    @abstractmethod
    def challenge(self, request: HttpRequest, failure: Problem | None) -> str | None:
        """Return this scheme's challenge for ``WWW-Authenticate`` (RFC 9110, section 11.6.1).

        ``None`` stands for a scheme that has no challenge of its own, such as a session cookie.

        Args:
            request: the request.
            failure: why it is refused: the ``AuthenticationFailed`` that this or another authenticator has
                raised, or an ``InsufficientScope``; ``None`` for a request without credentials.
        """


class Throttle(ABC):
    """Says whether somebody may send another request.

    Attributes:
        name: the throttle's name in settings and lists.
        causes: what it refuses, for descriptions of the API: the status codes with a sentence for each.
    """

    name: ClassVar[str]
    causes: ClassVar[Mapping[int, str]] = MappingProxyType({429: "There were too many requests."})

    @abstractmethod
    def check(self, request: HttpRequest, identity: Identity | None, operation: Operation) -> Verdict | None:
        """Count a request, and return whether it may pass; ``None`` if this throttle does not concern it.

        Args:
            request: the request; nothing has been done for it yet.
            identity: who sends it, ``None`` for somebody unknown.
            operation: what it is about to do.
        """


class Permission(ABC):
    """Says who may do what.

    What it forbids is answered with 403, to somebody unknown with 401. It may also raise a ``Problem`` of its own.

    Attributes:
        name: the permission's name in settings and lists; ``""`` for one that is only used as an instance.
        causes: what it refuses, for descriptions of the API: the status codes with a sentence for each.
    """

    name: ClassVar[str] = ""
    causes: ClassVar[Mapping[int, str]] = MappingProxyType({403: "This is not allowed to the sender."})

    @abstractmethod
    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the sender of a request may do this at all; nothing of the body has been read yet."""

    def allows_object(self, request: Request, operation: Operation, obj: Any) -> bool:
        """Return whether the sender may do this with an object, which is the one that the address names."""
        return True

    def visible(self, request: Request, operation: Operation, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Return those of a list's objects that the sender may see: all, where this is not overridden."""
        return objects


def throttled(*throttles: Throttle) -> Callable[[Method], Method]:
    """Make a method of a handler ask these throttles, after those of its resource.

    A plugin makes its own decorator of it. What is declared of ``update`` holds for PATCH where the handler has no
    ``patch`` of its own.

    Args:
        throttles: the throttles, asked in this order before anything else is decided about a request.
    """

    def declare(method: Method) -> Method:
        method.piston_throttles = (*throttles, *throttles_of(method))  # type: ignore[attr-defined]  # read below
        return method

    return declare


def causes(answers: Mapping[int, str]) -> Callable[[Method], Method]:
    """Declare which answers of its own a method of a handler has, beside those that the core and its parts give.

    Descriptions of the API tell them. A method that declares nothing and may return a reply or a response is
    described as one with any good answer.

    Example: ``@causes({403: "Only its author may change a post."})``.

    Args:
        answers: the status codes with a sentence for each.
    """

    def declare(method: Method) -> Method:
        method.piston_causes = answers  # type: ignore[attr-defined]  # read by piston_core.describing
        return method

    return declare


def throttles_of(method: Callable[..., Any]) -> tuple[Throttle, ...]:
    """Return the throttles that a method of a handler declares."""
    declared: tuple[Throttle, ...] = getattr(method, "piston_throttles", ())
    return declared
