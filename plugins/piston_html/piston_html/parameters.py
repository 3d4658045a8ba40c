"""Read what a search form sends."""

from __future__ import annotations

from django.http import QueryDict

from piston_core import Aim, Dialect


class FormDialect(Dialect):
    """Leaves away what somebody has left empty in a form: a browser without a script sends it all the same."""

    names = {}

    def parameters(self, aim: Aim) -> QueryDict:
        """Return the parameters that have a value."""
        given: QueryDict = aim.request.GET
        if all(all(values) for _, values in given.lists()):
            return given
        found = given.copy()
        for name, values in given.lists():
            found.setlist(name, [value for value in values if value])
            if not found.getlist(name):
                del found[name]
        found._mutable = False
        return found
