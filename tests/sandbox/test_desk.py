"""A stranger plays with the sandbox's own page; another site's page cannot."""

from __future__ import annotations

import pytest
import requests

from .running import Running


def _post(sandbox: Running, path: str, **form: str) -> str:
    answer = requests.post(f"{sandbox.url}/desk/{path}", data=form, timeout=20)
    assert answer.status_code == 200
    return answer.text


def test_the_desk_shows_what_was_paid(sandbox: Running) -> None:
    sandbox.pay(sandbox.new_session())
    page = requests.get(f"{sandbox.url}/", timeout=20)
    assert "ada@example.org" in page.text
    assert "CA$25.00" in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("typed", "back"), [("", 2500), ("5", 500), ("5,25", 525), ("25.00", 2500)]
)
def test_a_payment_is_refunded_from_the_desk(sandbox: Running, typed: str, back: int) -> None:
    intent = sandbox.paid_intent()
    page = _post(sandbox, "refunds", charge=str(intent.latest_charge), amount=typed)
    assert "Refunded CA$" in page
    assert [refund.amount for refund in sandbox.client.v1.refunds.list().data] == [back]


@pytest.mark.parametrize("typed", ["25.01", "-1", "0", "1.005", "much", "NaN", "1e999"])
def test_an_amount_that_cannot_be_refunded_is_refused_in_words(
    sandbox: Running, typed: str
) -> None:
    intent = sandbox.paid_intent()
    page = _post(sandbox, "refunds", charge=str(intent.latest_charge), amount=typed)
    assert 'role="status"' in page
    assert sandbox.client.v1.refunds.list().data == []


def test_faults_and_clock_are_turned_from_the_desk(sandbox: Running) -> None:
    assert "api_429 is on." in _post(sandbox, "faults", name="api_429", count="2")
    assert sandbox.control("GET", "faults").json()["faults"] == {"api_429": {"count": 2}}
    assert "api_429 is off." in _post(sandbox, "faults", off="api_429")
    _post(sandbox, "clock", now="2026-05-01T10:30")
    assert sandbox.control("GET", "clock").json()["iso"] == "2026-05-01T10:30:00+00:00"
    _post(sandbox, "clock", advance="3600")
    assert sandbox.control("GET", "clock").json()["iso"] == "2026-05-01T11:30:00+00:00"
    assert "nothing was changed" in _post(sandbox, "clock", now="noon")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["/desk/clock", "/sandbox/clock"])
def test_a_page_of_another_site_turns_nothing(
    sandbox: Running, headers: dict[str, str], path: str
) -> None:
    answer = requests.post(
        f"{sandbox.url}{path}", data={"advance": "60"}, headers=headers, timeout=20
    )
    assert answer.status_code == 403
    assert sandbox.control("GET", "clock").json()["real"] is True


def test_a_receipt_shows_the_payment(sandbox: Running) -> None:
    charge = sandbox.client.v1.charges.retrieve(str(sandbox.paid_intent().latest_charge))
    page = requests.get(str(charge.receipt_url), timeout=20)
    assert page.status_code == 200
    assert charge.id in page.text
    assert requests.get(f"{sandbox.url}/receipts/ch_none", timeout=20).status_code == 404
