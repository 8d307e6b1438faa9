"""Letters on the desk: their addresses and their menu."""

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from newsroom.furniture import PermittedItem
from newsroom.letters.desk import urls
from newsroom.letters.desk.letters import LetterViewSet, NewsletterViewSet
from newsroom.mail.models import AddressHold
from newsroom.watching import CountingItem

# Label, address, icon, who sees it.
ITEMS = [
    (_("Letters"), "letters:index", "mail", "letters.view_letter"),
    (_("Newsletters"), "newsletters:index", "list-ul", "letters.view_newsletter"),
    (_("Corrections for letters"), "letters_desk:owed", "warning", "letters.view_letter"),
    (_("How letters arrive"), "letters_desk:providers", "check", "letters.view_letter"),
]


class HeldItem(CountingItem, PermittedItem):
    """Says how many addresses are held, so that staff see it without looking."""

    def waiting(self) -> list[QuerySet[Any]]:
        return [AddressHold.objects.all()]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    return [LetterViewSet(), NewsletterViewSet()]


@hooks.register("register_admin_urls")
def letter_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(urls))]


@hooks.register("register_admin_menu_item")
def letters_menu() -> MenuItem:
    items = [
        PermittedItem(
            label,
            reverse_lazy(address),
            name=f"letters-{order}",
            icon_name=icon,
            order=order,
            permissions=[permission],
        )
        for order, (label, address, icon, permission) in enumerate(ITEMS)
    ]
    held = HeldItem(
        _("Held addresses"),
        reverse_lazy("letters_desk:holds"),
        name="letters-held",
        icon_name="warning",
        order=9,
        permissions=["mail.view_addresshold"],
    )
    return SubmenuMenuItem(
        _("Letters"), Menu(items=[*items, held]), name="letters", icon_name="mail", order=260
    )
