"""The desk's own pages and the first panel of its home page."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse_lazy
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsroom.desk import views
from newsroom.desk.panels import TodayPanel
from newsroom.furniture import PermittedItem


@hooks.register("register_admin_urls")
def desk_urls() -> list[URLPattern]:
    return [
        path("health/", views.health_page, name="desk_health"),
        path("audit/", views.audit_log, name="desk_audit"),
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


@hooks.register("construct_homepage_panels")
def first_panel(request: HttpRequest, panels: list[Any]) -> None:
    panels.insert(0, TodayPanel(request))


@hooks.register("insert_global_admin_css")
def desk_css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', static("css/desk.css"))
