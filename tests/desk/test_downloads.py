"""What is downloaded opens in a spreadsheet as what it is: numbers, and words that do nothing."""

import csv
import io
from datetime import UTC, datetime

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from campaigns.models import Campaign
from newsroom.spreadsheet import cell
from tests.articles.newsroom import section, story
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift, goes_back
from tests.desk.people import SignIn

NOON = datetime(2026, 5, 10, 16, tzinfo=UTC)


def table(client: Client, campaign: Campaign, name: str) -> list[list[str]]:
    answer = client.get(f"/desk/campaigns/{campaign.pk}/analytics/{name}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].endswith(f'"{campaign.slug}-{name}.csv"')
    whole = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(whole)))


@pytest.mark.django_db
def test_days_are_rows_of_plain_numbers(sign_in: SignIn) -> None:
    campaign = a_campaign()
    goes_back(a_gift(campaign, 123_456, NOON, fee=300), 200_00, NOON)
    goes_back(a_gift(campaign, 500, datetime(2026, 5, 11, 4, tzinfo=UTC)), 500, NOON)
    assert table(sign_in("fundraiser"), campaign, "days")[1:] == [
        ["2026-05-10", "CAD", "1234.56", "205.00", "1029.56", "1", "2", "3.00", "0.00"],
        ["2026-05-11", "CAD", "5.00", "0.00", "5.00", "1", "0", "0.00", "0.00"],
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("headline", ["=2+5", "+1", "-1", "@SUM(A1)", " =cmd|' /C calc'!A0"])
def test_a_headline_never_becomes_a_formula(sign_in: SignIn, headline: str) -> None:
    campaign = a_campaign()
    article = story(section(), headline)
    a_gift(campaign, 2500, NOON, article_id=article.pk)
    rows = table(sign_in("fundraiser"), campaign, "stories")
    assert rows[1][0] == "'" + article.title
    assert rows[1][2:] == ["CAD", "25.00", "0.00", "25.00", "1"]


@given(st.text())
def test_no_text_whatever_starts_like_a_formula(text: str) -> None:
    shown = cell(text)
    assert shown in (text, "'" + text)
    assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    assert not shown.startswith(("\t", "\r", "\n"))


def test_numbers_stay_numbers() -> None:
    assert [cell(-5), cell(None), cell(0)] == ["-5", "", "0"]
