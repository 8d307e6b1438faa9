"""Each role may do what the table says, and nothing else, after each migration."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from wagtail.models import GroupApprovalTask, GroupPagePermission, Page

from articles.models import Article, FrontPage
from newsroom import roles
from newsroom.desk.role_sync import UnknownPermission, sync_roles
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, create, typed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def synced(db: None) -> None:
    sync_roles()


def somebody(role: str) -> Reader:
    reader = newsroom.editor(is_superuser=False)
    reader.groups.add(Group.objects.get(name=role))
    return reader


@pytest.mark.parametrize("role", roles.ROLES)
def test_a_role_has_the_tables_permissions_and_no_other(role: str) -> None:
    reader = somebody(role)
    assert reader.get_all_permissions() == roles.PERMISSIONS[role]
    front = FrontPage.objects.get()
    held = GroupPagePermission.objects.filter(group__name=role)
    assert {each.permission.codename for each in held} == roles.PAGES.get(role, set())
    assert {each.page_id for each in held} <= {front.pk}


def test_syncing_again_takes_away_what_was_added_by_hand() -> None:
    group = Group.objects.get(name=roles.REPORTER)
    group.permissions.add(Permission.objects.get(codename="change_person"))
    publish = Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(
        group=group, page=Page.objects.get(depth=2), permission=publish
    )
    sync_roles()
    sync_roles()
    test_a_role_has_the_tables_permissions_and_no_other(roles.REPORTER)


def test_groups_that_are_no_role_are_left_alone() -> None:
    group = Group.objects.create(name="friends of the newsroom")
    group.permissions.add(Permission.objects.get(codename="view_person"))
    sync_roles()
    assert group.permissions.count() == 1


def test_a_permission_no_model_has_is_named(monkeypatch: Any) -> None:
    monkeypatch.setitem(roles.PERMISSIONS, roles.EDITOR, {"articles.fly"})
    with pytest.raises(UnknownPermission, match=r"articles\.fly"):
        sync_roles()


@pytest.mark.parametrize("role", roles.ROLES)
def test_who_may_publish_a_story(role: str, client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    section = newsroom.section()
    client.force_login(somebody(role), backend="django.contrib.auth.backends.ModelBackend")
    answer = create(client, section, typed("Ice", "One.", slug="ice"), **PUBLISH)
    made = Article.objects.filter(slug="ice").first()
    rights = roles.PAGES.get(role, set())
    assert (made is not None) == ("add_page" in rights)
    assert bool(made and made.live) == ("publish_page" in rights), answer


def test_who_may_publish_reviews_what_reporters_submit() -> None:
    task = GroupApprovalTask.objects.get()
    reviewers = {group.name for group in task.groups.all()} & set(roles.ROLES)
    assert reviewers == {role for role, held in roles.PAGES.items() if "publish_page" in held}
