"""What the tests of the ancestor's behaviour share."""

from __future__ import annotations

import pytest

from piston_compat.emitters import Emitter
from piston_compat.mimer import Mimer
from piston_compat.typemap import handler_tracker, typemapper


@pytest.fixture(autouse=True)
def _tables_of_the_process():
    """Leave the ancestor's tables, which belong to the process, as they were."""
    kept = dict(typemapper), list(handler_tracker), dict(Emitter.EMITTERS), dict(Mimer.TYPES)
    yield
    for table, former in zip((typemapper, handler_tracker, Emitter.EMITTERS, Mimer.TYPES), kept, strict=True):
        table.clear()
        table.extend(former) if isinstance(table, list) else table.update(former)
