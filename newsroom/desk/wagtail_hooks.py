"""The desk's own pages and the first panel of its home page."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsroom.desk import own_words, views
from newsroom.desk.panels import TodayPanel
from newsroom.furniture import PermittedItem


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [
        path("health/", views.health_page, name="desk_health"),
        path("audit/", views.audit_log, name="desk_audit"),
        path("words/<str:language>/", own_words.own_words, name="own_words"),
    ]


@hooks.register("register_admin_menu_item")
def health_item() -> MenuItem:
    return PermittedItem(
        _("Health"),
        reverse_lazy("desk_health"),
        name="health",
        icon_name="crosshairs",
        order=900,
        permissions=["campaigns.view_inboxevent"],
    )


@hooks.register("register_reports_menu_item")
def audit_item() -> MenuItem:
    return PermittedItem(
        _("Audit log"),
        reverse_lazy("desk_audit"),
        name="audit-log",
        icon_name="history",
        order=50,
        permissions=["audit.view_auditentry"],
    )


@hooks.register("register_settings_menu_item")
def own_words_item() -> MenuItem:
    # One other language so far (`settings.LANGUAGES`).
    other = next(code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE)
    return PermittedItem(
        _("Own words, translated"),
        reverse_lazy("own_words", args=[other]),
        name="own-words",
        icon_name="globe",
        order=70,
        permissions=[own_words.MAY],
    )


@hooks.register("construct_homepage_panels")
def first_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, TodayPanel(request))


@hooks.register("insert_global_admin_css")
def desk_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))
