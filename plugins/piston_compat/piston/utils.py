"""What the ancestor's handlers used; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.asking import coerce_put_post
    from piston_compat.consumers import send_consumer_mail
    from piston_compat.decorators import require_extended, require_mime, throttle, validate
    from piston_compat.failures import format_error
    from piston_compat.mimer import Mimer, MimerDataException, translate_mime
    from piston_compat.replies import Answer as HttpResponseWrapper
    from piston_compat.replies import FormValidationError, HttpStatusCode, rc
    from piston_compat.replies import Replies as rc_factory  # noqa: N813 - the ancestor's name

__all__ = [
    "FormValidationError",
    "HttpResponseWrapper",
    "HttpStatusCode",
    "Mimer",
    "MimerDataException",
    "coerce_put_post",
    "format_error",
    "rc",
    "rc_factory",
    "require_extended",
    "require_mime",
    "send_consumer_mail",
    "throttle",
    "translate_mime",
    "validate",
]

NAMES = {
    "rc": Name("replies", "piston_core.rc"),
    "rc_factory": Name("replies:Replies", "piston_core.rc"),
    "throttle": Name("decorators", "piston_throttle.throttle"),
    "validate": Name("decorators", "piston_core.validate"),
    "require_mime": Name("decorators", "nothing: a type that nobody reads is answered with 415"),
    "require_extended": Name("decorators", "nothing: a type that nobody reads is answered with 415"),
    "Mimer": Name("mimer", "piston_core.Parser in a plugin"),
    "translate_mime": Name("mimer", "request.data"),
    "coerce_put_post": Name("asking", "request.data"),
    "HttpStatusCode": Name("replies", "piston_core.Problem"),
    "FormValidationError": Name("replies", "piston_core.Invalid"),
    "HttpResponseWrapper": Name("replies:Answer", "piston_core.Reply"),
    "format_error": Name("failures", "piston_core.Problem"),
    "MimerDataException": Name("mimer", "piston_core.MalformedBody"),
    "send_consumer_mail": Name("consumers", "piston_oauth.models.Consumer.become"),
}
__getattr__ = getter(__name__, NAMES)
