"""What the tests of the ancestor's behaviour share."""

from __future__ import annotations

import django
import pytest
from django.core import mail

from piston_compat.emitters import Emitter
from piston_compat.handlers import AnonymousBaseHandler, BaseHandler
from piston_compat.mimer import Mimer
from piston_compat.typemap import handler_tracker, typemapper


@pytest.fixture(autouse=True)
def _tables_of_the_process():
    """Give each test the ancestor's tables, which belong to the process, as they are when nobody has added to them."""
    kept = [(table, dict(table)) for table in (Emitter.EMITTERS, Mimer.TYPES)]
    others = {
        each: typemapper.pop(each) for each in list(typemapper) if each not in (BaseHandler, AnonymousBaseHandler)
    }
    tracked, handler_tracker[:] = list(handler_tracker), []
    yield
    for table, former in kept:
        table.clear()
        table.update(former)
    for each in [each for each in typemapper if each not in (BaseHandler, AnonymousBaseHandler)]:
        del typemapper[each]
    typemapper.update(others)
    handler_tracker[:] = tracked


@pytest.fixture
def mails(settings):
    """Have mails kept in ``mail.outbox``, in the way that this Django wants it said."""
    backend = "django.core.mail.backends.locmem.EmailBackend"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend}}
    settings.ADMINS = ["admin@example.org"] if django.VERSION >= (6, 0) else [("Admin", "admin@example.org")]
    return mail.outbox
