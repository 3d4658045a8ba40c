"""What a form asks for, as formats may write it: limits that are numbers are numbers, and choices are plain."""

from __future__ import annotations

import enum
from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import gettext_lazy as _

from piston_core.inputs import inputs_of


class Suit(enum.Enum):
    HEARTS = 1


def the_input(field: forms.Field, **options: bool):
    [found] = inputs_of(type("It", (forms.Form,), {"it": field}), **options)
    return found


@pytest.mark.parametrize(
    ("field", "limits"),
    [
        (forms.CharField(max_length=20, min_length=2), {"maxlength": 20, "minlength": 2}),
        (forms.IntegerField(min_value=-1, max_value=10, step_size=3), {"min": -1, "max": 10, "step": 3}),
        (forms.DecimalField(decimal_places=2), {"step": 0.01}),
        (
            forms.DecimalField(min_value=Decimal("0.50"), max_value=Decimal("1E+2")),
            {"min": 0.5, "max": 100, "step": "any"},
        ),
        (forms.FloatField(min_value=0.5), {"min": 0.5, "step": "any"}),
        (forms.CharField(widget=forms.TextInput({"pattern": "123", "class": "wide"})), {"pattern": "123"}),
        (forms.DateField(widget=forms.DateInput({"min": "2026-01-01"})), {"min": "2026-01-01"}),
    ],
)
def test_a_limit_is_a_number_if_it_is_one(field, limits):
    found = the_input(field).limits

    assert found == limits
    assert [type(found[name]) for name in limits] == [type(limit) for limit in limits.values()]


@pytest.mark.parametrize(
    ("choices", "required", "expected"),
    [
        ([(1, "one"), ("Rest", [(2, "two")])], True, ((1, "one"), (2, "two"))),
        ([("", "---"), ("a", _("Yes"))], True, (("a", "Yes"),)),
        ([("", "---"), ("a", "A")], False, (("", "---"), ("a", "A"))),
        ([(None, "---"), (Decimal(0), "A")], False, (("", "---"), ("0", "A"))),
        ([(Suit.HEARTS, "hearts")], False, (("Suit.HEARTS", "hearts"),)),
    ],
)
def test_choices_are_plain_and_can_be_made(choices, required, expected):
    found = the_input(forms.ChoiceField(choices=choices, required=required)).choices

    assert found == expected
    assert all(type(label) is str for _value, label in found)


def test_nothing_has_to_be_sent_to_change_a_part():
    found = the_input(forms.IntegerField(initial=2), partial=True)

    assert (found.required, found.value) == (False, None)
