"""What `manage.py setup_newsroom` promises to who starts a newsroom of their own."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Site

from articles.models import Purpose, Section, StandingPage
from articles.navigation import forget
from campaigns.models import Campaign
from newsroom.branding.models import Branding

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_navigation_of_another_test() -> None:
    forget()


def set_up(*arguments: str) -> str:
    said = StringIO()
    call_command("setup_newsroom", *arguments, stdout=said)
    return said.getvalue()


def test_a_new_newsroom_has_a_name_an_address_sections_pages_and_a_general_fund(settings: Any):
    settings.BASE_URL = "https://tidewire.example"
    said = set_up("--name", "Tide & Wire", "--section", "Sea", "--section", "Cities & Heat")
    assert "Tide & Wire stands at https://tidewire.example." in said
    assert Branding.load().name == "Tide & Wire"
    site = Site.objects.get()
    assert (site.hostname, site.port, site.site_name) == ("tidewire.example", 443, "Tide & Wire")
    sections = Section.objects.live().order_by("path").values_list("title", "slug")
    assert list(sections) == [("Sea", "sea"), ("Cities & Heat", "cities-heat")]
    purposes = set(StandingPage.objects.live().values_list("purpose", flat=True))
    assert purposes == set(Purpose.values) - {"other"}
    fund = Campaign.objects.get()
    assert (fund.slug, fund.is_default, fund.ends_at) == ("general-fund", True, None)
    assert "Readers pay for Tide & Wire." in fund.appeal
    assert "Tide &amp; Wire" in fund.case


def test_every_page_it_makes_can_be_read():
    set_up("--name", "Tidewire", "--section", "Sea", "--contact-email", "desk@tidewire.example")
    client = Client()
    paths = [
        "/",
        "/sea/",
        "/corrections/policy/",
        "/campaigns/general-fund/",
        "/give/general-fund/",
    ]
    others = StandingPage.objects.exclude(purpose=Purpose.CORRECTIONS)
    paths += [f"/{slug}/" for slug in others.values_list("slug", flat=True)]
    for path in paths:
        assert client.get(path).status_code == 200, path
    policy = client.get("/corrections/policy/").content.decode()
    for word in ("Correction.", "Clarification.", "Update.", "Retraction.", "Minor edit."):
        assert word in policy
    assert "desk@tidewire.example" in policy


def test_a_second_run_makes_nothing_and_keeps_what_editors_changed():
    set_up("--name", "Tidewire", "--section", "Sea")
    page = StandingPage.objects.get(purpose=Purpose.CORRECTIONS)
    page.body = "<p>Our own words.</p>"
    page.save_revision().publish()
    Campaign.objects.update(title="The tide fund")
    said = set_up("--section", "Sea", "--section", "Air")
    assert said.count("made.") == 1
    assert "Section “Air”: made." in said
    page.refresh_from_db()
    assert page.body == "<p>Our own words.</p>"
    assert Campaign.objects.get().title == "The tide fund"
    assert Branding.load().name == "Tidewire"


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--section", "Give"), "The site itself uses this address"),
        (("--section", " ! "), "A section needs a title"),
        (("--section", "About"), "in use"),
        (("--contact-email", "nowhere"), "valid email"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_nothing_is_half_made(
    arguments: tuple[str, ...], fault: str
):
    with pytest.raises(CommandError, match=fault):
        set_up("--name", "Tidewire", "--section", "Sea", *arguments)
    assert not Section.objects.exists()
    assert not Campaign.objects.exists()
    assert Branding.load().name != "Tidewire"
