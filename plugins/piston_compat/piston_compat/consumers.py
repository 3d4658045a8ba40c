"""Tells people by mail what becomes of a consumer, where the project has templates for it."""

from __future__ import annotations

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.mail import mail_admins, send_mail
from django.db.models.signals import post_delete, post_save
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from piston_compat.options import setting

logger = logging.getLogger("piston.compat")
_SUBJECTS = {
    "pending": "Your API Consumer is pending",
    "accepted": "Your API Consumer was accepted!",
    "canceled": "Your API Consumer has been canceled",
    "rejected": "Your API Consumer has been rejected",
}


def connect() -> None:
    """Have mails sent for the ancestor's consumers."""
    from piston_compat.oauth_models import Consumer  # a model, so not before Django is ready

    post_save.connect(consumer_post_save, sender=Consumer, dispatch_uid="piston.consumer_post_save")
    post_delete.connect(consumer_post_delete, sender=Consumer, dispatch_uid="piston.consumer_post_delete")


def consumer_post_save(instance: Any, **_told: Any) -> None:
    """Tell of a consumer that was saved."""
    send_consumer_mail(instance)


def consumer_post_delete(instance: Any, **_told: Any) -> None:
    """Tell of a consumer that is gone."""
    instance.status = "canceled"
    send_consumer_mail(instance)


def send_consumer_mail(consumer: Any) -> None:
    """Send the mail for a consumer's state to its user, and to ADMINS if it waits for them."""
    subject = f"[{_site()}] {setting('PISTON_OAUTH_EMAIL_SUBJECTS', _SUBJECTS).get(consumer.status, '')}"
    try:
        body = render_to_string(
            f"piston/mails/consumer_{consumer.status}.txt", {"consumer": consumer, "user": consumer.user}
        )
    except TemplateDoesNotExist:
        return
    sender = setting("PISTON_FROM_EMAIL", settings.DEFAULT_FROM_EMAIL)
    try:
        if consumer.user is not None and consumer.user.email:
            send_mail(subject, body, sender, [consumer.user.email])
        if consumer.status == "pending":
            mail_admins(subject, body)
    except OSError:  # of which the errors of SMTP are
        logger.exception("A mail about a consumer could not be sent")


def _site() -> str:
    """Return the name of the site, where the project knows it."""
    if not apps.is_installed("django.contrib.sites"):
        return "API"
    from django.contrib.sites.models import Site  # an app of the project's choice, so not at import

    return str(Site.objects.get_current().name)
