"""Campaigns beside each other, the notes of their days, and every table to take away."""

import csv
import io
import tracemalloc
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from campaigns import charts, comparing, export, notes, tables
from campaigns.comparing import Axis
from campaigns.models import Campaign, DayNote, ExportState, LedgerExport
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, random_giving
from tests.desk.people import SignIn, person
from tests.desk.test_monthly import NOW, Lives

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 1, 5, tzinfo=UTC)


def two_campaigns() -> tuple[Campaign, Campaign]:
    ended = a_campaign(
        title="Spring", starts_at=FIRST, ends_at=FIRST + timedelta(days=30), goal=900_000
    )
    open_ = a_campaign(
        title="Summer",
        starts_at=FIRST + timedelta(days=60),
        ends_at=FIRST + timedelta(days=100),
        time_zone="Pacific/Auckland",
        goal=500_000,
    )
    random_giving(ended, seed=1, gifts=40, first=FIRST, days=30)
    random_giving(open_, seed=2, gifts=25, first=open_.starts_at, days=20)
    return ended, open_


@pytest.mark.parametrize("axis", list(Axis))
def test_what_each_had_raised_is_what_the_bare_ledger_comes_to(axis: Axis) -> None:
    ended, open_ = two_campaigns()
    found = comparing.compare([ended.pk, open_.pk], axis, NOW)
    assert [line.campaign for line in found.lines] == [ended, open_]
    for line in found.lines:
        campaign, zone = line.campaign, ZoneInfo(line.campaign.time_zone)
        assert campaign.ends_at is not None
        by: dict[date, int] = defaultdict(int)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT occurred_at, amount FROM campaigns_ledgerentry WHERE campaign_id = %s",
                [campaign.pk],
            )
            for at, amount in cursor.fetchall():
                by[at.astimezone(zone).date()] += amount
        first = campaign.starts_at.astimezone(zone).date()
        last = (campaign.ends_at - timedelta(seconds=1)).astimezone(zone).date()
        zero = first if axis is Axis.START else last
        until = min(last, NOW.astimezone(zone).date())
        expected = {
            (first + timedelta(days=n) - zero).days: sum(
                amount for day, amount in by.items() if day <= first + timedelta(days=n)
            )
            for n in range((until - first).days + 1)
        }
        assert line.raised == expected
    shown = [row[0] for row in found.rows()]
    assert shown == sorted(shown, reverse=axis is Axis.DEADLINE)


def test_a_noted_day_is_on_the_charts_in_the_log_and_can_be_taken_away(sign_in: SignIn) -> None:
    ended, open_ = two_campaigns()
    client = sign_in("fundraiser")
    address = f"/desk/campaigns/{ended.pk}/notes/"
    before = charts.draw(ended, NOW)
    for day, words, said in (
        ("2026-02-01", "Big story", "Choose a day from 2026-03-01 to today."),
        ("", "Big story", "This field is required."),
        ("2026-03-09", "", "This field is required."),
        ("2026-03-09", "x" * 61, "at most 60 characters"),
    ):
        answer = client.post(address, {"day": day, "words": words})
        assert answer.status_code == 422
        assert said in answer.content.decode()
    for _twice in range(2):
        sent = {"day": "2026-03-09", "words": "Big <story>"}
        assert client.post(address, sent).status_code == 302
    (made,) = DayNote.objects.all()
    assert AuditEntry.objects.filter(verb="noted a day").count() == 1
    after = charts.draw(ended, NOW)
    assert before is not None
    assert after is not None
    assert before.svg["line"] != after.svg["line"]
    assert before.stamp != after.stamp
    figures = client.get(f"/desk/campaigns/{ended.pk}/analytics/").content.decode()
    assert "Big &lt;story&gt;" in figures
    compared = f"/desk/campaigns/compare/?campaigns={ended.pk}&campaigns={open_.pk}"
    page = " ".join(client.get(compared).content.decode().split())
    assert "day 8: Big &lt;story&gt;" in page
    assert "Summer stood at" in page
    assert client.post(f"{address}{made.pk}/").status_code == 302
    assert client.post(f"{address}{made.pk}/").status_code == 302
    assert AuditEntry.objects.filter(verb="took a note away").count() == 1
    assert notes.of_campaign(ended) == []
    assert sign_in("editor").post(address, {"day": "2026-03-09", "words": "x"}).status_code == 302
    assert DayNote.objects.count() == 1


def test_comparing_takes_the_same_few_queries_however_much_was_given(
    sign_in: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ended, open_ = two_campaigns()
    client = sign_in("editor")
    address = f"/desk/campaigns/compare/?campaigns={ended.pk}&campaigns={open_.pk}&axis=deadline"
    client.get(address)
    with django_assert_max_num_queries(29) as first:
        client.get(address)
    random_giving(ended, seed=9, gifts=40, first=FIRST, days=25)
    with django_assert_max_num_queries(len(first)):
        assert client.get(address).status_code == 200
    for odd in ("?campaigns=x", "?axis=sideways", "?campaigns=99999999999999999999", ""):
        assert client.get(f"/desk/campaigns/compare/{odd}").status_code == 200


def test_every_table_is_the_same_as_csv_and_as_a_workbook(sign_in: SignIn) -> None:
    ended, open_ = two_campaigns()
    a_gift(ended, 2500, FIRST)
    Lives(8, 12)
    client, other = sign_in("fundraiser"), sign_in("treasurer")
    asked = {
        "days": {"campaign": str(ended.pk)},
        "stories": {"campaign": str(ended.pk)},
        "monthly": {"currency": "cad"},
        "retention": {"currency": "cad"},
        "compare": {"campaigns": f"{ended.pk},{open_.pk}", "axis": "deadline"},
    }
    assert set(asked) == set(tables.TABLES)
    for name, values in asked.items():
        answer = client.get(f"/desk/tables/{name}.csv", values)
        text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
        in_csv = list(csv.reader(io.StringIO(text)))
        assert len(in_csv) > 1, name
        assert client.post(f"/desk/tables/{name}/workbook/", values).status_code == 302
        made = LedgerExport.objects.first()
        assert made is not None
        if made.state != ExportState.READY:
            assert export.work_off(made.pk, datetime.now(UTC))
        made.refresh_from_db()
        assert made.rows == made.written == len(in_csv) - 1
        assert "Download" in client.get("/desk/tables/").content.decode()
        answer = client.get(f"/desk/tables/{made.pk}/")
        data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        sheet = load_workbook(io.BytesIO(data)).worksheets[0]
        for typed, row in zip(in_csv, sheet.iter_rows(values_only=True), strict=True):
            for text, value in zip(typed, row, strict=True):
                assert (Decimal(text) if isinstance(value, int | float) else text) == (
                    Decimal(str(value)) if isinstance(value, int | float) else value or ""
                )
        assert other.get(f"/desk/tables/{made.pk}/").status_code == 404
        assert client.get(f"/desk/ledger/export/{made.pk}/").status_code == 302
    assert AuditEntry.objects.filter(verb="exported").count() == len(asked)
    for wrong in (
        "/desk/tables/nothing.csv",
        "/desk/tables/days.csv",
        "/desk/tables/days.csv?campaign=x",
        "/desk/tables/days.csv?campaign=99999999999999999999999",
        "/desk/tables/monthly.csv?currency=xxx",
        "/desk/tables/compare.csv?campaigns=1&axis=sideways",
    ):
        assert client.get(wrong).status_code == 404, wrong
    assert sign_in("editor").get("/desk/tables/days.csv?campaign=1").status_code == 302


def test_a_workbook_of_many_rows_takes_no_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    who = person("fundraiser")
    monkeypatch.setattr(export, "PIECE", 16 * 1024)

    def peak(rows: int) -> int:
        long = replace(
            tables.TABLES["days"],
            headings=lambda asked: ["Day", "Amount"],
            rows=lambda asked: ([f"Row {n}", n] for n in range(rows)),
            count=lambda asked: rows,
        )
        monkeypatch.setitem(tables.TABLES, "days", long)
        made = LedgerExport.objects.create(table="days", asked_by=who)
        tracemalloc.start()
        assert export.work_off(made.pk, datetime.now(UTC))
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        made.refresh_from_db()
        assert (made.state, made.written) == (ExportState.READY, rows)
        return found

    peak(100)
    small = peak(3_000)
    assert peak(12_000) < 1.5 * small
