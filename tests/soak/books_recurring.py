"""The end of a soak, monthly gifts: subscriptions, invoices and letters against ours."""

from collections.abc import Iterator
from typing import Any

from campaigns.models import Instalment, RecurringDonation
from newsroom.mail.models import OutboxMail

Thing = dict[str, Any]
ENDED = ("canceled", "incomplete_expired")


def differences(things: dict[str, list[Thing]]) -> Iterator[str]:
    """Every way in which monthly gifts are not what Stripe has, each in a sentence."""
    subscriptions = {each["id"]: each for each in things.get("subscription", [])}
    ours = {r.subscription: r for r in RecurringDonation.objects.select_related("first")}
    for name, theirs in subscriptions.items():
        kept = ours.get(name)
        if kept is None:
            if theirs["status"] not in ("incomplete", "incomplete_expired"):
                yield f"{name} is {theirs['status']} and unknown to us"
            continue
        if kept.state != _state(theirs):
            yield f"{name} is {kept.state}, not {_state(theirs)}"
        if kept.amount != theirs["items"]["data"][0]["price"]["unit_amount"]:
            yield f"{name} is of {kept.amount}"
        if kept.state == "ended" and kept.ended_by == "payment":
            told = OutboxMail.objects.filter(dedupe_key__startswith=f"recurring-ended:{name}:")
            if told.count() != 1:
                yield f"{name} ended and its donor was told {told.count()} times"
    for name in set(ours) - set(subscriptions):
        yield f"{name} is unknown to Stripe"
    yield from _instalments(things.get("invoice", []), ours)


def _state(subscription: Thing) -> str:
    if subscription["status"] in ENDED:
        return "ended"
    if subscription["status"] == "incomplete":
        return "started"
    if subscription["cancel_at"]:
        return "ending"
    if subscription["status"] == "past_due":
        return "unpaid"
    return "paused" if subscription["pause_collection"] else "active"


def _instalments(invoices: list[Thing], ours: dict[str, RecurringDonation]) -> Iterator[str]:
    """Each paid invoice is a gift of its own, of its amount; no gift belongs to two."""
    kept = {each.invoice: each for each in Instalment.objects.select_related("donation")}
    seen: dict[int, str] = {}
    for invoice in invoices:
        instalment = kept.get(invoice["id"])
        if invoice["status"] != "paid" or not invoice["amount_due"]:
            if instalment and instalment.state == "paid" and invoice["status"] != "paid":
                yield f"{invoice['id']} is paid here and {invoice['status']} at Stripe"
            continue
        if instalment is None or instalment.state != "paid" or instalment.donation is None:
            yield f"{invoice['id']} was paid, and here it is {instalment and instalment.state}"
            continue
        gift = instalment.donation
        if gift.amount != invoice["amount_due"]:
            yield f"{invoice['id']} of {invoice['amount_due']} is a gift of {gift.amount}"
        if seen.setdefault(gift.pk, invoice["id"]) != invoice["id"]:
            yield f"donation {gift.pk} is both {seen[gift.pk]} and {invoice['id']}"
        named = invoice["parent"]["subscription_details"]["subscription"]
        first = invoice["billing_reason"] == "subscription_create"
        if first != (named in ours and ours[named].first_id == gift.pk):
            yield f"{invoice['id']} is donation {gift.pk}, the first of {named}: {not first}"
