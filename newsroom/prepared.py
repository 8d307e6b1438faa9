"""Queries that are put together once for the process and then only asked.

The ORM takes longer to compile a query of some joins than PostgreSQL to answer it. A page that is
asked for hundreds of times a second compiles its queries at the first request:

    _entries = Prepared(lambda story: Correction.objects.filter(article=story), int)
    _entries.all(7)

`build` is called once, with a stand-in for each of `kinds`; what it makes of a value beyond handing
it to the database (a comparison, an `if`) is settled then. Its answer is a queryset of instances
(`select_related`, `only`, annotations), of `values()` or of `values_list()`; slices belong inside.
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

_STAND_INS: Final[dict[type, Callable[[int], Any]]] = {
    int: lambda place: 2_147_480_001 + place,
    str: lambda place: f"stand-in {place}",
    datetime: lambda place: datetime(4711, 1, 1 + place, tzinfo=UTC),
}


class Prepared:
    """A query asked with values of `kinds` (int, str, aware datetime), in `build`'s order."""

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], *kinds: type) -> None:
        self._build = build
        self._marks = [_STAND_INS[kind](place) for place, kind in enumerate(kinds)]
        self._ready: tuple[QuerySet[Any, Any], SQLCompiler, str, list[Any]] | None = None

    def all(self, *values: Any) -> list[Any]:
        """The rows, as iterating the queryset gives them. One query."""
        queryset, compiler, sql, given = self._ready or self._compile()
        params = tuple([self._value(each, values) for each in given])
        asked = copy.copy(compiler)
        asked.connection = connections[queryset.db]
        asked.as_sql = lambda *_args, **_kwargs: (sql, params)  # type: ignore[method-assign]
        query = object.__new__(type(queryset.query))
        query.__dict__ = queryset.query.__dict__ | {"get_compiler": lambda *_a, **_k: asked}
        this: Any = type(queryset)(model=queryset.model, query=query, using=queryset.db)
        same: Any = queryset
        this._iterable_class, this._fields = same._iterable_class, same._fields
        return list(this)

    def first(self, *values: Any) -> Any:
        """The first row or None; `build` says `[:1]`."""
        rows = self.all(*values)
        return rows[0] if rows else None

    def _compile(self) -> "tuple[QuerySet[Any, Any], SQLCompiler, str, list[Any]]":
        queryset = self._build(*self._marks)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, params = compiler.as_sql()
        given = list(params)
        if missing := [mark for mark in self._marks if not any(_is(p, mark) for p in given)]:
            raise ValueError(f"The query does not hand on the values in place of {missing}.")
        self._ready = queryset, compiler, sql, given
        return self._ready

    def _value(self, given: Any, values: tuple[Any, ...]) -> Any:
        for mark, value in zip(self._marks, values, strict=True):
            if _is(given, mark):
                # Integers go in a type of the driver's own that says how wide they are.
                return value if type(given) is type(mark) else type(given)(value)
        return given


def _is(given: Any, mark: Any) -> bool:
    return isinstance(given, type(mark)) and bool(given == mark)
