"""What stands around every page of ours on the desk: title, the way back, buttons, menu items."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from newsroom.readers.models import Reader

Crumb = tuple[str, str]


def desk_page(
    title: str,
    *,
    icon: str,
    trail: Sequence[Crumb] = (),
    buttons: Sequence[HeaderButton] = (),
    **context: Any,
) -> dict[str, Any]:
    """The context for a template that extends `wagtailadmin/generic/base.html`.

    `trail` is the (address, label) of each page between the desk's home and this one.
    """
    way = [(reverse("wagtailadmin_home"), gettext("Home")), *trail, ("", title)]
    return {
        "page_title": title,
        "header_title": title,
        "header_icon": icon,
        "breadcrumbs_items": [{"url": url, "label": label} for url, label in way],
        "header_buttons": list(buttons),
        **context,
    }


def acting(request: HttpRequest) -> Reader:
    """Who acts, on a page that a permission guards: never a stranger."""
    if not isinstance(request.user, Reader):
        raise PermissionDenied
    return request.user


class NamedPage(WagtailAdminTemplateMixin):
    """One page of the desk, named in the trail that leads to it and so in its head."""

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]


class PermittedItem(MenuItem):
    """A menu item for those who have any of `permissions`."""

    def __init__(self, *args: Any, permissions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permissions = permissions

    def is_shown(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(permission) for permission in self.permissions)
