"""The ancestor's handlers; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.handlers import AnonymousBaseHandler, BaseHandler, HandlerMetaClass
    from piston_compat.typemap import handler_tracker, typemapper

__all__ = [
    "AnonymousBaseHandler",
    "BaseHandler",
    "HandlerMetaClass",
    "handler_tracker",
    "typemapper",
]

NAMES = {
    "BaseHandler": Name("handlers", "piston_core.BaseHandler"),
    "AnonymousBaseHandler": Name("handlers", "piston_core.AnonymousBaseHandler"),
    "HandlerMetaClass": Name("handlers", "nothing: an API knows the handlers that it routes"),
    "typemapper": Name("typemap", "nothing: an API knows the handlers that it routes"),
    "handler_tracker": Name("typemap", "piston_core.describe"),
}
__getattr__ = getter(__name__, NAMES)
