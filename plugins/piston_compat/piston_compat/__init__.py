"""django-piston's projects on Piston: what stands behind the ancestor's import paths in the package ``piston``.

The entry point ``compat`` in the group ``piston.plugins`` leads here.
"""

from __future__ import annotations

from django.http.response import HttpResponseBase

from piston_compat.formats import offered
from piston_compat.names import OldName
from piston_compat.options import Options
from piston_compat.replies import HttpStatusCode
from piston_core import Emitter, hookimpl

__version__ = "0.1.0"

__all__ = ["OldName", "Options", "piston_emitters", "piston_handle_exception"]


@hookimpl
def piston_emitters() -> list[Emitter]:
    """Offer the formats that the project has registered in the ancestor's way."""
    return offered()


@hookimpl
def piston_handle_exception(exception: Exception) -> HttpResponseBase | None:
    """Answer with the response that is raised, also where an old emitter renders one for a handler of the core's."""
    return exception.response if isinstance(exception, HttpStatusCode) else None
