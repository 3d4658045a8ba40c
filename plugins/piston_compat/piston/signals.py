"""What the ancestor told of consumers; each name leads to ``piston_compat``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from piston_compat.names import Name, getter

if TYPE_CHECKING:
    from piston_compat.consumers import consumer_post_delete, consumer_post_save, send_consumer_mail

__all__ = [
    "consumer_post_delete",
    "consumer_post_save",
    "send_consumer_mail",
]

NAMES = {
    "consumer_post_save": Name("consumers", "django.db.models.signals.post_save"),
    "consumer_post_delete": Name("consumers", "django.db.models.signals.post_delete"),
    "send_consumer_mail": Name("consumers", "piston_oauth.models.Consumer.become"),
}
__getattr__ = getter(__name__, NAMES)
