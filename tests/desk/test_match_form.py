"""A sponsor's match as staff type it, and what readers then see of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, Match
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign, the_default_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db


def typed(**changes: Any) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "sponsor": "The Larch Fund",
        "percent": "50",
        "cap_typed": "$1,000",
        "first_day": (today - timedelta(days=2)).isoformat(),
        "last_day": "",
        **changes,
    }


@pytest.fixture
def campaign() -> Campaign:
    the_default_campaign()
    return a_campaign(on_articles=True)


@pytest.fixture
def fundraiser(sign_in: SignIn) -> Client:
    return sign_in("fundraiser")


def refusals(page: Any) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {name: list(errors) for name, errors in page.context["form"].errors.items()}


def add(client: Client, campaign: Campaign, **changes: Any) -> Any:
    return client.post(f"/desk/campaigns/{campaign.pk}/matches/new/", typed(**changes))


def test_a_match_typed_by_staff_doubles_gifts_and_readers_see_what_is_left(
    fundraiser: Client, campaign: Campaign
) -> None:
    assert add(fundraiser, campaign, percent="100").status_code == 302
    match = Match.objects.get()
    assert (match.sponsor, match.percent, match.cap) == ("The Larch Fund", 100, 100_000)
    now = datetime.now(UTC)
    a_gift(campaign, 30_000, now)
    page = Client().get(f"/campaigns/{campaign.slug}/").content.decode()
    assert "doubles your gift" in page
    assert "$700</span> of $1,000 left" in page
    told = Client().get(f"/campaigns/{campaign.slug}/progress.json").json()
    assert (told["raised"], told["matched"]) == (60_000, 30_000)
    assert told["match"] == {
        "sponsor": "The Larch Fund",
        "percent": 100,
        "cap": 100_000,
        "left": 70_000,
    }
    row = fundraiser.get(f"/desk/campaigns/{campaign.pk}/matches/").content.decode()
    assert "$300" in row
    assert AuditEntry.objects.filter(verb="added", target=f"campaigns.match:{match.pk}").exists()


def test_a_match_used_up_or_over_is_no_longer_promised(
    fundraiser: Client, campaign: Campaign
) -> None:
    add(fundraiser, campaign)
    a_gift(campaign, 500_000, datetime.now(UTC))
    told = Client().get(f"/campaigns/{campaign.slug}/progress.json").json()
    assert (told["matched"], told["match"]) == (100_000, None)
    page = Client().get(f"/campaigns/{campaign.slug}/").content.decode()
    assert "$1,000 of it was added by sponsors" in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"cap_typed": "0"}, "cap_typed"),
        ({"cap_typed": "-5"}, "cap_typed"),
        ({"cap_typed": "1e12"}, "cap_typed"),
        ({"percent": "0"}, "percent"),
        ({"percent": "1001"}, "percent"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"sponsor": ""}, "sponsor"),
        ({"first_day": "soon"}, "first_day"),
    ],
)
def test_what_makes_no_sense_is_said_beside_its_field(
    fundraiser: Client, campaign: Campaign, changes: dict[str, str], field: str
) -> None:
    assert list(refusals(add(fundraiser, campaign, **changes))) == [field]
    assert not Match.objects.exists()


def test_two_sponsors_do_not_match_the_same_gift(fundraiser: Client, campaign: Campaign) -> None:
    add(fundraiser, campaign)
    assert list(refusals(add(fundraiser, campaign, sponsor="Another"))) == ["first_day"]
    assert Match.objects.count() == 1


def test_what_was_promised_stays_once_gifts_were_matched(
    fundraiser: Client, campaign: Campaign
) -> None:
    add(fundraiser, campaign)
    a_gift(campaign, 20_000, datetime.now(UTC))
    match = Match.objects.get()
    address = f"/desk/campaigns/{campaign.pk}/matches/{match.pk}/"
    assert list(refusals(fundraiser.post(address, typed(percent="100")))) == ["percent"]
    assert list(refusals(fundraiser.post(address, typed(cap_typed="99")))) == ["cap_typed"]
    assert fundraiser.post(address, typed(cap_typed="2,000")).status_code == 302
    match.refresh_from_db()
    assert (match.percent, match.cap, match.given) == (50, 200_000, 10_000)
