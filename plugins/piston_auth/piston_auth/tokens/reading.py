"""Find a token and its user in one query, whose SQL Django compiles once for each database.

Compiling it takes several times as long as running it. What is not exactly as expected is left to the ORM.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, router
from django.db.models.sql.compiler import SQLCompiler

from piston_auth.tokens.keeping import KeptRows, Row

if TYPE_CHECKING:
    from piston_auth.tokens.models import Token, Tokens

_ANY = "0" * 64  # a digest to compile with


@dataclass(frozen=True, slots=True)
class Part:
    """The columns of one model in a row.

    Attributes:
        model: the model.
        names: its attributes, in the order of the columns.
        columns: where in a row they are.
    """

    model: type[models.Model]
    names: tuple[str, ...]
    columns: slice

    def object_of(self, row: Sequence[Any], alias: str) -> Any:
        """Return the object that a row holds."""
        return self.model.from_db(alias, self.names, row[self.columns])


@dataclass(frozen=True, slots=True)
class Statement:
    """The SQL that finds a token by its digest, and how to read what it finds.

    Attributes:
        alias: the database.
        sql: the text, with one parameter.
        token: the columns of the token.
        user: the columns of its user.
        converters: Django's converters for the values at some places of a row.
    """

    alias: str
    sql: str
    token: Part
    user: Part
    converters: tuple[tuple[int, Any, Any], ...]

    def row(self, digest: str) -> Row | None:
        """Return the row of the token with a digest, ``None`` if there is none.

        It goes through Django's own cursor, so that all that watches it sees it.
        """
        connection = connections[self.alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, (digest,))
            found = cursor.fetchone()
        if found is None:
            return None
        row = list(found)
        for place, functions, expression in self.converters:
            for convert in functions:
                row[place] = convert(row[place], expression, connection)
        return row

    def token_of(self, row: Row) -> Token:
        """Return the token that a row holds, with its user."""
        token: Token = self.token.object_of(row, self.alias)
        field: Any = self.token.model._meta.get_field("user")  # no reverse relation, which Django's stubs think of
        field.set_cached_value(token, self.user.object_of(row, self.alias))  # as the ORM does it
        return token


class Reader:
    """Finds tokens in the database that the project's routers name.

    Args:
        kept: the rows that need not be read.
    """

    def __init__(self, kept: KeptRows) -> None:
        self._statements: dict[str, Statement | None] = {}
        self._kept = kept

    @cached_property
    def model(self) -> type[Token]:
        """The model of the tokens, which is not imported before it is used.

        Raises:
            ImproperlyConfigured: its app is not installed.
        """
        if not apps.is_installed("piston_auth.tokens"):
            raise ImproperlyConfigured(
                "The authenticator 'token' has no table; add 'piston_auth.tokens' to INSTALLED_APPS, and migrate."
            )
        from piston_auth.tokens.models import Token  # an app of the project's choice, so not at import

        return Token

    def find(self, digest: str) -> Token | None:
        """Return the token with a digest, with its user; ``None`` if there is none."""
        alias = router.db_for_read(self.model)
        if alias not in self._statements:
            self._statements[alias] = self._compiled(alias)
        statement = self._statements[alias]
        if statement is None:
            return next(iter(wanted(self.model, alias, digest)), None)
        row = self._kept.row(digest, alias, statement.row)
        return None if row is None else statement.token_of(row)

    def _compiled(self, alias: str) -> Statement | None:
        statement = compiled(wanted(self.model, alias, _ANY))
        if statement is not None:
            self._kept.watch(statement.token.model, statement.user.model)
        return statement


def wanted(model: type[Token], alias: str, digest: str) -> Tokens:
    """Return the query, as the ORM has it."""
    return model.objects.using(alias).select_related("user").filter(digest=digest).order_by()


def compiled(tokens: Tokens) -> Statement | None:
    """Return what Django compiles for a query, ``None`` if that is more than two models side by side.

    A backend that runs queries in a way of its own is left to it, and so is SQL with other parameters.
    """
    compiler: Any = tokens.query.get_compiler(using=tokens.db)
    own = type(compiler)
    if own.execute_sql is not SQLCompiler.execute_sql or own.results_iter is not SQLCompiler.results_iter:
        return None
    sql, params = compiler.as_sql()
    parts = _parts(compiler)
    if parts is None or tuple(params) != (_ANY,):
        return None
    converters = compiler.get_converters([each[0] for each in compiler.select])
    places = tuple((place, tuple(functions), expression) for place, (functions, expression) in converters.items())
    return Statement(tokens.db, sql, *parts, places)


def _parts(compiler: Any) -> tuple[Part, Part] | None:
    """Return where a row has the token and the user, if it has nothing else."""
    token = compiler.klass_info
    related = token["related_klass_infos"]
    if compiler.annotation_col_map or compiler.has_extra_select or len(related) != 1:
        return None
    parts = _part(token, compiler.select), _part(related[0], compiler.select)
    width = sum(len(part.names) for part in parts)
    whole = all(part.names == tuple(field.attname for field in part.model._meta.concrete_fields) for part in parts)
    return parts if whole and width == len(compiler.select) and not related[0]["related_klass_infos"] else None


def _part(info: Any, select: Sequence[Any]) -> Part:
    first, last = info["select_fields"][0], info["select_fields"][-1]
    columns = slice(first, last + 1)
    return Part(info["model"], tuple(each[0].target.attname for each in select[columns]), columns)
