"""The ancestor's resource: the core's, which decides in the ancestor's way what it may decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Any, ClassVar

from django.db.models import Manager, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from piston_compat import failures
from piston_compat.asking import Asked, asked, asking, clean, hand_over
from piston_compat.emitters import JSONEmitter, callback_of
from piston_compat.formats import JSON_WITH_CALLBACK, OldFormat, registered
from piston_compat.mimer import FORMS, readers
from piston_compat.options import options, setting
from piston_compat.parts import part
from piston_compat.replies import Answer, HttpStatusCode, rc
from piston_compat.schemes import CHALLENGE, NoAuthentication, OldSchemes
from piston_compat.typemap import TYPEMAP, anonymous_of
from piston_compat.values import prepared
from piston_core import (
    Aim,
    Authenticator,
    Choice,
    Document,
    Formats,
    Operation,
    Outcome,
    Parser,
    Parts,
    Problem,
    Request,
    plain_data,
)
from piston_core import Resource as CoreResource


class Resource(CoreResource):
    """Serves a handler as a Django view, with the ancestor's answers.

    What the ancestor let a subclass or a project change is here under its name.

    Attributes:
        callmap: the handler's method for each HTTP method.
        email_errors: whether the project's ADMINS get a mail about what fails.
        display_errors: whether the client gets a traceback of it.
        stream: whether answers are sent as their emitter's ``stream_render`` yields them.

    Args:
        handler: the handler's class, or anything that makes one.
        authentication: who decides who may pass: an object with ``is_authenticated`` and ``challenge``, several of
            them, or the core's by name. Nobody is asked without it.
    """

    callmap: ClassVar[Mapping[str, str]] = {"GET": "read", "POST": "create", "PUT": "update", "DELETE": "delete"}
    reads_parameters: ClassVar[bool] = False

    def __init__(self, handler: Any, authentication: Any = None) -> None:
        if not callable(handler):
            raise AttributeError("Handler not callable.")
        super().__init__(handler(), scope=TYPEMAP)
        self.csrf_exempt = getattr(self.handler, "csrf_exempt", True)
        given = authentication if isinstance(authentication, list | tuple) else (authentication,)
        self.authentication = tuple(given) if authentication else (NoAuthentication(),)
        self.email_errors = setting("PISTON_EMAIL_ERRORS", True)
        self.display_errors = failures.displays_errors()
        self.stream = setting("PISTON_STREAM_OUTPUT", False)

    # -- what the ancestor let others change ---------------------------------------------------------

    @property
    def anonymous(self) -> Any:
        """The handler's class for somebody unknown, ``None`` if there is none."""
        return anonymous_of(self.handler)

    def authenticate(self, request: Any, rm: str) -> tuple[Any, Any]:
        """Return the handler that serves a request and whether it is the one for somebody unknown.

        Where there is none, it is what makes the challenge, and ``CHALLENGE``.
        """
        asked_last = None
        for asked_last in (each for each in self.authentication if not isinstance(each, str | Authenticator)):
            if asked_last.is_authenticated(request):
                return self.handler, self.handler.is_anonymous
        anonymous = self.anonymous
        if anonymous and rm in anonymous.allowed_methods:
            return anonymous, True
        return getattr(asked_last, "challenge", None), CHALLENGE

    def determine_emitter(self, request: Any, *args: Any, **kwargs: Any) -> str:
        """Return the name of the format: the address's ``emitter_format``, else ``?format=``, else ``json``."""
        named: str = kwargs.get("emitter_format") or request.GET.get("format", "json")
        return named

    def cleanup_request(self, request: Any) -> Any:
        """Return the request without OAuth's parameters."""
        return clean(request)

    def form_validation_response(self, e: Any) -> Any:
        """Return what is answered for data that a form refuses."""
        response = rc.BAD_REQUEST
        response.write(f" {e.form.errors}")
        return response

    def error_handler(self, e: Exception, request: Any, meth: Any, em_format: str) -> Any:
        """Return what is answered for what a method has raised; what is raised here, Django answers."""
        return failures.result_of_error(self, e, request, meth)

    def email_exception(self, reporter: Any) -> None:
        """Tell the project's ADMINS of a failure."""
        failures.mail(reporter)

    # -- what the core lets a resource decide ---------------------------------------------------------

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer a request."""
        named = {name: value for name, value in kwargs.items() if name != "emitter_format"}
        method = getattr(self.handler, self.callmap.get(str(request.method), ""), None)
        by_place, left = unnamed(method, args)
        with asking(request, args, kwargs) as state:
            state.streams, state.unnamed = bool(self.stream), left
            response = super().__call__(request, **by_place, **named)
        patch_vary_headers(response, ["Authorization"])
        if response.headers.get("Content-Type", "").startswith("application/javascript"):
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    @property
    def describes(self) -> bool:  # type: ignore[override]  # of the class, where no setting has a say
        """Whether OPTIONS is answered by the core."""
        return bool(options().automatic_methods)

    def parts(self, registry: Any) -> Parts:
        """Return the authenticators, as one where they are old, and the formats: those of the settings, and ours."""
        modern = [each for each in self.authentication if isinstance(each, str | Authenticator)]
        old = [] if len(modern) == len(self.authentication) else [OldSchemes(self)]
        ours = {each.name: each for each in registered()}
        selected = registry.emitters if registry.settings.emitters is None else registry.settings.emitters
        formats = [*ours.values(), *(registry.emitters[name] for name in selected if name not in ours)]
        return Parts([*old, *modern], self.throttles, self.permissions, formats)

    def actions(self, handler: Any, names: frozenset[str]) -> Mapping[str, str]:
        """Return the methods that the handler allows, whatever the address has for arguments."""
        actions = {method: self.callmap.get(method, "") for method in handler.allowed_methods}
        if options().automatic_methods:
            actions |= {"HEAD": actions["GET"]} if "GET" in actions else {}
            actions |= {"PATCH": "patch"} if "PATCH" in actions else {}
        return actions

    def choose_format(self, request: HttpRequest, formats: Formats) -> Choice:
        """Return the format that is named.

        Raises:
            Refusal: there is none of this name.
        """
        name = self._format(request)
        choice = formats.named.get(name)
        if choice is None:
            raise failures.Refusal(400, f"Invalid output format specified '{name[:100]}'.")
        emitter = choice.emitter
        calls = isinstance(emitter, OldFormat) and issubclass(emitter.kind, JSONEmitter) and callback_of(request)
        return choice._replace(content_type=JSON_WITH_CALLBACK) if calls else choice

    def read_body(
        self, request: HttpRequest, parsers: Mapping[str, Parser], max_upload_size: int, aim: Aim | None
    ) -> Any:
        """Return what the body says, ``None`` for a type that nobody reads.

        Raises:
            Problem: it cannot be read.
        """
        request.content_type = request.content_type or FORMS[0]
        known = {each: parsers[each] for each in FORMS if each in parsers} | dict(readers())
        is_read = request.content_type in known
        data = super().read_body(request, known, max_upload_size, None) if is_read else None
        hand_over(request, data, is_read=is_read)
        return data

    def invoke(
        self, request: Request, operation: Operation, kwargs: Mapping[str, Any], proceed: Callable[[], Any]
    ) -> Any:
        """Return what the method returns, or what the error handler makes of what it raises."""
        state = asked(request)
        state.handler, state.method = operation.handler, getattr(operation.handler, operation.action)
        if request.identity is None and state.user is not None:  # as the authenticators have left it, or the session
            request.user = state.user
        self.cleanup_request(request)
        try:
            return state.method(request, *state.unnamed, **kwargs) if state.unnamed else proceed()
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the error handler is asked
            return self._handled(request, state, error)

    def outcome(self, request: Request, operation: Operation, result: Any) -> Outcome | HttpResponseBase:
        """Return the status and the data that a result means: a part of a QuerySet, data of an ``rc``, or itself.

        Raises:
            Refusal: the part that is wanted does not exist.
        """
        found = outcome_of(request, result)
        if isinstance(found, Outcome):
            state = asked(request)
            state.result, state.status, state.headers = found.data, found.status, found.headers
        return found

    def refuse(self, request: HttpRequest, bound: Any, error: Exception) -> HttpResponseBase:
        """Return the answer for what was raised anywhere; what the error handler raises, Django answers.

        Raises:
            Http404: for a method that is allowed and that no handler has.
        """
        state = asked(request)
        if state.method is None:  # nothing of the handler's has been called
            answer = bound.moments.handle_exception(request, self, error)
            if isinstance(answer, HttpResponseBase):
                return answer
            error = answer
        if isinstance(error, Problem):
            return self._refused(request, state, bound, error)
        if error is state.handled:
            raise error
        result = error.response if isinstance(error, HttpStatusCode) else self._handled(request, state, error)
        found = outcome_of(request, result)
        return found if isinstance(found, HttpResponseBase) else self._emitted(request, bound, found)

    def _format(self, request: HttpRequest) -> str:
        state = asked(request)
        return self.determine_emitter(request, *state.args, **state.kwargs)

    def _handled(self, request: HttpRequest, state: Asked, error: Exception) -> Any:
        try:
            return self.error_handler(error, request, state.method, self._format(request))
        except Exception as raised:
            state.handled = raised
            raise

    def _refused(self, request: HttpRequest, state: Asked, bound: Any, problem: Problem) -> HttpResponseBase:
        if problem.status == 401 and state.challenge is not None:
            response: HttpResponseBase = state.challenge()
            return response
        if problem.status in (405, 501) and state.method is None:
            malformed = self._malformed(request, bound)
            if malformed is not None:
                return failures.refused(malformed)
            methods: Any = self.handler.allowed_methods
            if request.method in methods:
                raise Http404
            allow = problem.headers["Allow"].split(", ") if self.describes else methods
            return HttpResponseNotAllowed(allow)
        return failures.refused(problem)

    def _malformed(self, request: HttpRequest, bound: Any) -> Problem | None:
        """Return what is wrong with a body, which the ancestor read before it looked at the method."""
        if self.callmap.get(str(request.method)) not in ("create", "update"):
            return None
        try:
            self.read_body(request, bound.parsers, bound.max_upload_size, None)
        except Problem as problem:
            return problem
        return None

    def _emitted(self, request: HttpRequest, bound: Any, outcome: Outcome) -> HttpResponseBase:
        """Return the answer that an error handler has given as data."""
        emitter, content_type = self.choose_format(request, bound.formats)
        state = asked(request)
        state.handler, state.result, state.streams = state.handler or self.handler, outcome.data, False
        data = plain_data(outcome.data, type(self.handler), scope=TYPEMAP, native=emitter.native)
        return HttpResponse(emitter.emit(Document(data), request), content_type, outcome.status)


def outcome_of(request: Any, result: Any) -> Outcome | HttpResponseBase:
    """Return what a result means, whoever it comes from."""
    if isinstance(result, Answer) and result.has_data:
        headers = {name: value for name, value in result.headers.items() if name != "Content-Type"}
        found = outcome_of(request, result.data)
        if isinstance(found, HttpResponseBase):
            return found
        status = result.status_code if found.status == 200 else found.status
        return found._replace(status=status, headers={**headers, **found.headers})
    if isinstance(result, HttpResponseBase):
        return result
    if isinstance(result, QuerySet | Manager):
        return part(request, result.all())
    return Outcome(200, prepared(result))


def unnamed(method: Callable[..., Any] | None, args: tuple[Any, ...]) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Return the URL's arguments without a name by the names that a method has for them, and those that are left."""
    if method is None or not args:
        return {}, args
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    names = [name for name, each in signature(method).parameters.items() if each.kind in kinds][1:]
    return dict(zip(names, args, strict=False)), args[len(names) :]
