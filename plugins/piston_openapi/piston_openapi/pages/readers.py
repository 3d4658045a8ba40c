"""Who may read the document and its pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from piston_core import plugin_options
from piston_openapi.options import Options

View = Callable[..., HttpResponseBase]


def for_readers(view: View) -> View:
    """Return a view that answers those whom the option ``readers`` lets in.

    Where that is the staff, somebody unknown is led to ``LOGIN_URL``, and whoever is not of the staff gets 403.

    Args:
        view: the view.
    """

    @wraps(view, updated=())
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if plugin_options("openapi", Options).readers == "everybody":
            return view(request, *args, **kwargs)
        user = getattr(request, "user", None)  # a project may have no users
        if user is None or not user.is_authenticated:
            return _to_login(request)
        if not (user.is_active and user.is_staff):
            raise PermissionDenied
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return guarded


def _to_login(request: HttpRequest) -> HttpResponseBase:
    return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
