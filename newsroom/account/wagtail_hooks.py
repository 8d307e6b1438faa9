"""Personal data on the desk: its addresses and its line in the menu."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsroom.account.desk import privacy
from newsroom.account.models import AccessRequest
from newsroom.furniture import PermittedItem
from newsroom.watching import CountingItem


class PrivacyItem(CountingItem, PermittedItem):
    """Says how many requests are open and due within a week."""

    def waiting(self) -> list[QuerySet[Any]]:
        soon = timezone.localdate() + timedelta(days=7)
        return [AccessRequest.objects.filter(closed_at=None, due_on__lte=soon)]

    def is_shown(self, request: HttpRequest) -> bool:
        return PermittedItem.is_shown(self, request)


@hooks.register("register_admin_urls")
def privacy_urls() -> list[URLPattern]:
    return privacy.urlpatterns


@hooks.register("register_admin_menu_item")
def privacy_item() -> MenuItem:
    return PrivacyItem(
        _("Personal data"),
        reverse_lazy("privacy_requests"),
        name="personal-data",
        icon_name="lock",
        order=890,
        permissions=[privacy.SEE],
    )
