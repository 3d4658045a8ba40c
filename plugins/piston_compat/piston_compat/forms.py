"""The ancestor's model form, which takes what was not sent from what it was made with."""

from __future__ import annotations

from typing import Any

from django import forms


class ModelForm(forms.ModelForm):  # type: ignore[type-arg]  # not generic at run time
    """A model form that can be completed."""

    def merge_from_initial(self) -> None:
        """Take the values of ``Meta.fields`` that were not sent from ``initial``."""
        sent: Any = self.data
        data = sent.copy()
        initial = {**self.initial, **{name: field.initial for name, field in self.fields.items() if field.initial}}
        for name in self._meta.fields or ():
            if name not in data and initial.get(name) is not None:
                value = initial[name]
                if isinstance(value, list | tuple) and hasattr(data, "setlist"):
                    data.setlist(name, list(value))
                else:
                    data[name] = value
        self.data = data
