"""Campaigns and money on the desk: their addresses and their menu."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, include, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from articles.models import Article
from campaigns.desk import urls
from newsroom.furniture import PermittedItem
from newsroom.readers.models import Reader

# Label, address, icon, who sees it.
ITEMS = [
    (
        _("Campaigns"),
        "campaigns",
        "calendar-check",
        ("campaigns.view_campaign", "campaigns.view_analytics"),
    ),
    (_("Donations"), "donations", "tick-inverse", ("campaigns.view_donation",)),
    (_("Donors"), "donors", "user", ("campaigns.view_donor",)),
    (_("Thank-you calls"), "calls", "comment", ("campaigns.view_thankyoucall",)),
    (_("Segments"), "segments", "group", ("campaigns.view_segment",)),
    (
        _("Recurring donations"),
        "recurring",
        "rotate",
        ("campaigns.view_recurringdonation",),
    ),
    (_("Monthly giving"), "monthly", "history", ("campaigns.view_analytics",)),
    (_("Offline gifts"), "offline", "download", ("campaigns.view_offlinegift",)),
    (_("Tax receipts"), "tax_receipts", "doc-full", ("campaigns.view_taxreceipt",)),
    (_("Ledger"), "ledger", "list-ul", ("campaigns.view_ledgerentry",)),
    (_("Unattributed money"), "unattributed", "help", ("campaigns.view_ledgerentry",)),
    (_("Payouts"), "payouts", "download", ("campaigns.view_payout",)),
    (_("Fraud warnings"), "warnings", "warning", ("campaigns.view_fraudwarning",)),
    (_("Reconciliations"), "reconciliations", "resubmit", ("campaigns.view_reconciliation",)),
    (_("Card testing"), "card_testing", "lock", ("campaigns.view_givehour",)),
    (_("Mails to you"), "mails", "mail", ("campaigns.view_analytics",)),
    (_("Inbox"), "inbox", "mail", ("campaigns.view_inboxevent",)),
]


@hooks.register("register_page_listing_more_buttons")
def story_figures_button(page: Page, user: Reader, next_url: str | None = None) -> Iterator[Button]:
    """From the list of pages to a story's figures; writers have theirs in the menu."""
    sees = user.has_perm("campaigns.view_analytics")
    if sees and isinstance(page, Article) and page.current_version_id:
        url = reverse("campaigns_desk:story_figures", args=[page.pk])
        yield Button(_("Figures"), url, icon_name="view", priority=60)


@hooks.register("register_admin_menu_item")
def my_stories_item() -> MenuItem:
    """For who sees no campaign's figures: their own stories'."""
    return PermittedItem(
        _("My stories’ figures"),
        reverse_lazy("campaigns_desk:my_stories"),
        name="my-stories",
        icon_name="view",
        order=160,
        permissions=("wagtailadmin.access_admin",),
    )


@hooks.register("register_admin_urls")
def money_urls() -> list[URLPattern | URLResolver]:
    return [path("", include(urls))]


@hooks.register("register_admin_menu_item")
def giving_menu() -> MenuItem:
    items = [
        PermittedItem(
            label,
            reverse_lazy(f"campaigns_desk:{address}"),
            name=f"giving-{address}",
            icon_name=icon,
            order=order,
            permissions=permissions,
        )
        for order, (label, address, icon, permissions) in enumerate(ITEMS)
    ]
    return SubmenuMenuItem(
        _("Giving"), Menu(items=items), name="giving", icon_name="calendar-check", order=250
    )
