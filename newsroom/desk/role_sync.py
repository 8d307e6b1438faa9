"""The table of roles (`newsroom/roles.py`) as groups, after each migration.

A role's group has exactly the table's permissions: what was added by hand is taken away, so that
the table is the truth. Groups that are no role's are left alone.
"""

from typing import Any

from django.apps import AppConfig
from django.apps import apps as all_apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
)

from newsroom import roles

# The group that Wagtail's first migration gives its review task to.
WAGTAILS_REVIEWERS = "Moderators"


class UnknownPermission(LookupError):
    """The table of roles names a permission that no model has."""


def sync_after_migrate(sender: AppConfig, **_signal: Any) -> None:
    """Called for each app that has models; the work is done once, after the last."""
    if sender == _apps_with_models()[-1]:
        sync_roles()


def sync_roles() -> None:
    """Bring every role's group in line with the table. Raises `UnknownPermission`."""
    _make_permissions()
    for role in roles.ROLES:
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set(_permissions(roles.PERMISSIONS.get(role, set())))
        _sync_pages(group, roles.PAGES.get(role, set()))
        _sync_collections(group, roles.COLLECTIONS.get(role, set()))
    _sync_reviewers()


def _make_permissions() -> None:
    """Apps that are migrated later than ours have no permissions yet the first time."""
    for app in _apps_with_models():
        create_permissions(app, verbosity=0)


def _apps_with_models() -> list[AppConfig]:
    return [app for app in all_apps.get_app_configs() if app.models_module]


def _permissions(names: set[str]) -> list[Permission]:
    wanted = Q(pk__in=[])
    for name in names:
        app, codename = name.split(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = list(Permission.objects.filter(wanted).select_related("content_type"))
    known = {f"{each.content_type.app_label}.{each.codename}" for each in found}
    if missing := names - known:
        raise UnknownPermission(f"No model has the permission {', '.join(sorted(missing))}.")
    return found


def _sync_pages(group: Group, codenames: set[str]) -> None:
    """Rights over each language's front page, and so over everything beneath it."""
    fronts = list(Page.objects.filter(depth=2))
    kept = _page_permissions(codenames)
    stale = GroupPagePermission.objects.filter(group=group)
    stale.exclude(page__in=fronts, permission__in=kept).delete()
    for page in fronts:
        for permission in kept:
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)


def _sync_reviewers() -> None:
    """Whoever may publish reviews what reporters submit (Wagtail's own first workflow)."""
    reviewers = [role for role, rights in roles.PAGES.items() if "publish_page" in rights]
    for task in GroupApprovalTask.objects.filter(groups__name=WAGTAILS_REVIEWERS):
        task.groups.add(*Group.objects.filter(name__in=reviewers))


def _sync_collections(group: Group, codenames: set[str]) -> None:
    root = Collection.get_first_root_node()
    if root is None:
        return
    kept = list(
        Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=codenames)
    )
    stale = GroupCollectionPermission.objects.filter(group=group)
    stale.exclude(collection=root, permission__in=kept).delete()
    for permission in kept:
        GroupCollectionPermission.objects.get_or_create(
            group=group, collection=root, permission=permission
        )


def _page_permissions(codenames: set[str]) -> list[Permission]:
    return list(
        Permission.objects.filter(
            content_type__app_label="wagtailcore",
            content_type__model="page",
            codename__in=codenames,
        )
    )
