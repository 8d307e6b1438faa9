"""Gifts in currencies without decimals and with three, and settled in another than given."""

from collections.abc import Iterator

import pytest
import requests

from campaigns.models import CampaignTotal, DonationState, LedgerEntry, PaymentState
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until

DISPUTED_CARD = "4000000000000259"
RATES = {"jpy": "0.0091", "kwd": "4.45"}


@pytest.fixture(autouse=True)
def settled_in_dollars(stack_db: Stack) -> Iterator[None]:
    """The account has Canadian dollars only."""
    url = f"{stack_db.sandbox_url}/sandbox/settlement"
    requests.post(url, json={"currency": "cad", "rates": RATES}, timeout=10).raise_for_status()
    yield
    requests.post(url, json={"rates": {}}, timeout=10).raise_for_status()


@pytest.mark.parametrize(
    ("currency", "typed", "minor", "shown"),
    [("jpy", "5,000", 5_000, "¥5,000"), ("kwd", "12.340", 12_340, "12.340")],
)
def test_a_gift_counts_in_its_campaign_s_currency_whatever_it_was_settled_in(
    stack_db: Stack, currency: str, typed: str, minor: int, shown: str
) -> None:
    campaign = a_campaign(
        currency=currency, goal=1_000_000, minimum=100, maximum=10_000_000, amounts=[1_000, 2_000]
    )
    gift = acts.begin(stack_db, campaign, amount="own", own_amount=typed)
    disputed = acts.begin(stack_db, campaign, amount="own", own_amount=typed)
    assert acts.pay(stack_db, gift).status_code == 200
    assert gift.amount == minor
    acts.wait_for_raised(campaign, minor)
    acts.wait_for_receipt(stack_db, gift)
    assert shown in acts.receipts_of(gift)[0].text
    entry = LedgerEntry.objects.get(donation=gift, kind="charge")
    assert (entry.currency, entry.settlement_currency) == (currency, "cad")
    places = 0 if currency == "jpy" else 3
    worth = round(minor * 10.0 ** (2 - places) * float(RATES[currency]))
    assert entry.settlement_amount == worth
    assert entry.fee == round(worth * 0.029) + 30
    # The fee in the campaign's currency: to the gift what Stripe's is to the sum it settled.
    assert entry.fee_counted == round(entry.fee * minor / worth)
    acts.refund_when_received(stack_db, gift, 1_000)
    acts.wait_for_raised(campaign, minor - 1_000)
    assert acts.pay(stack_db, disputed, card=DISPUTED_CARD).status_code == 200
    wait_until(
        lambda: disputed.payments.filter(state=PaymentState.DISPUTED).exists(),
        acts.PATIENCE,
        "it is disputed",
    )
    acts.wait_for_raised(campaign, minor - 1_000)
    disputed.refresh_from_db()
    assert (disputed.state, disputed.net) == (DonationState.DISPUTED, 0)
    total = CampaignTotal.objects.get(campaign=campaign)
    entries = LedgerEntry.objects.filter(campaign=campaign)
    assert total.fees == sum(e.counted_fee for e in entries)
    assert total.reversed == 1_000 + minor
    page = requests.get(f"{stack_db.site_url}{campaign.get_absolute_url()}", timeout=10).text
    assert ("¥4,000" if currency == "jpy" else "11.340") in page
    acts.wait_for_quiet_inbox()
    acts.books_are_clean(stack_db)


def test_the_last_of_three_decimals_is_zero_and_the_form_says_so(stack_db: Stack) -> None:
    campaign = a_campaign(currency="kwd", minimum=100, amounts=[1_000])
    answer = acts.post_form(stack_db, campaign, amount="own", own_amount="12.345")
    assert answer.status_code == 422
    assert "in steps of" in answer.text
    answer = acts.post_form(stack_db, campaign, amount="own", own_amount="12.34")
    assert answer.status_code == 303
