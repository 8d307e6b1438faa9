"""Campaigns as staff type them: money as people write it, deadlines as days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from campaigns.desk.forms import typed_amounts
from campaigns.models import Campaign, CampaignChange
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NEW = "/desk/campaigns/new/"


def typed(**changes: Any) -> dict[str, Any]:
    """The form as filled in for a good campaign."""
    return {
        "title": "Keep the river watched",
        "slug": "river",
        "appeal": "Goal: $100k by June 3",
        "goal_typed": "$100,000",
        "currency": "cad",
        "first_day": "2026-05-04",
        "last_day": "2026-06-03",
        "time_zone": "America/Toronto",
        "amounts_typed": "25, 50, 100, 1,000",
        "minimum_typed": "2",
        "maximum_typed": "25 000,00 $",
        "case": "null",
        "thanks": "Thank you.",
        "after_end": "goes_on",
        "outcome": "null",
        **changes,
    }


@pytest.fixture
def fundraiser(sign_in: SignIn) -> Client:
    the_default_campaign()
    return sign_in("fundraiser")


def refusals(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {name: list(errors) for name, errors in page.context["form"].errors.items()}


def test_a_campaign_typed_in_dollars_and_days_is_kept_in_cents_and_instants(
    fundraiser: Client,
) -> None:
    answer = fundraiser.post(NEW, typed(on_articles="on"))
    campaign = Campaign.objects.get(slug="river")
    assert answer.headers["Location"] == f"/desk/campaigns/{campaign.pk}/"
    assert (campaign.goal, campaign.minimum, campaign.maximum) == (10_000_000, 200, 2_500_000)
    assert campaign.amounts == [2500, 5000, 10000, 100_000]
    assert campaign.starts_at == datetime(2026, 5, 4, 4, tzinfo=UTC)
    assert campaign.ends_at == datetime(2026, 6, 4, 4, tzinfo=UTC)
    assert campaign.on_articles
    page = fundraiser.get(f"/desk/campaigns/{campaign.pk}/").content.decode()
    for shown in ('value="100,000"', 'value="2026-06-03"', 'value="25, 50, 100, 1,000"'):
        assert shown in page
    entry = AuditEntry.objects.get(verb="added")
    assert entry.target == f"campaigns.campaign:{campaign.pk}"
    assert entry.actor == Reader.objects.get(email="fundraiser@newsroom.example")


@pytest.mark.parametrize(
    ("last_day", "ends_at"),
    [
        ("2026-03-08", datetime(2026, 3, 9, 4, tzinfo=UTC)),
        ("2026-03-07", datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("2026-11-01", datetime(2026, 11, 2, 5, tzinfo=UTC)),
        ("2026-10-31", datetime(2026, 11, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_deadline_by_a_change_of_clocks_ends_when_that_day_is_over_there(
    fundraiser: Client, last_day: str, ends_at: datetime
) -> None:
    fundraiser.post(NEW, typed(first_day="2026-01-05", last_day=last_day))
    campaign = Campaign.objects.get(slug="river")
    assert campaign.ends_at == ends_at
    assert campaign.last_day is not None
    assert campaign.last_day.date() == date.fromisoformat(last_day)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"goal_typed": "lots"}, "goal_typed", "Enter the amount in digits"),
        ({"goal_typed": "-5"}, "goal_typed", "Enter an amount above zero."),
        ({"goal_typed": "0"}, "goal_typed", "Enter an amount above zero."),
        ({"goal_typed": "9" * 30}, "goal_typed", "That is more than there is."),
        ({"last_day": "2026-05-03"}, "last_day", "The last day is before the first."),
        ({"last_day": "0001-01-01"}, "last_day", "before the first"),
        ({"first_day": "9999-12-31", "last_day": "9999-12-31"}, "first_day", "between the years"),
        ({"first_day": "soon"}, "first_day", "Enter a valid date."),
        ({"amounts_typed": ";"}, "amounts_typed", "Enter at least one amount."),
        ({"amounts_typed": "1,2,3,4,5,6,7"}, "amounts_typed", "six amounts at most"),
        ({"amounts_typed": "1, 50"}, "amounts_typed", "between the smallest and the largest"),
        ({"amounts_typed": "ten"}, "amounts_typed", "Enter the amount in digits"),
        ({"maximum_typed": "1"}, "maximum_typed", "The largest donation is below the smallest."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "Select a valid choice"),
        ({"currency": "xxx"}, "currency", "Select a valid choice"),
        ({"is_default": "on"}, "last_day", "The default campaign has no deadline"),
        ({"slug": "not a slug"}, "slug", "Enter a valid"),
        ({"title": ""}, "title", "This field is required."),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(
    fundraiser: Client, changes: dict[str, str], field: str, sentence: str
) -> None:
    found = refusals(fundraiser.post(NEW, typed(**changes)))
    assert sentence in " ".join(found[field])
    assert not Campaign.objects.filter(slug="river").exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("25, 50, 1,000", ["25", "50", "1,000"]),
        ("25,50,100", ["25", "50", "100"]),
        ("25 50 100", ["25", "50", "100"]),
        ("25; 1 000,50 $; 100", ["25", "1 000,50 $", "100"]),
        ("$25,", ["$25"]),
        ("", []),
    ],
)
def test_amounts_in_one_line_are_parted_as_they_look(text: str, amounts: list[str]) -> None:
    assert typed_amounts(text) == amounts


def begun(fundraiser: Client) -> Campaign:
    fundraiser.post(NEW, typed())
    campaign = Campaign.objects.get(slug="river")
    return Campaign.objects.get(pk=campaign.pk)


def test_moving_the_goal_or_deadline_of_a_begun_campaign_is_logged_and_shown(
    fundraiser: Client,
) -> None:
    campaign = begun(fundraiser)
    address = f"/desk/campaigns/{campaign.pk}/"
    fundraiser.post(address, typed(goal_typed="120000", last_day="2026-06-10"))
    change = CampaignChange.objects.get(campaign=campaign)
    assert (change.goal_before, change.goal_after) == (10_000_000, 12_000_000)
    assert change.ends_after == datetime(2026, 6, 11, 4, tzinfo=UTC)
    assert change.changed_by is not None
    assert change.changed_by.email == "fundraiser@newsroom.example"
    entry = AuditEntry.objects.get(verb="changed")
    assert entry.details["before"]["goal"] == 10_000_000
    assert entry.details["after"]["goal"] == 12_000_000
    page = " ".join(fundraiser.get(address).content.decode().split())
    assert "$100,000 → $120,000" in page
    assert "3 Jun 2026 → 10 Jun 2026" in page


def test_a_change_before_the_start_or_of_words_alone_is_no_change_of_the_promise(
    fundraiser: Client,
) -> None:
    start = date.today() + timedelta(days=40)  # noqa: DTZ011
    days = {"first_day": start.isoformat(), "last_day": (start + timedelta(days=9)).isoformat()}
    fundraiser.post(NEW, typed(**days))
    coming = Campaign.objects.get(slug="river")
    fundraiser.post(f"/desk/campaigns/{coming.pk}/", typed(goal_typed="5", **days))
    fundraiser.post(NEW, typed(slug="lake"))
    under_way = Campaign.objects.get(slug="lake")
    fundraiser.post(f"/desk/campaigns/{under_way.pk}/", typed(slug="lake", appeal="Help us stay."))
    assert not CampaignChange.objects.exists()
    assert AuditEntry.objects.filter(verb="changed").count() == 2


def test_saving_without_a_change_moves_nothing_and_logs_nothing(fundraiser: Client) -> None:
    starts = datetime(2026, 5, 4, 15, 37, tzinfo=UTC)
    ends = datetime(2026, 6, 3, 22, 11, tzinfo=UTC)
    campaign = a_campaign(slug="river", starts_at=starts, ends_at=ends, goal=10_000_000)
    fundraiser.post(f"/desk/campaigns/{campaign.pk}/", typed(title="Keep the lights on"))
    campaign.refresh_from_db()
    assert (campaign.starts_at, campaign.ends_at) == (starts, ends)
    assert not CampaignChange.objects.exists()


def test_the_banner_moves_to_the_campaign_that_takes_it(fundraiser: Client) -> None:
    had = a_campaign(on_articles=True)
    fundraiser.post(NEW, typed(on_articles="on"))
    assert Campaign.objects.get(on_articles=True).slug == "river"
    entry = AuditEntry.objects.get(verb="replaced")
    assert entry.target == f"campaigns.campaign:{had.pk}"
    assert entry.details["gave"] == ["on_articles"]


def test_there_is_always_exactly_one_default_campaign(fundraiser: Client) -> None:
    old = the_default_campaign()
    values = typed(slug=old.slug, last_day="")
    found = refusals(fundraiser.post(f"/desk/campaigns/{old.pk}/", values))
    assert "One campaign must be the default" in " ".join(found["is_default"])
    fundraiser.post(NEW, typed(last_day="", is_default="on"))
    assert Campaign.objects.get(is_default=True).slug == "river"


def test_the_first_campaign_of_all_must_be_the_default(sign_in: SignIn) -> None:
    found = refusals(sign_in("fundraiser").post(NEW, typed()))
    assert "make this one the default" in " ".join(found["is_default"])


def test_the_currency_stays_once_donations_were_begun(fundraiser: Client) -> None:
    campaign = begun(fundraiser)
    a_gift(campaign, 2500, datetime(2026, 5, 5, tzinfo=UTC))
    answer = fundraiser.post(f"/desk/campaigns/{campaign.pk}/", typed(currency="usd"))
    assert "cannot change any more" in " ".join(refusals(answer)["currency"])
    campaign.refresh_from_db()
    assert campaign.currency == "cad"
