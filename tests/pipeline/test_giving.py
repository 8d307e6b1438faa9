"""A gift, from the form to the bar and the receipt, through every real part."""

import uuid

import pytest
import requests

from campaigns import sync
from campaigns.models import DonationState, InboxEvent, LedgerEntry
from campaigns.refunds import RefundError, refund
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.pipeline import acts
from tests.stack import Stack
from tests.waiting import wait_until


def test_a_gift_moves_the_bar_and_the_receipt_comes_once(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_receipt(stack_db, gift)
    gift.refresh_from_db()
    assert gift.state == DonationState.RECEIVED
    shown = requests.get(
        f"{stack_db.site_url}/campaigns/{campaign.slug}/progress.json", timeout=10
    ).json()
    assert (shown["raised"], shown["goal"], shown["currency"]) == (2500, 100_000, "cad")
    assert shown["donors"] == 1


def test_a_declined_card_gives_nothing_and_another_try_succeeds(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    for card in ("4000000000000002", "4000000000009995"):
        assert acts.pay(stack_db, gift, card=card).status_code == 402
    acts.wait_for_quiet_inbox()
    assert acts.raised(campaign) == 0
    assert acts.pay(stack_db, gift).status_code == 200
    acts.wait_for_raised(campaign, 2500)
    assert acts.entries(campaign) == [("charge", 2500)]


def test_refunds_from_the_dashboard_and_the_desk_take_the_bar_back(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    payment = gift.payments.get()
    acts.refund_at_stripe(stack_db, payment.stripe_id, 700)
    acts.wait_for_raised(campaign, 1800)
    staff = Reader.objects.create_user(f"{uuid.uuid4().hex}@example.org")
    key = uuid.uuid4()
    refund(payment, 800, by=staff, key=key)
    assert acts.raised(campaign) == 1000
    refund(payment, 800, by=staff, key=key)
    assert acts.raised(campaign) == 1000, "the same form sent twice gives back once"
    with pytest.raises(RefundError, match="At most"):
        refund(payment, 1001, by=staff, key=uuid.uuid4())
    refund(payment, 1000, by=staff, key=uuid.uuid4())
    gift.refresh_from_db()
    assert (acts.raised(campaign), gift.state) == (0, DonationState.REFUNDED)
    acts.books_are_clean(stack_db)


def test_a_refund_that_the_bank_sends_back_is_restored(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.begin(stack_db, campaign)
    acts.pay(stack_db, gift, card="4000000000005126")
    acts.wait_for_raised(campaign, 2500)
    acts.refund_at_stripe(stack_db, gift.payments.get().stripe_id)

    def restored() -> bool:
        return ("refund_failure", 2500) in acts.entries(campaign)

    wait_until(restored, acts.PATIENCE, "the failed refund is restored")
    assert ("refund", -2500) in acts.entries(campaign)
    assert acts.raised(campaign) == 2500


def test_a_double_click_is_one_donation_and_one_checkout(stack_db: Stack) -> None:
    campaign = a_campaign()
    form = str(uuid.uuid4())
    first = acts.post_form(stack_db, campaign, form=form)
    second = acts.post_form(stack_db, campaign, form=form)
    assert first.headers["Location"] == second.headers["Location"]
    assert campaign.donations.count() == 1


def test_another_amount_from_the_same_form_closes_the_first_checkout(stack_db: Stack) -> None:
    campaign = a_campaign()
    form = str(uuid.uuid4())
    first = acts.begin(stack_db, campaign, form=form)
    second = acts.begin(stack_db, campaign, form=form, amount="5000")
    assert acts.pay(stack_db, first).status_code == 409
    assert acts.pay(stack_db, second).status_code == 200
    acts.wait_for_raised(campaign, 5000)


def test_a_form_already_paid_leads_to_its_thanks_page(stack_db: Stack) -> None:
    campaign = a_campaign()
    form = str(uuid.uuid4())
    gift = acts.give(stack_db, campaign, form=form)
    acts.wait_for_raised(campaign, 2500)
    again = acts.post_form(stack_db, campaign, form=form)
    assert again.status_code == 302
    assert again.headers["Location"].endswith(f"/give/thanks/{gift.token}/")


def test_a_tab_left_open_for_a_day_opens_a_fresh_checkout(stack_db: Stack) -> None:
    campaign = a_campaign()
    form = str(uuid.uuid4())
    stale = acts.begin(stack_db, campaign, form=form)
    clock = f"{stack_db.sandbox_url}/sandbox/clock"
    try:
        requests.post(clock, json={"advance": 25 * 3600}, timeout=10).raise_for_status()
        assert acts.pay(stack_db, stale).status_code == 409
        fresh = acts.begin(stack_db, campaign, form=form)
        assert fresh.pk == stale.pk
        assert fresh.checkout_session != stale.checkout_session
        assert acts.pay(stack_db, fresh).status_code == 200
        acts.wait_for_raised(campaign, 2500)
    finally:
        requests.post(clock, json={"real": True}, timeout=10)


def test_money_that_is_not_ours_is_kept_beside_and_counts_nowhere(stack_db: Stack) -> None:
    answer = requests.post(
        f"{stack_db.sandbox_url}/v1/payment_intents",
        data={
            "amount": 4321,
            "currency": "cad",
            "payment_method": "pm_card_visa",
            "confirm": "true",
            "automatic_payment_methods[enabled]": "true",
            "automatic_payment_methods[allow_redirects]": "never",
        },
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=30,
    )
    answer.raise_for_status()
    intent = answer.json()["id"]
    wait_until(
        lambda: LedgerEntry.objects.filter(payment__stripe_id=intent).exists(),
        acts.PATIENCE,
        "the stray money is recorded",
    )
    stray = LedgerEntry.objects.get(payment__stripe_id=intent)
    assert (stray.amount, stray.campaign_id, stray.donation_id) == (4321, None, None)
    acts.books_are_clean(stack_db)


def test_the_gift_is_attributed_to_nothing_when_the_link_lies(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign, **{"from": "999999999", "via": "<b>x</b>"})
    assert (gift.article_id, gift.via) == (None, "")


def test_an_event_is_stored_once_however_often_it_is_sent(stack_db: Stack) -> None:
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    acts.wait_for_quiet_inbox()
    intent = gift.payments.get().stripe_id
    events = InboxEvent.objects.filter(object_id=intent)
    known = set(events.values_list("stripe_id", flat=True))
    assert known
    for event in known:
        requests.post(
            f"{stack_db.sandbox_url}/sandbox/events/{event}/resend", timeout=10
        ).raise_for_status()
    wait_until(
        lambda: (
            requests.get(
                f"{stack_db.sandbox_url}/sandbox/deliveries", params={"limit": 1}, timeout=10
            )
            .json()["counts"]
            .get("pending", 0)
            == 0
        ),
        acts.PATIENCE,
        "everything was delivered again",
    )
    assert set(events.values_list("stripe_id", flat=True)) == known
    assert acts.raised(campaign) == 2500
    assert len(acts.receipts_of(gift)) == 1


def test_a_gift_stays_its_donors_when_our_id_is_deleted_at_stripe(stack_db: Stack) -> None:
    campaign = a_campaign()
    donation = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    payment = donation.payments.get()
    requests.post(
        f"{stack_db.sandbox_url}/v1/payment_intents/{payment.stripe_id}",
        data={f"metadata[{sync.METADATA_KEY}]": ""},
        headers={"Authorization": f"Bearer {stack_db.env['STRIPE_SECRET_KEY']}"},
        timeout=10,
    ).raise_for_status()
    acts.refund_at_stripe(stack_db, payment.stripe_id, 1000)
    acts.wait_for_raised(campaign, 1500)
    payment.refresh_from_db()
    donation.refresh_from_db()
    assert payment.donation == donation
    assert donation.state == "partly_refunded"
    acts.books_are_clean(stack_db)
