"""What readers and Stripe do to a running newsroom, over HTTP."""

import uuid
from typing import Any

import requests

from campaigns.models import Campaign, CampaignTotal, Donation, InboxEvent, LedgerEntry
from newsroom.mail.models import MailState, OutboxMail
from tests.stack import Stack
from tests.waiting import wait_until

PATIENCE = 60


def post_form(stack: Stack, campaign: Campaign, **fields: str) -> requests.Response:
    """Send the give form as a browser would from our own page."""
    return requests.post(
        f"{stack.site_url}/give/{campaign.slug}/start/",
        data={"amount": "2500", **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
        allow_redirects=False,
        timeout=30,
    )


def begin(stack: Stack, campaign: Campaign, **fields: str) -> Donation:
    """A donation whose Checkout is open."""
    form = str(uuid.uuid4())
    answer = post_form(stack, campaign, **{"form": form, **fields})
    assert answer.status_code == 303, answer.text[:500]
    return Donation.objects.get(checkout_url=answer.headers["Location"])


def pay(stack: Stack, donation: Donation, **more: Any) -> requests.Response:
    """Pay at Checkout, as the hosted page does."""
    person = {"email": f"{uuid.uuid4().hex[:8]}@example.org", "name": "Ida Harrow"}
    return requests.post(
        f"{stack.sandbox_url}/sandbox/checkout/{donation.checkout_session}/pay",
        json=person | more,
        timeout=60,
    )


def give(stack: Stack, campaign: Campaign, **fields: str) -> Donation:
    donation = begin(stack, campaign, **fields)
    assert pay(stack, donation).status_code == 200
    return donation


def faults(stack: Stack, **chosen: Any) -> None:
    requests.delete(f"{stack.sandbox_url}/sandbox/faults", timeout=10).raise_for_status()
    if chosen:
        requests.post(
            f"{stack.sandbox_url}/sandbox/faults", json=chosen, timeout=10
        ).raise_for_status()


def injected(stack: Stack) -> dict[str, Any]:
    return requests.get(f"{stack.sandbox_url}/sandbox/faults", timeout=10).json()["injected"]


def refund_at_stripe(stack: Stack, payment_intent: str, amount: int | None = None) -> str:
    """A refund made in Stripe's own dashboard."""
    answer = requests.post(
        f"{stack.sandbox_url}/v1/refunds",
        data={"payment_intent": payment_intent, **({"amount": amount} if amount else {})},
        headers={"Authorization": f"Bearer {stack.env['STRIPE_SECRET_KEY']}"},
        timeout=30,
    )
    answer.raise_for_status()
    return str(answer.json()["id"])


def raised(campaign: Campaign) -> int:
    total = CampaignTotal.objects.filter(campaign=campaign).first()
    return total.raised if total else 0


def wait_for_raised(campaign: Campaign, cents: int) -> None:
    wait_until(
        lambda: raised(campaign) == cents, PATIENCE, f"raised {cents}, is {raised(campaign)}"
    )


def wait_for_quiet_inbox() -> None:
    """Every event is worked off."""
    wait_until(
        lambda: not InboxEvent.objects.filter(processed_at=None).exists(),
        PATIENCE,
        "the inbox is worked off",
    )


def receipts_of(donation: Donation) -> list[OutboxMail]:
    keys = [f"receipt:{p.stripe_id}" for p in donation.payments.all()]
    return list(OutboxMail.objects.filter(dedupe_key__in=keys))


def wait_for_receipt(stack: Stack, donation: Donation) -> None:
    """Sent by the outbox and caught over SMTP, once."""

    def sent() -> bool:
        owed = receipts_of(donation)
        return len(owed) == 1 and owed[0].state == MailState.SENT

    wait_until(sent, PATIENCE, "the receipt is sent")
    donation.refresh_from_db()
    assert donation.donor
    caught = stack.mail.newest(to=donation.donor.email)
    assert len(caught) == 1


def entries(campaign: Campaign) -> list[tuple[str, int]]:
    return list(
        LedgerEntry.objects.filter(campaign=campaign)
        .order_by("occurred_at", "id")
        .values_list("kind", "amount")
    )


def books_are_clean(stack: Stack) -> None:
    """Both commands, run as a person would, find no difference."""
    for command in ("verify_rollups", "reconcile"):
        done = stack.manage(command)
        assert done.returncode == 0, done.stderr + done.stdout


def refund_when_received(stack: Stack, donation: Donation, amount: int) -> None:
    """A partial refund in Stripe's dashboard, as soon as we know the payment."""
    wait_until(lambda: donation.payments.exists(), PATIENCE, "the payment is known")
    refund_at_stripe(stack, donation.payments.get().stripe_id, amount)


def begin_patiently(stack: Stack, campaign: Campaign) -> Donation:
    """The same form sent again, as the page asks, until Checkout opens."""
    form = str(uuid.uuid4())
    for _try in range(6):
        answer = post_form(stack, campaign, form=form)
        if answer.status_code == 303:
            return Donation.objects.get(checkout_url=answer.headers["Location"])
        assert answer.status_code == 503, answer.text[:300]
    raise AssertionError("Checkout never opened")
