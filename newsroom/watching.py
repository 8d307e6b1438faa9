"""Lists on the desk of what comes from elsewhere, and menu lines that say how many wait."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.functional import cached_property
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet


class CountingItem(MenuItem):
    """A menu line that says how many wait; who uses it says how many."""

    def waiting(self) -> int:
        raise NotImplementedError

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        if waiting := self.waiting():
            component.label = f"{self.label} ({waiting})"
        return component


class WatchedViewSet(ModelViewSet):
    """A list of what comes from elsewhere: looked at and decided on, never added, changed or
    deleted by hand. Its menu line says how many are `waiting`."""

    add_to_admin_menu = True
    add_to_reference_index = False
    copy_view_enabled = False
    inspect_view_enabled = True
    list_per_page = 50

    def waiting(self) -> int:
        """Asked each time a page of the desk is shown: at most one cheap query."""
        return 0

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
