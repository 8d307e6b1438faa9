"""What the desk tells of a campaign is what the ledger holds, read in a browser by who raises."""

import uuid
from collections import defaultdict
from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from campaigns.models import Campaign, LedgerEntry
from newsroom import roles
from newsroom.money import Money
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.journeys.staff import come_in, somebody
from tests.pipeline import acts
from tests.stack import Stack


def money(cents: int) -> str:
    return Money(cents, "cad").show()


def to_the_cent(cents: int) -> str:
    return Money(cents, "cad").show(cents=True)


def tile(page: Page, name: str) -> str:
    """The figure under a name, without its small print."""
    named = page.get_by_text(name, exact=True).and_(page.locator("dt"))
    return named.locator("xpath=following-sibling::dd").inner_text().splitlines()[0].strip()


def table(page: Page, region: str) -> list[list[str]]:
    """The rows of a table's body, cell by cell."""
    rows = page.get_by_role("region", name=region).locator("tbody tr").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]


def on_the_books(campaign: Campaign) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(campaign=campaign).select_related("donation"))


def days(campaign: Campaign, entries: list[LedgerEntry]) -> dict[date, list[LedgerEntry]]:
    found: dict[date, list[LedgerEntry]] = defaultdict(list)
    for entry in entries:
        found[entry.occurred_at.astimezone(campaign.zone).date()].append(entry)
    return found


@pytest.mark.parametrize("role", [roles.FUNDRAISER, roles.ADMINISTRATOR])
def test_the_figures_on_the_desk_are_the_ledgers_after_three_gifts_and_a_refund(
    stack_db: Stack, desktop: Page, role: str
) -> None:
    mark = uuid.uuid4().hex[:8]
    section = newsroom.section(f"Grids {mark}", f"grids-{mark}")
    dams, wires = (
        newsroom.story(section, f"{name} {mark}", slug=f"{name.lower()}-{mark}")
        for name in ("Dams", "Wires")
    )
    campaign = a_campaign(title=f"Winter appeal {mark}")
    refunded = acts.give(stack_db, campaign, own_amount="25", **{"from": str(dams.pk)})
    acts.give(stack_db, campaign, own_amount="60.50", **{"from": str(wires.pk)})
    acts.give(stack_db, campaign, own_amount="100")
    acts.refund_when_received(stack_db, refunded, 700)
    acts.wait_for_raised(campaign, 2500 + 6050 + 10000 - 700)

    who = somebody(role, "Noor Haddad")
    come_in(desktop, stack_db, who, reverse("campaigns_desk:campaigns"))
    desktop.get_by_role("link", name=campaign.title, exact=True).click()

    entries = on_the_books(campaign)
    raised = sum(entry.amount for entry in entries)
    charges = [entry.amount for entry in entries if entry.kind == "charge"]
    assert (raised, len(charges), len(entries)) == (17_850, 3, 4)
    expect(desktop.locator("#standing")).to_have_text(f"{money(raised)} of {money(campaign.goal)}")
    assert tile(desktop, "Donors") == str(len({e.donation.donor_id for e in entries}))
    assert tile(desktop, "Gifts") == str(len(charges))
    assert tile(desktop, "Average gift") == money(round(sum(charges) / len(charges)))
    assert tile(desktop, "Median gift") == money(sorted(charges)[1])
    assert tile(desktop, "Largest gift") == money(max(charges))
    assert tile(desktop, "Refunds and disputes") == money(sum(charges) - raised)
    assert tile(desktop, "Stripe’s fees") == money(sum(entry.fee for entry in entries))

    desktop.get_by_text("The same as a table").last.click()
    shown = {row[0]: row[1:] for row in table(desktop, "Donations by day")}
    moved = {name: cells for name, cells in shown.items() if cells[3] != to_the_cent(0)}
    assert moved == {
        f"{day:%a} {day.day} {day:%b %Y}": [
            to_the_cent(sum(e.amount for e in that_day if e.kind == "charge")),
            to_the_cent(-sum(e.amount for e in that_day if e.kind != "charge")),
            to_the_cent(0),
            to_the_cent(sum(e.amount for e in that_day)),
            str(sum(e.kind == "charge" for e in that_day)),
        ]
        for day, that_day in days(campaign, entries).items()
    }

    by_story = {row[0]: row[1:] for row in table(desktop, "Gifts begun from a story, same visit")}
    assert by_story == {
        "No story": [to_the_cent(10_000), "", "1", to_the_cent(0)],
        wires.title: [to_the_cent(6050), "", "1", to_the_cent(0)],
        dams.title: [to_the_cent(1800), "", "1", to_the_cent(700)],
    }
    acts.books_are_clean(stack_db)
