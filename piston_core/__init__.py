"""Piston: Django REST APIs from the parts you choose.

The core dispatches requests to handlers and knows no format, no credential and no link style;
plugins bring those. Everything that handlers and plugins need is imported from here.
"""

from piston_core.access import Authenticator, Identity, Operation, Permission, Throttle, Verdict, causes, throttled
from piston_core.api import Api
from piston_core.clients import client_address
from piston_core.conf import SettingsError, plugin_options
from piston_core.contracts import Aim, Dialect, Document, Emitter, Parser, Patch, Subcommand
from piston_core.deciding import Decisions, Parts
from piston_core.declarations import Action, Lifecycle, Relation, Validators
from piston_core.describing import Answer, Body, Description, Parameter, Place, Served, describe, edit_openapi
from piston_core.discovery import PluginError
from piston_core.expiry import delete_expired
from piston_core.handler import AnonymousBaseHandler, BaseHandler, validate
from piston_core.headers import quoted
from piston_core.hookspecs import hookimpl
from piston_core.kinds import KINDS
from piston_core.linking import (
    Affordance,
    Each,
    Href,
    Input,
    Key,
    Link,
    LinkBuilder,
    Shape,
    Shown,
    Subject,
    Target,
    Where,
    Written,
)
from piston_core.permissions import Scopes
from piston_core.pieces import in_pieces
from piston_core.pipeline.call import Outcome
from piston_core.pipeline.negotiate import Choice, Formats
from piston_core.problems import AuthenticationFailed, InsufficientScope, Invalid, MalformedBody, Problem
from piston_core.registry import forget_registry
from piston_core.replies import Reply, rc
from piston_core.requests import Request
from piston_core.resource import Resource
from piston_core.scope import Scope
from piston_core.showing import plain_data
from piston_core.sought import Sought

__version__ = "0.1.0"

__all__ = [
    "KINDS",
    "Action",
    "Affordance",
    "Aim",
    "AnonymousBaseHandler",
    "Answer",
    "Api",
    "AuthenticationFailed",
    "Authenticator",
    "BaseHandler",
    "Body",
    "Choice",
    "Decisions",
    "Description",
    "Dialect",
    "Document",
    "Each",
    "Emitter",
    "Formats",
    "Href",
    "Identity",
    "Input",
    "InsufficientScope",
    "Invalid",
    "Key",
    "Lifecycle",
    "Link",
    "LinkBuilder",
    "MalformedBody",
    "Operation",
    "Outcome",
    "Parameter",
    "Parser",
    "Parts",
    "Patch",
    "Permission",
    "Place",
    "PluginError",
    "Problem",
    "Relation",
    "Reply",
    "Request",
    "Resource",
    "Scope",
    "Scopes",
    "Served",
    "SettingsError",
    "Shape",
    "Shown",
    "Sought",
    "Subcommand",
    "Subject",
    "Target",
    "Throttle",
    "Validators",
    "Verdict",
    "Where",
    "Written",
    "__version__",
    "causes",
    "client_address",
    "delete_expired",
    "describe",
    "edit_openapi",
    "forget_registry",
    "hookimpl",
    "in_pieces",
    "plain_data",
    "plugin_options",
    "quoted",
    "rc",
    "throttled",
    "validate",
]
