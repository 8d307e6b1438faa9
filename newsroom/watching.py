"""Lists on the desk of what comes from elsewhere, and menu lines that say how many wait."""

from contextlib import suppress
from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet


class CountingItem(MenuItem):
    """A menu line that says how many wait; who uses it says which rows.

    All lines of a page are counted in one query, so that the desk's menu costs each page the same
    however many lines count.
    """

    _all: ClassVar[dict[str, "CountingItem"]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._all[self.name] = self

    def waiting(self) -> list[QuerySet[Any]]:
        """The rows that wait, each counted once in its own set."""
        raise NotImplementedError

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        if waiting := self._counts(request)[self.name]:
            component.label = f"{self.label} ({waiting})"
        return component

    @classmethod
    def _counts(cls, request: HttpRequest) -> dict[str, int]:
        """How many wait behind each line, once for each request."""
        counts: dict[str, int] | None = getattr(request, "_waiting", None)
        if counts is None:
            counts = request._waiting = count_together(  # type: ignore[attr-defined]
                {name: item.waiting() for name, item in cls._all.items()}
            )
        return counts


def count_together(rows: dict[str, list[QuerySet[Any]]]) -> dict[str, int]:
    """How many rows each name has, all in one query."""
    names, parts, values = [], [], []
    for name, sets in rows.items():
        for each in sets:
            # A set that can hold nothing has no SQL.
            with suppress(EmptyResultSet):
                sql, params = each.order_by().values("pk").query.sql_with_params()
                names.append(name)
                parts.append(f"(SELECT count(*) FROM ({sql}) one)")  # noqa: S608
                values.extend(params)
    counts = dict.fromkeys(rows, 0)
    if not parts:
        return counts
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        for name, count in zip(names, cursor.fetchone(), strict=True):
            counts[name] += count
    return counts


class WatchedViewSet(ModelViewSet):
    """A list of what comes from elsewhere: looked at and decided on, never added, changed or
    deleted by hand. Its menu line says how many are `waiting`."""

    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = 50

    def waiting(self) -> list[QuerySet[Any]]:
        """Counted each time a page of the desk is shown, by an index."""
        return []

    @cached_property
    def menu_item_class(self) -> type[MenuItem]:
        shown_by_permission = super().menu_item_class
        counted = {"waiting": lambda _item: self.waiting()}
        return type("WatchedItem", (CountingItem, shown_by_permission), counted)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        unused = ("add", "edit", "delete", "history", "usage")
        return super().get_common_view_kwargs(**kwargs) | {
            f"{name}_url_name": None for name in unused
        }

    def get_urlpatterns(self) -> list[URLPattern]:
        inspected = path("<int:pk>/", self.inspect_view, name="inspect")
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            *([inspected] if self.inspect_view_enabled else []),
        ]
