"""Mails about consumers: to the owner at each state, and to ``ADMINS`` about one that waits for a decision.

Templates: ``piston_oauth/mails/consumer_<status>.txt``, and the same with ``_subject``. What they say is a project's
to override.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.mail import mail_admins, send_mail
from django.db import router, transaction
from django.template.loader import render_to_string

from piston_oauth.states import Status

if TYPE_CHECKING:
    from piston_oauth.models import Consumer


def announce(consumer: Consumer) -> None:
    """Send the mails about a consumer's state once it is stored for good.

    A mail that cannot be sent is logged by Django, and does not undo what was decided.
    """
    status = consumer.status  # by then it may have another one

    def send() -> None:
        _send(consumer, status)

    database = router.db_for_write(type(consumer), instance=consumer)
    transaction.on_commit(send, using=database, robust=True)


def _send(consumer: Consumer, status: str) -> None:
    subject, text = _rendered(consumer, f"{status}_subject"), _rendered(consumer, status)
    subject = " ".join(subject.split())  # a field of a mail is one line
    if status == Status.PENDING:
        mail_admins(subject, text)
    address = _address(consumer)
    if address:
        send_mail(subject, text, None, [address])


def _rendered(consumer: Consumer, name: str) -> str:
    return render_to_string(f"piston_oauth/mails/consumer_{name}.txt", {"consumer": consumer})


def _address(consumer: Consumer) -> str:
    """Return where the owner gets mail, ``""`` if that is not known."""
    owner = consumer.owner
    return str(getattr(owner, owner.get_email_field_name(), "") or "") if owner is not None else ""
