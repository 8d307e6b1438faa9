"""Donors on the desk: found, looked at whole, thanked by telephone, chosen by rules."""

import csv
import io
import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns import calls, segments
from campaigns.models import (
    CallState,
    Campaign,
    Donation,
    Donor,
    DonorNote,
    LedgerEntry,
    Segment,
    ThankYouCall,
)
from campaigns.segments import How, Rules, When
from newsroom.audit.models import AuditEntry
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, goes_back
from tests.desk.people import SignIn

pytestmark = pytest.mark.django_db

NOW = datetime.now(UTC)
TODAY = NOW.date()


def running(**fields: Any) -> Campaign:
    return a_campaign(**{"starts_at": NOW - timedelta(days=2000), "ends_at": None, **fields})


def in_year(year: int) -> datetime:
    return datetime(year, 6, 1, 16, tzinfo=UTC) if year != TODAY.year else NOW


def a_donor(number: int, **fields: Any) -> Donor:
    return Donor.objects.create(
        **{"email": f"giver-{number}@example.org", "name": f"Giver {number}", **fields}
    )


def test_donors_are_found_filtered_and_paged_with_as_many_questions_for_twenty_as_for_two(
    sign_in: SignIn,
) -> None:
    client, campaign, year = sign_in("treasurer"), running(), TODAY.year
    ida = a_donor(1, name="Ida Harrow", language="fr")
    a_gift(campaign, 2500, in_year(year - 1), donor=ida)
    jean = a_donor(2)
    a_gift(campaign, 90000, NOW, donor=jean)

    def shown(query: str = "") -> list[str]:
        return [row.donor.name for row in client.get(f"/desk/donors/{query}").context["rows"]]

    assert shown() == ["Giver 2", "Ida Harrow"]
    assert shown("?q=harr") == shown("?q=GIVER-1@") == ["Ida Harrow"]
    assert shown("?when=last_year") == shown("?when=some_year") == ["Ida Harrow"]
    assert shown("?when=this_year") == shown("?least_typed=900") == ["Giver 2"]
    assert shown("?most_typed=100&language=fr") == ["Ida Harrow"]
    assert shown(f"?campaign={running().pk}") == []
    assert "least_typed" in client.get("/desk/donors/?least_typed=lots").context["form"].errors
    with CaptureQueriesContext(connection) as few:
        shown("?when=some_year")
    for number in range(3, 70):
        a_gift(campaign, 1000, in_year(year - 2), donor=a_donor(number))
    with CaptureQueriesContext(connection) as many:
        page = client.get("/desk/donors/?when=some_year")
    assert len(many) <= len(few) < 30
    older = client.get(f"/desk/donors/{page.context['page'].older}")
    names = [row.donor.name for row in (*page.context["rows"], *older.context["rows"])]
    assert len(names) == len(set(names)) == 68
    donor_page = "/desk/donors/%d/"
    with CaptureQueriesContext(connection) as one_gift:
        client.get(donor_page % jean.pk)
    for _ in range(20):
        a_gift(campaign, 1000, NOW, donor=jean)
    with CaptureQueriesContext(connection) as many_gifts:
        client.get(donor_page % jean.pk)
    assert len(many_gifts) <= len(one_gift) < 40


def test_one_donor_is_shown_whole_and_noted_changed_and_joined_with_every_act_in_the_log(
    sign_in: SignIn, django_capture_on_commit_callbacks: Any
) -> None:
    client, campaign = sign_in("treasurer"), running()
    ida = a_donor(1, name="Ida Harrow")
    other = a_donor(2, name="I. Harrow")
    given = a_gift(campaign, 2500, NOW, donor=ida)
    a_gift(campaign, 1000, NOW, donor=other)
    OutboxMail.objects.create(
        dedupe_key="r:1", kind="receipt", to="Giver-1@example.org", subject="Thank you", text="-"
    )
    base = f"/desk/donors/{ida.pk}/"
    assert client.post(f"{base}notes/", {"text": "Likes the <b>choir</b>."}).status_code == 302
    assert client.post(f"{base}notes/", {"text": ""}).status_code == 302
    form = {"name": "Ida Harrow", "phone": "613 555 0100", "language": "en", "no_calls": "on"}
    assert client.post(f"{base}edit/", form).status_code == 302
    assert client.post(f"{base}join/", {"other": "nobody@example.org"}).status_code == 422
    joined = {"other": "GIVER-2@example.org", "reason": "She said so"}
    assert client.post(f"{base}join/", joined).status_code == 302
    page = " ".join(client.get(base).content.decode().split())
    for text in (
        "Likes the &lt;b&gt;choir&lt;/b&gt;.",
        "613 555 0100",
        "Does not wish to be called.",
        "giver-2@example.org",
        "$35",
        "Thank you",
        "Wrote a note about a donor",
    ):
        assert text in page, text
    assert client.get(f"/desk/donors/{other.pk}/").headers["Location"] == base
    made = ida.joins.get()
    assert client.post(f"{base}part/{made.pk}/").status_code == 302
    assert client.post(f"{base}notes/{DonorNote.objects.get().pk}/").status_code == 302
    other_place = running()
    moved = {"campaign": other_place.pk, "reason": "Meant for it"}
    address = f"/desk/donations/{given.donation.pk}/"
    assert client.post(f"{address}move/", moved).status_code == 302
    assert client.post(f"{address}move/", moved).status_code == 422
    with django_capture_on_commit_callbacks():
        for _ in range(2):
            assert client.post(f"{address}send/").status_code == 302
    assert OutboxMail.objects.filter(dedupe_key__startswith="receipt-again:").count() == 1
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == [
        "noted",
        "changed",
        "joined",
        "parted",
        "removed",
        "moved",
        "sent again",
        "sent again",
    ]
    said = str(list(AuditEntry.objects.values_list("summary", "details")))
    assert not any(word in said for word in ("Ida", "613", "choir", "@"))


def test_a_first_and_a_large_gift_owe_a_call_that_somebody_takes_and_ends(sign_in: SignIn) -> None:
    campaign = running()
    known = a_donor(1, phone="613 555 0100")
    assert calls.owe(a_gift(campaign, 4900, NOW - timedelta(days=3), donor=known).donation) is None
    assert calls.owe(a_gift(campaign, 6000, NOW, donor=known).donation) is None, "not the first"
    large = calls.owe(a_gift(campaign, 50000, NOW, donor=known).donation)
    assert large
    assert large.reason == "large"
    first = calls.owe(a_gift(campaign, 5000, NOW, donor=a_donor(2, name="Bo")).donation)
    assert first
    assert first.reason == "first"
    assert calls.owe(first.donation) == first
    assert calls.owe(a_gift(campaign, 90000, NOW, donor=a_donor(3, no_calls=True)).donation) is None
    fundraiser = sign_in("fundraiser")
    page = fundraiser.get("/desk/calls/").content.decode()
    assert "613 555 0100" in page
    assert "/desk/donors/" not in page
    fundraiser.post(f"/desk/calls/{first.pk}/take/")
    assert [c.pk for c in fundraiser.get("/desk/calls/?show=mine").context["rows"]] == [first.pk]
    fundraiser.post(f"/desk/calls/{first.pk}/", {"became": "done", "note": "So  glad"})
    fundraiser.post(f"/desk/calls/{large.pk}/", {"became": "skipped", "note": ""})
    again = fundraiser.post(f"/desk/calls/{large.pk}/", {"became": "done", "note": ""})
    assert "decided about this call meanwhile" in again.content.decode()
    first.refresh_from_db()
    assert (first.state, first.note) == (CallState.DONE, "So glad")
    assert calls.counts(campaign) == calls.Counts(open=0, done=1, skipped=1)
    figures = " ".join(
        fundraiser.get(f"/desk/campaigns/{campaign.pk}/analytics/").content.decode().split()
    )
    assert "1 made" in figures
    fundraiser.post(f"/desk/calls/{large.pk}/", {"became": "open", "note": ""})
    assert ThankYouCall.objects.get(state=CallState.OPEN) == large
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["assigned", "called", "skipped", "reopened"]


def facts_by_hand(today: date) -> dict[int, dict[str, Any]]:
    """What each donor gave, from the bare ledger, in Python."""
    found: dict[int, dict[str, Any]] = defaultdict(
        lambda: {"net": defaultdict(int), "gifts": defaultdict(int), "campaigns": defaultdict(int)}
    )
    for entry in LedgerEntry.objects.select_related("donation", "campaign"):
        assert entry.donation
        assert entry.campaign
        assert entry.donation.donor_id
        facts = found[entry.donation.donor_id]
        year = entry.occurred_at.astimezone(entry.campaign.zone).year
        facts["net"][year] += entry.amount
        facts["gifts"][year] += entry.kind == "charge"
        facts["campaigns"][entry.campaign_id] += entry.amount
    return found


def test_a_segment_s_counts_are_those_of_the_bare_ledger_rule_by_rule() -> None:
    chance, year = random.Random(4), TODAY.year
    one, two = running(), running()
    donors = [
        a_donor(
            number,
            language=chance.choice(["en", "fr"]),
            no_appeals=chance.random() < 0.2,
            email=None if number % 9 == 0 else f"giver-{number}@example.org",
        )
        for number in range(60)
    ]
    for _ in range(150):
        at = in_year(chance.choice([year, year - 1, year - 2, year - 4]))
        campaign, donor = chance.choice([one, two]), chance.choice(donors)
        given = a_gift(campaign, chance.choice([1000, 5000, 20000]), at, donor=donor)
        if chance.random() < 0.2:
            goes_back(given, given.donation.amount, at)
    facts = facts_by_hand(TODAY)

    def gave(pk: int, which: int) -> bool:
        return facts[pk]["gifts"][which] > 0 and facts[pk]["net"][which] > 0

    by_hand = [d for d in donors if any(n > 0 for n in facts[d.pk]["net"].values())]
    rules = Rules(
        when=When.SOME_YEAR_NOT_THIS,
        least=5000,
        most=60000,
        campaign=one.pk,
        how=How.ONCE,
        language="en",
        reachable=True,
    )
    steps: list[tuple[str, Any]] = [
        (
            "when",
            lambda d: any(gave(d.pk, y) for y in range(year - 5, year)) and not gave(d.pk, year),
        ),
        ("least", lambda d: sum(facts[d.pk]["net"].values()) >= 5000),
        ("most", lambda d: sum(facts[d.pk]["net"].values()) <= 60000),
        ("campaign", lambda d: facts[d.pk]["campaigns"][one.pk] > 0),
        ("how", lambda d: True),
        ("language", lambda d: d.language == "en"),
        ("no_address", lambda d: d.email is not None),
        ("no_appeals", lambda d: not d.no_appeals),
    ]
    found = segments.preview(rules, TODAY)
    assert found.everybody == len(by_hand)
    left, expected = by_hand, []
    for key, keeps in steps:
        kept = [d for d in left if keeps(d)]
        expected.append((key, len(left) - len(kept), len(kept)))
        left = kept
    assert [(s.key, s.removed, s.left) for s in found.steps] == expected
    assert sum(removed > 0 for _key, removed, _left in expected) >= 5, "the data tells little"
    assert set(segments.chosen(segments.who_gave(), rules, TODAY)) == set(left)
    lapsed = Rules(when=When.LAST_YEAR_NOT_THIS)
    assert segments.preview(lapsed, TODAY).left == sum(
        gave(d.pk, year - 1) and not gave(d.pk, year) for d in by_hand
    )
    assert Rules.from_json(rules.as_json() | {"gone": 1}) == rules


def test_a_segment_is_counted_saved_and_taken_out_only_by_who_may(sign_in: SignIn) -> None:
    campaign = running()
    a_gift(campaign, 2500, NOW, donor=a_donor(1, name="=HYPERLINK(1)"))
    a_gift(campaign, 900, NOW, donor=a_donor(2))
    fundraiser = sign_in("fundraiser")
    counted = fundraiser.get("/desk/segments/new/?least_typed=10").content.decode()
    assert "1 donor is left." in " ".join(counted.split())
    rules = {"name": " Tens  and more", "least_typed": "10", "when": "this_year"}
    assert fundraiser.post("/desk/segments/new/", rules | {"name": ""}).status_code == 422
    assert fundraiser.post("/desk/segments/new/", rules).status_code == 302
    one = Segment.objects.get()
    assert one.name == "Tens and more"
    assert fundraiser.post("/desk/segments/new/", rules).status_code == 422, "the name is taken"
    page = fundraiser.get(f"/desk/segments/{one.pk}/").content.decode()
    assert "giver-1@example.org" not in page
    assert fundraiser.post(f"/desk/segments/{one.pk}/export/").status_code == 302
    treasurer = sign_in("treasurer")
    assert "giver-1@example.org" in treasurer.get(f"/desk/segments/{one.pk}/").content.decode()
    answer = treasurer.post(f"/desk/segments/{one.pk}/export/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[1:3] + row[7:9] for row in rows[1:]] == [
        ["'=HYPERLINK(1)", "giver-1@example.org", "25.00", "CAD"]
    ]
    edited = rules | {"name": "All", "least_typed": ""}
    assert fundraiser.post(f"/desk/segments/{one.pk}/edit/", edited).status_code == 302
    assert "2 donors are left." in " ".join(
        treasurer.get(f"/desk/segments/{one.pk}/").content.decode().split()
    )
    assert fundraiser.post(f"/desk/segments/{one.pk}/remove/").status_code == 302
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["made", "exported", "changed", "removed"]


def test_who_may_not_see_donors_opens_none_of_their_pages(sign_in: SignIn) -> None:
    donor = a_donor(1)
    given = a_gift(running(), 2500, NOW, donor=donor).donation
    client: Client = sign_in("fundraiser")
    for address in (
        "/desk/donors/",
        f"/desk/donors/{donor.pk}/",
        f"/desk/donors/{donor.pk}/edit/",
        f"/desk/donors/{donor.pk}/join/",
        f"/desk/donations/{given.pk}/move/",
    ):
        assert client.get(address).status_code == 302, address
    client.post(f"/desk/donations/{given.pk}/send/")
    client.post(f"/desk/donors/{donor.pk}/notes/", {"text": "x"})
    assert not AuditEntry.objects.exists()
    assert Donation.objects.get(pk=given.pk).campaign_id == given.campaign_id
