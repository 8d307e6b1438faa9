"""The ledger for accountants: the desk's figures, in the newsroom's days, to who may see it."""

import csv
import io
import random
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum
from openpyxl import load_workbook

from campaigns import export, ledger
from campaigns.models import (
    CampaignTotal,
    Donation,
    Donor,
    ExportPiece,
    ExportState,
    LedgerEntry,
    LedgerExport,
)
from newsroom import roles
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, an_entry, goes_back
from tests.money.test_ledger import NOON

pytestmark = pytest.mark.django_db

FORM = {"since": "2026-05-01", "until": "2026-05-31", "campaign": "", "kind": "xlsx"}


def a_month(campaign, gifts: int = 12) -> None:
    """Gifts through May, some of them given back, and what belongs to nobody."""
    chance = random.Random(7)
    for n in range(gifts):
        given = a_gift(campaign, chance.randrange(500, 9000), NOON + timedelta(days=n % 20))
        if n % 4 == 0:
            goes_back(given, 300, NOON + timedelta(days=n % 20, hours=1))
    ledger.append([an_entry(None, 777, NOON, fee=11)])


def in_csv(answer) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def the_workbook(client, **fields: str):
    assert client.post("/desk/ledger/export/", FORM | fields).status_code == 302
    made = LedgerExport.objects.first()
    if made.state != ExportState.READY:
        assert export.work_off(made.pk, datetime.now(UTC))
    answer = client.get(f"/desk/ledger/export/{made.pk}/")
    data = b"".join(answer.streaming_content)
    assert len(data) == int(answer["Content-Length"])
    return load_workbook(io.BytesIO(data))


def test_the_totals_sheet_says_what_the_desk_says(sign_in) -> None:
    campaign, other = a_campaign(title="Spring"), a_campaign(title="Autumn")
    a_month(campaign)
    a_month(other, 3)
    book = the_workbook(sign_in(roles.TREASURER))
    heading, *totals = list(book["Totals"].iter_rows(values_only=True))[1:]
    rows = {line[0]: dict(zip(heading, line, strict=True)) for line in totals}
    for each in (campaign, other):
        kept = CampaignTotal.objects.get(campaign=each)
        said = rows[each.title]
        assert [
            round(Decimal(str(said[name])) * 100)
            for name in ("Received", "Went back", "Matched", "Raised", "Stripe’s fees")
        ] == [kept.received, kept.reversed, kept.matched, kept.raised, kept.fees]
    assert rows["Unattributed"]["Entries"] == 2
    lines = list(book["Ledger"].iter_rows(values_only=True))
    assert len(lines) - 1 == LedgerEntry.objects.count()
    amounts = sum(Decimal(str(line[5])) for line in lines[1:])
    assert amounts * 100 == LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"]


def test_a_day_begins_and_ends_in_the_newsrooms_time_zone(sign_in) -> None:
    campaign = a_campaign(starts_at=NOON - timedelta(days=90))
    first = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)  # midnight in Toronto
    last = datetime(2026, 6, 1, 3, 59, 59, tzinfo=UTC)
    inside = [a_gift(campaign, 1000, first), a_gift(campaign, 2000, last)]
    for outside in (first - timedelta(seconds=1), last + timedelta(seconds=1)):
        a_gift(campaign, 4000, outside)
    rows = in_csv(sign_in(roles.TREASURER).post("/desk/ledger/export/", FORM | {"kind": "csv"}))
    assert [row["Amount"] for row in rows] == ["10.00", "20.00"]
    assert [row["Occurred (America/Toronto)"] for row in rows] == [
        "2026-05-01 00:00:00",
        "2026-05-31 23:59:59",
    ]
    assert inside


def test_donors_are_in_it_only_where_they_are_asked_for_by_who_may_see_them(sign_in) -> None:
    a_gift(a_campaign(starts_at=NOON - timedelta(days=9)), 1000, NOON)
    donor = Donor.objects.create(email="ida@example.org", name='=HYPERLINK("http://x")')
    Donation.objects.update(donor=donor)
    client = sign_in(roles.TREASURER)
    plain = in_csv(client.post("/desk/ledger/export/", FORM | {"kind": "csv"}))
    assert donor.email not in str(plain)
    asked = FORM | {"kind": "csv", "with_donors": "on"}
    (row,) = in_csv(client.post("/desk/ledger/export/", asked))
    assert (row["E-mail"], row["Donor"]) == (donor.email, f"'{donor.name}")
    sheet = the_workbook(client, with_donors="on")["Ledger"]
    assert sheet.cell(2, 16).value == f"'{donor.name}"
    assert sheet.cell(2, 16).data_type == "s"
    assert AuditEntry.objects.filter(verb="exported", summary__endswith="with donors").count() == 2


def test_a_workbook_is_for_whoever_asked_for_it_and_gone_after_a_day(sign_in) -> None:
    a_month(a_campaign())
    client = sign_in(roles.TREASURER)
    the_workbook(client)
    made = LedgerExport.objects.get()
    other = sign_in(roles.ADMINISTRATOR)
    assert other.get(f"/desk/ledger/export/{made.pk}/").status_code == 404
    assert sign_in(roles.FUNDRAISER).get("/desk/ledger/export/").status_code == 302
    export.sweep(datetime.now(UTC) + timedelta(hours=25))
    assert client.get(f"/desk/ledger/export/{made.pk}/").status_code == 404
    assert not ExportPiece.objects.exists()


def test_a_workbook_whose_worker_was_killed_is_written_anew_and_given_up_at_last(sign_in) -> None:
    a_month(a_campaign())
    person = sign_in(roles.TREASURER)
    person.post("/desk/ledger/export/", FORM)
    made = LedgerExport.objects.get()
    now = datetime.now(UTC)
    LedgerExport.objects.update(
        state=ExportState.WRITING, attempts=1, claimed_until=now + timedelta(minutes=1)
    )
    assert not export.work_off(made.pk, now)
    assert "data-running" in person.get("/desk/ledger/export/").content.decode()
    export.sweep(now + timedelta(minutes=3))
    made.refresh_from_db()
    assert (made.state, made.written) == (ExportState.READY, made.rows)
    LedgerExport.objects.update(state=ExportState.WRITING, attempts=3, claimed_until=now)
    export.sweep(now + timedelta(minutes=3))
    made.refresh_from_db()
    assert made.state == ExportState.FAILED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"until": "2026-04-01"}, "The last day is before the first."),
        ({"since": "x"}, "Enter a valid date."),
        ({"since": "0001-01-01"}, "between the years 2000 and 2199"),
        ({"campaign": "999999"}, "Select a valid choice."),
    ],
)
def test_bad_days_are_said_beside_the_field(sign_in, fields, said) -> None:
    answer = sign_in(roles.TREASURER).post("/desk/ledger/export/", FORM | fields)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_memory_does_not_grow_with_the_ledger() -> None:
    campaign = a_campaign()
    a_month(campaign, 8)
    one = LedgerEntry.objects.filter(campaign=campaign).first()

    def grow(to: int) -> None:
        LedgerEntry.objects.bulk_create(
            [
                LedgerEntry(
                    **{
                        f.attname: getattr(one, f.attname)
                        for f in LedgerEntry._meta.concrete_fields
                        if f.attname not in ("id", "source_key", "recorded_at")
                    },
                    source_key=f"stripe:txn_more_{to}_{n}",
                )
                for n in range(to)
            ]
        )

    def peak() -> int:
        tracemalloc.start()
        rows = export.csv_rows(export.Period(date(2026, 1, 1), date(2026, 12, 31)), True)
        assert sum(1 for _row in rows) == LedgerEntry.objects.count()
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    grow(3000)
    small = peak()
    grow(12_000)
    assert peak() < 1.5 * small


def test_campaigns_of_one_title_have_each_their_own_totals(sign_in) -> None:
    for slug in ("spring-2025", "spring-2026"):
        a_gift(
            a_campaign(title="Spring", slug=slug, starts_at=NOON - timedelta(days=9)), 1000, NOON
        )
    _heading, *lines = list(the_workbook(sign_in(roles.TREASURER))["Totals"].values)[1:]
    assert [(line[0], line[5], line[9]) for line in lines] == [
        ("Spring", 10, "spring-2025"),
        ("Spring", 10, "spring-2026"),
    ]


def test_a_workbook_that_takes_long_to_put_together_is_not_begun_by_another_worker(sign_in) -> None:
    a_month(a_campaign())
    sign_in(roles.TREASURER).post("/desk/ledger/export/", FORM)
    made = LedgerExport.objects.get()
    if made.state == ExportState.READY:
        LedgerExport.objects.update(state=ExportState.WAITING)
    now = datetime.now(UTC)
    LedgerExport.objects.update(
        state=ExportState.WRITING, attempts=1, claimed_until=now - timedelta(seconds=1)
    )
    made.refresh_from_db()
    export.write_workbook(made, io.BytesIO())
    assert not export.work_off(made.pk, now)
    # And one that was given up for dead says nothing any more when it comes back.
    LedgerExport.objects.update(attempts=2)
    with pytest.raises(export.LeaseLost):
        export.write_workbook(made, io.BytesIO())
