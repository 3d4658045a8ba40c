"""A form of samples that counts, in one of their columns, how often they were saved."""

from __future__ import annotations

from typing import Any

from django import forms

from tests.shop.models import Sample


class Numbered(forms.ModelForm):
    """Counts the versions of what it saves."""

    class Meta:
        model = Sample
        fields = ("char", "integer")

    def save(self, commit: bool = True) -> Any:
        self.instance.small = (self.instance.small or 0) + 1
        return super().save(commit)
