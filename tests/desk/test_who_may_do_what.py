"""Who may do what with stories, their record, comments and pictures: the whole table."""

import pytest
from django.contrib.auth.models import Group
from wagtail.images import get_image_model
from wagtail.permissions import policy_registry

from articles.models import Article
from newsroom import roles
from newsroom.desk.role_sync import sync_roles
from newsroom.readers.models import Reader
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

RIGHTS = {
    "decide on comments": "articles.change_comment",
    "trust and ban commenters": "articles.change_commenter",
    "answer error reports": "articles.change_errorreport",
    "see reporters' addresses": "articles.view_reportcontact",
    "read the corrections": "articles.view_correction",
    "agree to removals": "articles.agree_removal",
    "change people": "articles.change_person",
    "see pictures' rights": "articles.view_imagerights",
    "set what the newsroom is called": "branding.change_branding",
    "issue tax receipts": "campaigns.issue_taxreceipt",
    "set what tax receipts say": "campaigns.change_receiptissuer",
    "attribute stray money": "campaigns.attribute_money",
}
KEEPS_BOOKS = {"issue tax receipts", "set what tax receipts say", "attribute stray money"}
WRITES = {"write a story", "add a picture"}
EDITS = WRITES | {
    "publish",
    "lock",
    "decide on comments",
    "trust and ban commenters",
    "answer error reports",
    "read the corrections",
    "change people",
    "see pictures' rights",
}
KEEPS_STANDARDS = EDITS | {
    "agree to removals",
    "see reporters' addresses",
    "set what the newsroom is called",
}
TABLE = {
    roles.REPORTER: WRITES,
    roles.EDITOR: EDITS,
    roles.STANDARDS_EDITOR: KEEPS_STANDARDS,
    roles.PUBLISHER: KEEPS_STANDARDS,
    roles.FUNDRAISER: set(),
    roles.TREASURER: KEEPS_BOOKS,
    roles.ADMINISTRATOR: KEEPS_STANDARDS | KEEPS_BOOKS,
}


def may(person: Reader, story: Article) -> set[str]:
    pictures = policy_registry.get_by_type(get_image_model())
    page = story.permissions_for_user(person)
    found = {name for name, right in RIGHTS.items() if person.has_perm(right)}
    asked = {
        "write a story": story.get_parent().permissions_for_user(person).can_add_subpage(),
        "publish": page.can_publish(),
        "lock": page.can_lock(),
        "add a picture": pictures.user_has_permission(person, "add"),
    }
    return found | {name for name, allowed in asked.items() if allowed}


def test_each_role_may_do_what_its_row_says_and_nothing_else() -> None:
    sync_roles()
    story = newsroom.story(newsroom.section())
    found = {}
    for role in roles.ROLES:
        person = newsroom.editor(is_superuser=False)
        person.groups.add(Group.objects.get(name=role))
        found[role] = may(person, story)
    assert found == TABLE
