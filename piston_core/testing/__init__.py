"""What the tests of a project and of a plugin may use; nothing here is for a running server."""

from piston_core.queries import TooManyQueries
from piston_core.testing.authenticators import AuthenticatorContract
from piston_core.testing.emitters import EmitterContract
from piston_core.testing.links import LinkBuilderContract
from piston_core.testing.parsers import ParserContract
from piston_core.testing.patches import PatchContract
from piston_core.testing.plugins import PluginContract
from piston_core.testing.queries import assert_max_queries
from piston_core.testing.samples import CAPABILITIES
from piston_core.testing.serving import serving
from piston_core.testing.throttles import ThrottleContract

__all__ = [
    "CAPABILITIES",
    "AuthenticatorContract",
    "EmitterContract",
    "LinkBuilderContract",
    "ParserContract",
    "PatchContract",
    "PluginContract",
    "ThrottleContract",
    "TooManyQueries",
    "assert_max_queries",
    "serving",
]
