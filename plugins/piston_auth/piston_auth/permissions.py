"""Permissions by Django's users: who is known, who is staff, who was given a permission, whose an object is.

None of them reads a body or writes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth import get_permission_codename, get_user_model
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db.models import ForeignKey, Model, Q, QuerySet

from piston_core import Operation, Permission, Problem, Request

# What Django's permissions are called (the option default_permissions of a model).
_VERBS: Mapping[str, str] = {
    "read": "view",
    "create": "add",
    "update": "change",
    "patch": "change",
    "delete": "delete",
}


class Authenticated(Permission):
    """Lets everybody in whom an authenticator knows, also an application that acts for nobody."""

    name = "authenticated"

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the sender is known."""
        return request.identity is not None


class Staff(Permission):
    """Lets those in who may log in to Django's admin."""

    name = "staff"

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the sender is an active member of the staff."""
        user = _user_of(request)
        return user is not None and bool(getattr(user, "is_staff", False))


class ReadOnly(Permission):
    """Lets everybody read, also somebody unknown where the resource asks for no credentials, and nobody write."""

    name = "read-only"

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether nothing is to be changed."""
        return operation.action == "read"


class ModelPermissions(Permission):
    """Asks Django's permissions for the handler's model: ``view``, ``add``, ``change`` and ``delete``."""

    name = "model"

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the user has the permission for all objects of the model."""
        user = _user_of(request)
        return user is not None and user.has_perm(_codename(operation))


class ObjectPermissions(Permission):
    """Asks Django's permissions for the object, as backends such as django-guardian's keep them.

    Whoever has the permission for the model has it for every object. To add one takes that for the model, since there
    is no object yet. How to find the objects that somebody may view, only the backend knows, so lists are empty
    without the permission for the model; override ``visible`` to ask the backend.
    """

    name = "object"

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the user may have the permission for an object."""
        user = _user_of(request)
        return user is not None and (operation.action != "create" or user.has_perm(_codename(operation)))

    def allows_object(self, request: Request, operation: Operation, obj: Any) -> bool:
        """Return whether the user has the permission for the model or for this object."""
        user, codename = _user_of(request), _codename(operation)
        return user is not None and (user.has_perm(codename) or user.has_perm(codename, obj))

    def visible(self, request: Request, operation: Operation, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Return all objects or none."""
        user = _user_of(request)
        return objects if user is not None and user.has_perm(_codename(operation)) else objects.none()


class Owner(Permission):
    """Lets users in to what is their own; lists show them nothing else.

    Users that are known may create objects; a handler's ``new`` says whose these are.

    Example: ``permissions = [Owner("reader")]``, or ``Owner("order__customer")``.

    Args:
        path: the relation that leads from an object to its user, or to several.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether the sender is a user, who may own something."""
        return _user_of(request) is not None

    def allows_object(self, request: Request, operation: Operation, obj: Any) -> bool:
        """Return whether the object is the user's, as it is stored."""
        user = _user_of(request)
        if user is None:
            return False
        steps = _steps(type(obj), self.path)
        if len(steps) == 1 and isinstance(steps[0], ForeignKey):
            theirs = getattr(user, steps[0].target_field.attname)
            return theirs is not None and getattr(obj, steps[0].attname) == theirs
        objects = type(obj)._base_manager.using(obj._state.db)
        return bool(objects.filter(**{"pk": obj.pk, self.path: user}).exists())

    def visible(self, request: Request, operation: Operation, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Return the user's objects, each of them once."""
        user = _user_of(request)
        if user is None:
            return objects.none()
        own = {self.path: user}
        if any(step.many_to_many or step.one_to_many for step in _steps(objects.model, self.path)):
            found = objects.model._base_manager.using(objects.db).filter(**own)
            return objects.filter(pk__in=found.values("pk"))
        return objects.filter(**own)


class _AnyOf(Permission):
    """Lets in whom one of several permissions lets in."""

    def __init__(self, permissions: tuple[Permission, ...]) -> None:
        self.permissions = permissions

    def allows(self, request: Request, operation: Operation) -> bool:
        """Return whether one of them allows it."""
        return self._one(lambda each: each.allows(request, operation))

    def _one(self, allows: Callable[[Permission], bool]) -> bool:
        """Return whether one of them says yes; what another one raises counts only if none does."""
        raised: Problem | None = None
        for each in self.permissions:
            try:
                if allows(each):
                    return True
            except Problem as problem:
                raised = raised or problem
        if raised is not None:
            raise raised
        return False


class _AnyOfObjects(_AnyOf):
    """The same where one of them looks at objects. Apart, because the core looks up an object only for these."""

    def allows_object(self, request: Request, operation: Operation, obj: Any) -> bool:
        """Return whether one of them allows it at all, and with this object."""
        return self._one(lambda each: each.allows(request, operation) and each.allows_object(request, operation, obj))

    def visible(self, request: Request, operation: Operation, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Return what is shown by any of those that allow the list at all, each object once."""
        asked = [each for each in self.permissions if _allows(each, request, operation)]
        shown = [each.visible(request, operation, objects) for each in asked]
        if any(each is objects for each in shown):
            return objects
        if len(shown) == 1:
            return shown[0]
        # Querysets joined with | are right only where they differ in nothing but simple conditions.
        found = [Q(pk__in=each.order_by().values("pk")) for each in shown]
        return objects.filter(reduce(or_, found)) if found else objects.none()


def any_of(*permissions: Permission) -> Permission:
    """Return the permission that lets in whom one of these lets in.

    What one of them allows at all and what it says of an object belong together: nobody gets in by two halves.

    Example: ``permissions = [any_of(ReadOnly(), Owner("reader"), staff)]``.

    Raises:
        TypeError: there are none, or one is no instance of ``Permission``, such as a name or a function.
    """
    if not permissions or not all(isinstance(each, Permission) for each in permissions):
        raise TypeError("any_of takes instances of Permission, such as any_of(ReadOnly(), staff).")
    methods = ("allows_object", "visible")
    of_objects = any(
        getattr(type(each), name) is not getattr(Permission, name) for each in permissions for name in methods
    )
    return _AnyOfObjects(permissions) if of_objects else _AnyOf(permissions)


# Not "model" and "object": a handler has an attribute of the one name, and Python a type of the other.
authenticated = Authenticated()
staff = Staff()
read_only = ReadOnly()
model_permissions = ModelPermissions()
object_permissions = ObjectPermissions()


def _allows(permission: Permission, request: Request, operation: Operation) -> bool:
    try:
        return permission.allows(request, operation)
    except Problem:
        return False


def _user_of(request: Request) -> Any:
    """Return the active user who sends a request; ``None`` for nobody and for an application without a user."""
    user = request.identity.user if request.identity else None
    return user if user is not None and user.is_authenticated and getattr(user, "is_active", True) else None


def _codename(operation: Operation) -> str:
    """Return the name of Django's permission for what is about to be done.

    Raises:
        ImproperlyConfigured: the handler has no model.
    """
    model = operation.handler.model
    if model is None:
        raise ImproperlyConfigured(
            f"{type(operation.handler).__name__} has no model that Django keeps permissions for; "
            "give it other permissions, such as 'staff'."
        )
    meta = model._meta
    return f"{meta.app_label}.{get_permission_codename(_VERBS[operation.action], meta)}"


def _steps(model: type[Model], path: str) -> list[Any]:
    """Return the relations that a path leads over.

    Raises:
        ImproperlyConfigured: it leads over something else.
    """
    steps: list[Any] = []
    related: Any = model
    for name in path.split("__"):
        try:
            steps.append(related._meta.get_field(name))
            related = steps[-1].related_model
        except (FieldDoesNotExist, AttributeError):  # no such name, or no model that could have one
            related = None
    if not isinstance(related, type) or not issubclass(get_user_model(), related):
        raise ImproperlyConfigured(f"Owner({path!r}) does not lead from {model.__name__} to a user.")
    return steps
