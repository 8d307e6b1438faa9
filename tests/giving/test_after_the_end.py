"""After the deadline: the result is shown, and giving goes on or is closed as staff chose."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign, Donation
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.giving.test_bad_input import send
from tests.money.test_milestones import charge, refund

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund() -> Campaign:
    default = the_default_campaign()
    Campaign.objects.filter(pk=default.pk).update(title="General fund", amounts=[1000, 2500])
    default.refresh_from_db()
    return default


def over(**more) -> Campaign:
    now = timezone.now()
    begun = {"starts_at": now - timedelta(days=40), "ends_at": now - timedelta(days=1)}
    return a_campaign(title="The field season", **begun, **more)


def read(path: str) -> str:
    return " ".join(Client().get(path).content.decode().split())


def test_where_giving_goes_on_the_give_page_says_so_and_takes_the_gift_at_once(
    fund: Campaign,
) -> None:
    page = read(over().give_url)
    assert "The field season</a> ended on" in page
    assert f'action="{fund.give_url}start/"' in page
    assert "would go to <strong>General fund</strong>" in page


def test_where_it_is_closed_the_page_says_so_and_offers_the_default_one(fund: Campaign) -> None:
    page = read(over(after_end="closed").give_url)
    assert "Giving to it is closed" in page
    assert '<form class="give-form"' not in page
    assert f'href="{fund.give_url}"' in page
    assert "Give to General fund instead" in page


def test_a_form_sent_too_late_is_shown_again_with_all_that_was_typed_and_begins_nothing(
    fund: Campaign,
) -> None:
    answer = send(over(), amount="5000", message="Keep going", cover="on", tribute_name="Tom")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'name="own_amount"' in page
    assert 'value="50"' in page
    for kept in ("Keep going", 'name="cover" value="on" checked', "Tom"):
        assert kept in page
    assert not Donation.objects.exists()


def test_a_campaign_that_has_not_begun_takes_nothing_yet(fund: Campaign) -> None:
    soon = a_campaign(starts_at=timezone.now() + timedelta(days=1))
    assert "has not begun yet" in read(soon.give_url)


def test_the_page_of_a_campaign_that_is_over_shows_what_became_of_it(fund: Campaign) -> None:
    campaign = over(goal=100_000, thanks="You did it.", outcome="<p>Travel, mostly.</p>")
    charge(campaign, 120_000)
    refund(campaign, 30_000)
    page = read(campaign.get_absolute_url())
    for said in (
        "The goal was reached",
        "$900</strong> towards the goal of $1,000",
        "Gifts given back since then are taken off the bar.",
        "You did it.",
        "Travel, mostly.",
        "Give to General fund",
    ):
        assert said in page
    assert f'href="{campaign.give_url}' not in page


def test_one_that_fell_short_says_by_how_much(fund: Campaign) -> None:
    campaign = over(goal=100_000, after_end="closed")
    charge(campaign, 40_000)
    page = read(campaign.get_absolute_url())
    assert "It ended $600 short of the goal." in page
    assert "Giving to this campaign is closed." in page
