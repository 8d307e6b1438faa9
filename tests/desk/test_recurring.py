"""Recurring donations on the desk: who sees them, what they come to, and what renewals brought."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns import analytics, recurring_figures
from campaigns.models import Campaign, Donor, Instalment, RecurringDonation
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn
from tests.desk.test_campaign_form import typed

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 10, 16, tzinfo=UTC)


def a_recurring(campaign: Campaign, **fields: Any) -> RecurringDonation:
    mark = uuid.uuid4().hex[:10]
    first = a_gift(campaign, 2000, NOW)
    assert first.donation
    return RecurringDonation.objects.create(
        **{
            "subscription": f"sub_{mark}",
            "customer": f"cus_{mark}",
            "first": first.donation,
            "campaign": campaign,
            "donor": Donor.objects.create(email=f"{mark}@example.org", name="Nora Fell"),
            "amount": 2000,
            "currency": campaign.currency,
            "frequency": "month",
            "state": "active",
            "started_at": NOW,
            "next_at": NOW + timedelta(days=30),
            **fields,
        }
    )


def test_what_regular_donors_give_in_a_year_is_beside_the_total_and_not_in_it(
    sign_in: SignIn,
) -> None:
    campaign = a_campaign(ends_at=None)
    a_recurring(campaign)
    a_recurring(campaign, state="unpaid", amount=500)
    a_recurring(campaign, frequency="year", amount=10000)
    a_recurring(campaign, state="paused")
    a_recurring(campaign, state="ended", ended_at=NOW, ended_by="payment")
    a_recurring(campaign, state="started")
    found = recurring_figures.of_campaign(campaign)
    assert (found.monthly, found.yearly, found.a_year.amount) == (2, 1, 12 * 2500 + 10000)
    (all_of_them,) = recurring_figures.by_currency(NOW + timedelta(days=1))
    assert (all_of_them.paused, all_of_them.begun_lately) == (1, 5)
    assert (all_of_them.ended_lately, all_of_them.ended_by_payment) == (1, 1)
    shown = sign_in("publisher").get(campaign.get_absolute_url()).content.decode()
    assert "3 people give regularly: together $400 in a year" in shown


def test_staff_find_a_recurring_gift_by_state_and_by_donor(sign_in: SignIn) -> None:
    campaign = a_campaign()
    one, other = a_recurring(campaign), a_recurring(campaign, state="unpaid")
    assert one.donor
    treasurer = sign_in("treasurer")

    def listed(query: str) -> list[RecurringDonation]:
        return list(treasurer.get(f"/desk/recurring/{query}").context["rows"])

    assert listed("") == [other, one]
    assert listed("?state=unpaid") == [other]
    assert listed(f"?q={one.donor.email}") == [one]
    assert listed(f"?q={other.subscription}") == [other]
    assert listed("?q=nobody@example.org") == []


def test_one_page_tells_its_life_and_donors_are_seen_by_who_may(sign_in: SignIn) -> None:
    recurring = a_recurring(a_campaign())
    Instalment.objects.create(
        recurring=recurring,
        invoice="in_77",
        donation=recurring.first,
        amount=2000,
        state="open",
        due_at=NOW,
        tries=2,
        next_try_at=NOW + timedelta(days=3),
    )
    shown = sign_in("treasurer").get(f"/desk/recurring/{recurring.pk}/").content.decode()
    for part in ("in_77", "Nora Fell", recurring.subscription, "End this recurring donation"):
        assert part in shown, part
    for_others = sign_in("fundraiser").get(f"/desk/recurring/{recurring.pk}/").content.decode()
    assert "in_77" in for_others
    assert "Nora Fell" not in for_others


def test_renewals_have_a_row_of_their_own_beside_the_stories(sign_in: SignIn) -> None:
    campaign = a_campaign(ends_at=None)
    recurring = a_recurring(campaign)
    renewal = a_gift(campaign, 2000, NOW + timedelta(days=30))
    assert renewal.donation
    renewal.donation.via = "renewal"
    renewal.donation.save()
    Instalment.objects.create(
        recurring=recurring,
        invoice="in_78",
        donation=renewal.donation,
        amount=2000,
        due_at=NOW + timedelta(days=30),
    )
    rows = {
        (story.renewals, story.article_id): (story.received, story.gifts)
        for story in analytics.by_story(campaign)
    }
    assert rows == {(True, None): (2000, 1), (False, None): (2000, 1)}


def test_staff_choose_amounts_for_each_frequency_and_none_switches_it_off(
    sign_in: SignIn,
) -> None:
    the_default_campaign()
    client = sign_in("fundraiser")
    lasting = typed(last_day="", monthly_typed="7, 14", yearly_typed="")
    assert client.post("/desk/campaigns/new/", lasting).status_code == 302
    campaign = Campaign.objects.get(slug="river")
    assert (campaign.monthly_amounts, campaign.yearly_amounts) == ([700, 1400], [])
    campaign.starts_at = NOW - timedelta(days=300)
    campaign.save()
    shown = client.get(campaign.give_url).content.decode()
    assert "How much each month?" in shown
    assert "How much each year?" not in shown
    answer = client.post(f"/desk/campaigns/{campaign.pk}/", typed(last_day="", monthly_typed="1"))
    assert "monthly_typed" in answer.context["form"].errors
