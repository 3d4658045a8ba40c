"""Handlers: what a Django user writes. A model and its fields make an API; a method changes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DataError
from django.db.models import Manager, Model, ProtectedError, QuerySet, RestrictedError
from django.forms import BaseForm
from django.http import Http404

from piston_core.access import Permission
from piston_core.arguments import columns, identifies, initial, lookup
from piston_core.declarations import Action, Relation, Validators
from piston_core.linking import Link
from piston_core.problems import Problem
from piston_core.replies import Reply, rc
from piston_core.requests import Request
from piston_core.saving import saved

Fields = Sequence["str | tuple[str, Fields]"]
Method = TypeVar("Method", bound=Callable[..., Any])
Rule = str | Permission | Callable[..., bool]

ACTIONS: Mapping[str, str] = {
    "GET": "read",
    "HEAD": "read",
    "QUERY": "read",
    "POST": "create",
    "PUT": "update",
    "PATCH": "patch",
    "DELETE": "delete",
}
# The methods that an action may run through, where it is not its own alone.
_METHODS = {"read": ("read", "get"), "update": ("update", "patch"), "patch": ("update", "patch")}
_WITH_GET = frozenset({"HEAD", "QUERY"})  # served where GET is, without being named
WRITES = frozenset({"create", "update", "patch", "delete"})
WITH_BODY = WRITES - {"delete"}
CHANGES = WRITES - {"create"}


class BaseHandler:
    """Serves one kind of thing: a model's objects, or any data that its methods return.

    Give it a ``model`` and ``fields`` and it reads, creates, updates and deletes objects of that
    model. Define ``read``, ``create``, ``update``, ``patch`` or ``delete`` to do it your own way;
    each gets the request and the URL's arguments, and may be ``async def``. One instance serves
    all requests, so keep nothing of a request on ``self``.

    Attributes:
        model: the model, if the handler serves one.
        fields: the names that represent an object, in this order: columns, relations, resource
            methods (methods of the handler that get the object), properties and methods of the
            model, annotations, ``resource_uri`` and ``absolute_uri``. ``(name, (...))`` shows a
            related object with these names. Without it: all columns but ``exclude``.
        exclude: names and compiled patterns (matched from the start) of columns to leave out
            where there are no ``fields``.
        list_fields: the names for each object of a list, where they differ.
        extra_fields: names to add to the columns where there are no ``fields``.
        allowed_methods: the HTTP methods; by default all that the handler can serve.
        anonymous: the handler, or its name, for requests without credentials.
        is_anonymous: whether it answers somebody unknown; then only anonymous handlers are
            asked how to show related objects.
        form: the Django form that data has to pass; a model form saves by itself.
        permissions: who may do what: rules that must all hold, or a mapping of such lists by action, with ``"*"`` for
            all others. A rule is a ``Permission``, the name of one, or a function of the request or of the request
            and the object. ``None`` leaves it to the resource and the settings, ``()`` lets everybody in.
        needs: the relations, such as ``"author"`` or ``"comments__author"``, that the resource methods,
            properties and methods of the model among the fields follow; they are fetched together.
        max_queries: how many queries one request may cost, from the method to the finished answer
            (to the first piece of a stream). More are an error in tests and with ``DEBUG``, and
            else a warning in the logger ``piston.queries``.
        stream: whether lists are read and sent row by row, in constant memory.
        atomic: whether a method that writes runs in a transaction that is rolled back if the
            request is refused or fails; methods that are ``async def`` as well.
        page_size: how many objects a list's answer has where the client does not say; ``None`` for all.
        max_page_size: how many it has at most, whatever the client says.
        sorting: the columns, such as ``"created"`` or ``"author__username"``, that ``?sort=`` may name.
        filters: the lookups, such as ``"author"`` or ``"created__gte"``, that may stand in the query string.
        version_field: the column that changes with every change of what is shown, such as ``"updated"``; the
            entity tag is made of it, before anything else is read.
        modified_field: the column that holds the moment of the last such change, for ``Last-Modified``.
        require_precondition: whether PUT, PATCH and DELETE of one object have to say, by ``If-Match`` or
            ``If-Unmodified-Since``, which state they are about (428).
        bulk_limit: how many objects one POST may create, or one PATCH of the list change; 0 for one at a time.
        idempotency: whether writes may carry an ``Idempotency-Key``; ``"required"`` if they must.
        cache_control: the ``Cache-Control`` of good answers to reads, such as ``"public, max-age=60"``; it becomes
            private for a client who is known.
        layouts: how its documents look in a format, by the emitter's name, where that format leaves a
            choice: ``{"xml": XMLLayout(root="posts")}``. The format's plugin says what it takes.
        links: where its objects and lists lead to, for the link builders: the names of relations to one, which lead
            to the related object's address, and ``Relation``s.
        actions: what can be done with them beside what the core serves: ``Action``s.
        curies: what the part before the colon of a relation type stands for, such as
            ``{"shop": "https://example.org/rels/{rel}"}``.
        resource_type: what its objects are called in formats that name them; by default ``posts`` for a ``Post``.
    """

    model: ClassVar[type[Model] | None] = None
    fields: ClassVar[Fields] = ()
    exclude: ClassVar[Sequence[str | re.Pattern[str]]] = ("id",)
    list_fields: ClassVar[Fields] = ()
    extra_fields: ClassVar[Fields] = ()
    allowed_methods: ClassVar[Sequence[str] | None] = None
    anonymous: ClassVar[type[BaseHandler] | str | None] = None
    is_anonymous: ClassVar[bool] = False
    form: ClassVar[type[BaseForm] | None] = None
    permissions: ClassVar[Sequence[Rule] | Mapping[str, Sequence[Rule]] | None] = None
    needs: ClassVar[Sequence[str]] = ()
    max_queries: ClassVar[int | None] = None
    stream: ClassVar[bool] = False
    atomic: ClassVar[bool] = True
    page_size: ClassVar[int | None] = None
    max_page_size: ClassVar[int | None] = None
    sorting: ClassVar[Sequence[str]] = ()
    filters: ClassVar[Sequence[str]] = ()
    version_field: ClassVar[str | None] = None
    modified_field: ClassVar[str | None] = None
    require_precondition: ClassVar[bool] = False
    bulk_limit: ClassVar[int] = 0
    idempotency: ClassVar[bool | str] = False
    cache_control: ClassVar[str] = "no-cache"
    layouts: ClassVar[Mapping[str, Any]] = MappingProxyType({})
    links: ClassVar[Sequence[str | Relation]] = ()
    actions: ClassVar[Sequence[Action]] = ()
    curies: ClassVar[Mapping[str, str]] = MappingProxyType({})
    resource_type: ClassVar[str] = ""

    def queryset(self, request: Request) -> QuerySet[Any]:
        """Return the objects that this request may see and change: by default all of the model."""
        manager: Manager[Any] = _model_of(self)._default_manager
        return manager.all()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Return the one object that the URL's arguments name.

        Raises:
            Http404: there is none that this request may see, or an argument is of a wrong type.
        """
        objects = self.queryset(request)
        try:
            return objects.get(**kwargs)
        except (objects.model.DoesNotExist, ValueError, TypeError, OverflowError, ValidationError, DataError) as error:
            raise Http404(f"no {objects.model.__name__} at this address") from error

    def validators(self, request: Request, *args: Any, **kwargs: Any) -> Validators | None:
        """Return what tells the present state of what is at this address, without representing it.

        By default it is read from ``version_field`` and ``modified_field``, for the address of one object. Define
        it to say the same of a list or of data without a model; ``None`` leaves it to the answer itself.

        Raises:
            Http404: there is nothing at this address.
        """
        if not (self.version_field or self.modified_field) or not identifies(_model_of(self), frozenset(kwargs)):
            return None
        obj = self.get(request, **kwargs)
        version = getattr(obj, self.version_field) if self.version_field else None
        return Validators(version, getattr(obj, self.modified_field) if self.modified_field else None)

    def read(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Return one object if the URL's arguments name one, else those that have these values."""
        if identifies(_model_of(self), frozenset(kwargs)):
            return self.get(request, **kwargs)
        try:
            wanted = {lookup(_model_of(self), name, value): value for name, value in kwargs.items()}
            return self.queryset(request).filter(**wanted) if wanted else self.queryset(request)
        except (ValueError, TypeError, OverflowError, ValidationError) as error:
            raise Http404("no such address") from error

    def new(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Return an object for a form to fill in; it has the URL's arguments among its values.

        Define it to give a new object what the client does not send, such as its author.

        Raises:
            Http404: an argument is of a wrong type for its column.
        """
        model = _model_of(self)
        known = columns(model)
        try:
            return model(**dict(initial(known[name], value) for name, value in kwargs.items() if name in known))
        except ValidationError as error:
            raise Http404("no such address") from error

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Save and return a new object."""
        obj = saved(request, lambda: self.new(request, **kwargs))
        return obj if leaves(self, "create") else self._reread(request, obj)

    def update(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Save and return the object that the URL names, with the values that were sent."""
        obj = saved(request, lambda: self.get(request, **kwargs))
        return obj if leaves(self, "update") else self._reread(request, obj)

    def patch(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Save and return the object that the URL names, with what was not sent as it is."""
        return self.update(request, **kwargs)

    def _reread(self, request: Request, obj: Any) -> Any:
        """Return a saved object as the next request will read it, for a method that overrides what saves it."""
        try:
            return self.queryset(request).get(pk=obj.pk)
        except ObjectDoesNotExist:  # the client may write it, and then not see it any more
            obj.refresh_from_db()
            return obj

    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Reply:
        """Delete the object that the URL names.

        Raises:
            Problem: 409 if other objects keep it from being deleted.
        """
        try:
            self.get(request, **kwargs).delete()
        except (ProtectedError, RestrictedError) as error:
            detail = "Other objects refer to this one, so it cannot be deleted."
            raise Problem(409, detail, type="still-referenced") from error
        return rc.DELETED

    def leads_to(self, request: Request, *args: Any, **kwargs: Any) -> Iterable[Link]:
        """Return where an answer leads to beside what ``links`` declares, such as where data without a model does."""
        return ()

    @classmethod
    def resource_uri(cls, obj: Any = None) -> tuple[str, Sequence[Any] | Mapping[str, Any]] | None:  # noqa: ARG003 - for others
        """Return the view's name and its arguments for an object's address.

        A handler that defines it shows the address as ``resource_uri`` wherever an object of its
        model is shown. By default the address comes from the API's own route and is shown only
        where ``fields`` names ``resource_uri``.
        """
        return None


class AnonymousBaseHandler(BaseHandler):
    """A handler for requests without credentials: reads only, unless it allows more."""

    is_anonymous = True
    allowed_methods = ("GET",)
    permissions = ()


def validate(form: type[BaseForm]) -> Callable[[Method], Method]:
    """Make a method of a handler ask for data that this form accepts.

    The method runs only if the form is valid, and finds it as ``request.form``; otherwise the
    answer is a 422 problem with a pointer for each refused field.

    Args:
        form: the form's class; a model form gets the object that the URL names.
    """

    def declare(method: Method) -> Method:
        method.piston_form = form  # type: ignore[attr-defined]  # read by piston_core.forms.form_for
        return method

    return declare


def overrides(handler: BaseHandler | type[BaseHandler], action: str) -> bool:
    """Return whether a handler, its class or the instance itself, brings this method instead of the model's CRUD."""
    kind = handler if isinstance(handler, type) else type(handler)
    own = getattr(handler if action in vars(handler) else kind, action)
    return own is not getattr(BaseHandler, action, None)


def leaves(handler: BaseHandler | type[BaseHandler], action: str) -> bool:
    """Return whether a handler leaves an action to the core altogether, with every method that it may run through."""
    return not any(overrides(handler, name) for name in _METHODS.get(action, (action,)))


def implements(handler: BaseHandler | type[BaseHandler], action: str) -> bool:
    """Return whether a handler can do this: by a method of its own, or through its model."""
    return handler.model is not None or overrides(handler, action)


def allowed_methods(handler: BaseHandler | type[BaseHandler]) -> tuple[str, ...]:
    """Return the methods that a handler declares, or else those that it can serve.

    A handler that takes ``update`` into its own hands has its reasons, which the model's ``patch``
    would pass by; so PATCH is then given only if it is asked for.
    """
    if handler.allowed_methods is not None:
        return tuple(method.upper() for method in handler.allowed_methods)
    own_update = overrides(handler, "update") and not overrides(handler, "patch")
    served = [method for method, action in ACTIONS.items() if implements(handler, action) and method not in _WITH_GET]
    return tuple(method for method in served if not (method == "PATCH" and own_update))


def _model_of(handler: BaseHandler) -> type[Model]:
    if handler.model is None:
        name = type(handler).__name__
        raise TypeError(f"{name} has no model; give it one, or define {name}'s method yourself.")
    return handler.model
