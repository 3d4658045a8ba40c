"""Moments have the offset that the instances have, whatever the zones of the site, the database and the visitor."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db.models import F, Max
from django.db.models.functions import TruncDay, TruncHour
from django.test import override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.piston_core.plans.fidelity.asking import check
from tests.piston_core.plans.fidelity.databases import everywhere, time_zone, undone
from tests.piston_core.plans.fidelity.values import BASE, examples, moments
from tests.shop.kinds import Loose

ZONES = ("UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Africa/Monrovia")
NAMES = ("moment", "date", "time", "duration", "year", "latest", "day", "hour", "same")


def everything(alias):
    """Return objects with their moments, and what the database makes of these."""
    objects = Loose.objects.using(alias).annotate(same=F("moment"), latest=Max("moment"), year=F("moment__year"))
    return objects.annotate(day=TruncDay("moment"), hour=TruncHour("moment")).order_by("pk")


@everywhere
@pytest.mark.parametrize("zone", ZONES)
@examples(8)
@given(found=st.lists(moments(first=2, last=9998) | st.none(), max_size=6))
def test_a_database_with_a_zone_of_its_own(alias, zone, found):
    with undone(alias), time_zone(alias, zone):
        Loose.objects.using(alias).bulk_create(Loose(moment=moment) for moment in found)

        check(lambda: everything(alias), NAMES)


@everywhere
@pytest.mark.parametrize("zone", ZONES)
@examples(8)
@given(found=st.lists(moments(first=2, last=9998) | st.none(), max_size=6))
def test_a_site_and_a_visitor_elsewhere(alias, zone, found):
    with undone(alias), override_settings(TIME_ZONE=zone), timezone.override("Asia/Tokyo"):
        Loose.objects.using(alias).bulk_create(Loose(moment=moment) for moment in found)

        check(lambda: everything(alias), NAMES)


@everywhere
@pytest.mark.parametrize("zone", ZONES)
@examples(8)
@given(found=st.lists(moments(aware=False, first=2, last=9998) | st.none(), max_size=6), data=st.data())
def test_a_site_without_zones(alias, zone, found, data):
    with undone(alias), override_settings(USE_TZ=False, TIME_ZONE=zone):
        rows = [Loose(moment=moment, time=data.draw(BASE["time"]), date=data.draw(BASE["date"])) for moment in found]
        Loose.objects.using(alias).bulk_create(rows)

        check(lambda: everything(alias), NAMES)


@everywhere
def test_how_a_moment_of_a_zone_is_spelt(alias):
    with time_zone(alias, "Europe/Paris"):
        for year, month in ((2026, 7), (2026, 1), (1900, 1)):
            Loose.objects.using(alias).create(moment=dt.datetime(year, month, 1, 10, tzinfo=dt.UTC))

        got = check(lambda: Loose.objects.using(alias), ["moment"])

    paris = ["2026-07-01T12:00:00+02:00", "2026-01-01T11:00:00+01:00", "1900-01-01T10:09:00+00:09"]
    assert [row["moment"] for row in got] == paris  # in 1900 its clocks were 9 minutes and 21 seconds ahead


@everywhere
def test_one_answer_after_another_follows_the_visitor(alias):
    """What is kept from one request must not fix the zone of the next."""
    Loose.objects.using(alias).create(moment=dt.datetime(2026, 7, 1, 23, 30, tzinfo=dt.UTC))

    days = []
    for zone in ("UTC", "Asia/Tokyo", "America/St_Johns"):
        with timezone.override(ZoneInfo(zone)):
            days += check(lambda: everything(alias), ["day"])

    starts = ("2026-07-01T00:00:00+00:00", "2026-07-02T00:00:00+09:00", "2026-07-01T00:00:00-02:30")
    assert days == [{"day": start} for start in starts]
