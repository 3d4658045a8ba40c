"""What a resource decides in a way that a subclass may change, one method for each; its order of steps stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from piston_core.access import Authenticator, Operation, Throttle
from piston_core.contracts import Aim, Emitter, Parser
from piston_core.handler import BaseHandler
from piston_core.permissions import Declared
from piston_core.pipeline.call import Outcome, outcome_of
from piston_core.pipeline.negotiate import Choice, Formats, negotiate
from piston_core.pipeline.parse import parse
from piston_core.pipeline.select import actions_of
from piston_core.refusing import refuse
from piston_core.requests import Request

if TYPE_CHECKING:
    from piston_core.bound import Bound
    from piston_core.registry import Registry


class Parts(NamedTuple):
    """The parts that a resource declares; ``None`` for those of the settings.

    Attributes:
        authentication: the authenticators, by name or as instances; and so on.
        throttles: the throttles.
        permissions: who may do what.
        emitters: the formats.
    """

    authentication: Sequence[str | Authenticator] | None = None
    throttles: Sequence[str | Throttle] | None = None
    permissions: Declared | None = None
    emitters: Sequence[str | Emitter] | None = None


class Decisions:
    """The decisions of a resource that a subclass may take otherwise.

    When each of them is asked, and what follows from it, is the pipeline's and the same for all resources.

    Attributes:
        describes: whether OPTIONS is answered with what is served; else it is a method like others.
        reads_parameters: whether the core's own parameters, such as ``fields``, ``sort`` and ``limit``, and the
            field ``Range`` mean something here; else the query string is the handler's alone.
    """

    describes: ClassVar[bool] = True
    reads_parameters: ClassVar[bool] = True

    handler: BaseHandler
    authentication: Any
    throttles: Sequence[str | Throttle] | None
    permissions: Declared | None
    emitters: Sequence[str | Emitter] | None

    def parts(self, registry: Registry) -> Parts:
        """Return the parts that this resource declares of what a registry has; asked for each registry once."""
        return Parts(self.authentication, self.throttles, self.permissions, self.emitters)

    def actions(self, handler: BaseHandler, names: frozenset[str]) -> Mapping[str, str]:
        """Return the name of the handler's method for each HTTP method that is served; ``""`` for 501.

        Args:
            handler: the handler, or the one for somebody unknown.
            names: the names of the URL's arguments.
        """
        return actions_of(handler, names)

    def choose_format(self, request: HttpRequest, formats: Formats) -> Choice:
        """Return the format of the answer.

        Raises:
            Problem: there is none that the client takes.
        """
        return negotiate(request, formats)

    def read_body(
        self, request: HttpRequest, parsers: Mapping[str, Parser], max_upload_size: int, aim: Aim | None
    ) -> Any:
        """Return the data in the body of a request whose method takes one.

        Raises:
            Problem: it cannot be read.
        """
        return parse(request, parsers, max_upload_size, aim)

    def invoke(
        self, request: Request, operation: Operation, kwargs: Mapping[str, Any], proceed: Callable[[], Any]
    ) -> Any:
        """Return what the handler's method returns, which ``proceed`` calls through the plugins' hooks."""
        return proceed()

    def outcome(self, request: Request, operation: Operation, result: Any) -> Outcome | HttpResponseBase:
        """Return what a method's result means for the answer.

        Raises:
            Problem: it means a refusal.
        """
        return outcome_of(result, operation.action)

    def refuse(self, request: HttpRequest, bound: Bound, error: Exception) -> HttpResponseBase:
        """Return the answer for whatever was raised on the way; what is raised here, Django answers."""
        return refuse(self, request, bound, error)  # type: ignore[arg-type]  # a resource, which is defined above
