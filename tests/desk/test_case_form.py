"""Milestones, what a gift pays for and answers, as staff type them in lines."""

from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.desk.people import SignIn
from tests.money.test_milestones import charge

pytestmark = pytest.mark.django_db


@pytest.fixture
def fundraiser(sign_in: SignIn) -> Client:
    the_default_campaign()
    return sign_in("fundraiser")


def typed(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    """The three lists as a browser sends them, each with an empty line at its end."""
    fields: dict[str, Any] = {}
    for prefix in ("milestones", "uses", "questions"):
        lines = [*lists.get(prefix, []), {}]
        fields |= {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": 0}
        for n, line in enumerate(lines):
            fields |= {f"{prefix}-{n}-{name}": value for name, value in line.items()}
    return fields


def send(client: Client, campaign: Campaign, **lists: list[dict[str, Any]]):
    return client.post(f"/desk/campaigns/{campaign.pk}/case/", typed(**lists))


def test_lines_are_kept_shown_to_readers_and_written_down(fundraiser: Client) -> None:
    campaign = a_campaign(goal=10_000_000)
    answer = send(
        fundraiser,
        campaign,
        milestones=[{"amount": "$25,000", "words": "A boat for the summer"}],
        uses=[{"amount": "50", "words": "a day of a photographer"}],
        questions=[{"question": "Can I get it back?", "answer": "Yes.\n\nWithin 60 days."}],
    )
    assert answer.status_code == 302
    page = Client().get(campaign.get_absolute_url()).content.decode()
    for said in ("$25,000", "A boat for the summer", "Can I get it back?", "Within 60 days."):
        assert said in page
    assert f"{campaign.give_url}?via=campaign&amp;amount=5000" in page
    again = fundraiser.get(f"/desk/campaigns/{campaign.pk}/case/").content.decode()
    assert 'value="25,000"' in again
    entry = AuditEntry.objects.get(verb="changed")
    assert entry.details["after"]["milestones"] == [[2_500_000, "A boat for the summer", None]]


def test_a_refusal_stands_in_its_line_and_nothing_typed_is_lost(fundraiser: Client) -> None:
    campaign = a_campaign()
    charge(campaign, 30_000)
    answer = send(
        fundraiser,
        campaign,
        milestones=[{"amount": "200", "words": "Too low"}, {"amount": "500", "words": "Right"}],
        uses=[{"amount": "50", "words": "a day of a photographer"}],
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "$300 has been raised already" in page
    assert "Too low" in page
    assert "a day of a photographer" in page
    assert not campaign.marks.exists()
    assert not campaign.gift_uses.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"amount": "25"}, "Fill this in too"),
        ({"words": "A boat"}, "Fill this in too"),
        ({"amount": "-5", "words": "A boat"}, "above zero"),
        ({"amount": "many", "words": "A boat"}, "in digits"),
        ({"amount": "25", "words": "x" * 201}, "200"),
        ({"amount": "25", "words": "A boat", "picture": "999999"}, "picture"),
    ],
)
def test_half_a_line_or_a_wrong_amount_is_answered_beside_it(
    fundraiser: Client, line: dict[str, str], said: str
) -> None:
    campaign = a_campaign()
    answer = send(fundraiser, campaign, milestones=[line])
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not campaign.marks.exists()


def test_an_emptied_line_is_gone_but_not_one_that_was_reached(fundraiser: Client) -> None:
    campaign = a_campaign()
    lines = [{"amount": "200", "words": "First"}, {"amount": "500", "words": "Second"}]
    assert send(fundraiser, campaign, milestones=lines).status_code == 302
    charge(campaign, 20_000)
    assert send(fundraiser, campaign, milestones=lines[:1]).status_code == 302
    answer = send(fundraiser, campaign)
    assert answer.status_code == 422
    assert "was reached and announced" in answer.content.decode()
    assert [m.words for m in campaign.marks.all()] == ["First"]


def test_who_does_not_plan_campaigns_does_not_reach_the_lines(sign_in: SignIn) -> None:
    campaign = a_campaign()
    assert sign_in("treasurer").get(f"/desk/campaigns/{campaign.pk}/case/").status_code == 302
