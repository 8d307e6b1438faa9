"""What the giving side holds about a person, how it is erased, and what the law has stay.

The books stay whole: a gift keeps its amount, its day and its campaign, and its donor becomes a
row without name and address. A donor whose gift is disputed keeps both until that is over
(`Donor.erase_after`, `erase_what_is_due`).
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import gateway, gateway_recurring, joining, reminders, tributes
from campaigns.models import (
    ChangeKind,
    Donation,
    DonationState,
    Donor,
    DonorAddress,
    DonorJoin,
    DonorNote,
    InboxEvent,
    OfflineGift,
    Payment,
    PaymentState,
    ReceiptParty,
    ReceiptRequest,
    RecurringChange,
    RecurringDonation,
    Reminder,
    TaxReceipt,
    ThankYouCall,
    Tribute,
)
from campaigns.purging import campaign_paths
from campaigns.recurring import sync_subscription
from newsroom.edge import purges
from newsroom.personal import Holding, Kept, Person, Row, register

# A dispute may be opened 120 days after the gift, and again before the card network's own court
# (https://docs.stripe.com/disputes/how-disputes-work); then nobody asks for the donor's name.
DISPUTED_FOR: Final = timedelta(days=540)
_UNKNOWN: Final = ("email", "name", "phone", "no_calls", "no_appeals")
_FOUGHT_OVER: Final = (PaymentState.INQUIRY, PaymentState.DISPUTED)


def join() -> None:
    """Called once, when the app is ready."""
    register(
        # First, while it is known which customers of Stripe's are theirs.
        Holding("giving", _("Who you are as a donor"), _donor, erase, keeps, order=10),
        Holding("gifts", _("What you have given"), _gifts),
        Holding("recurring gifts", _("Your recurring gifts"), _recurring),
        Holding("offline gifts", _("Gifts by cheque and the like"), _offline),
        Holding("tax receipts", _("Tax receipts"), _receipts),
        Holding("tributes", _("Gifts in honour or in memory"), _tributes),
        Holding("notes on donors", _("What we wrote down about you as a donor"), _notes),
        Holding("reminders", _("Reminders that wait"), _reminders, _erase_reminders),
    )


def donors_of(person: Person) -> QuerySet[Donor]:
    """Those with an address of the person's, or linked to the account, and those they were joined
    with."""
    own = Q(pk__in=[])
    for address in person.addresses:
        own |= Q(email__iexact=address)
    if person.reader is not None:
        own |= Q(reader=person.reader)
    return Donor.objects.filter(pk__in=joining.with_joined(Donor.objects.filter(own)))


def keeps(person: Person) -> Iterator[Kept]:
    """Copies of official receipts; who gave a gift that is fought over."""
    donors = list(donors_of(person).values_list("pk", flat=True))
    parties = ReceiptParty.objects.filter(receipt__donor__in=donors)
    if count := parties.count():
        last: date | None = parties.aggregate(last=Max("keep_until"))["last"]
        yield Kept(
            "official receipts",
            _("Our copies of your official tax receipts, with your name and address"),
            _("The tax law asks whoever issues receipts to keep their copies."),
            count,
            last,
        )
    if count := _disputed(donors).count():
        yield Kept(
            "disputed gifts",
            _("Your name and address beside gifts that are disputed at the bank"),
            _("Without them nobody could answer the bank."),
            count,
            timezone.localdate() + DISPUTED_FOR,
        )


def erase(person: Person) -> int:
    """End recurring gifts, delete the person's customers at Stripe, take every name and address
    from donors and gifts. Raises gateway.GatewayError: then it is to be called again."""
    donors = list(donors_of(person).order_by("pk"))
    for donor in donors:
        _leave_stripe(donor)
    for donor in donors:
        with transaction.atomic():
            _blank_gifts(donor)
            disputed = _disputed([donor.pk]).exists()
            _blank(donor, timezone.localdate() + DISPUTED_FOR if disputed else None)
    for address in person.addresses:
        OfflineGift.objects.filter(email__iexact=address).update(name="", email="", reference="")
        tributes.erase_address(address)
    return len(donors)


def erase_what_is_due(today: date) -> int:
    """Take the name from donors whose disputes are over and whose day has come; how many."""
    erased = 0
    for donor in Donor.objects.filter(erase_after__lte=today).order_by("pk"):
        if not _disputed([donor.pk]).exists():
            _blank(donor, None)
            erased += 1
    return erased


def _disputed(donors: Iterable[int]) -> QuerySet[Donation]:
    fought = Q(state=DonationState.DISPUTED) | Q(payments__state__in=_FOUGHT_OVER)
    return Donation.objects.filter(fought, donor__in=list(donors)).distinct()


def _leave_stripe(donor: Donor) -> None:
    """Each step does nothing the second time, so a worker that is killed begins anew."""
    for recurring in RecurringDonation.objects.filter(donor=donor):
        if recurring.goes_on:
            key = f"erase:{recurring.subscription}"
            gateway_recurring.cancel(recurring.subscription, key, at_once=True)
            RecurringChange.objects.get_or_create(
                key=uuid5(NAMESPACE_URL, key),
                defaults={
                    "recurring": recurring,
                    "kind": ChangeKind.CANCEL,
                    "asked": {"at_once": True},
                    "done_at": timezone.now(),
                },
            )
            sync_subscription(recurring.subscription)
    held = RecurringDonation.objects.filter(donor=donor).exclude(customer="")
    for customer in {*held.values_list("customer", flat=True), donor.stripe_customer} - {""}:
        gateway.delete_customer(customer)


def _blank_gifts(donor: Donor) -> None:
    """What was written beside the gifts, where receipts were to go, whom they honour, and what
    Stripe's events said of the payer."""
    gifts = Donation.objects.filter(donor=donor)
    for gift in gifts.exclude(public_name="", message="").select_related("campaign"):
        purges.owe(f"words:{gift.pk}:{uuid4()}", campaign_paths(gift.campaign))
    gifts.update(public_name="", message="")
    Tribute.objects.filter(donation__in=gifts).delete()
    # What staff wrote about them, and why they were found to be one with somebody.
    DonorNote.objects.filter(donor=donor).delete()
    ThankYouCall.objects.filter(donation__in=gifts).update(note="")
    DonorJoin.objects.filter(Q(kept=donor) | Q(joined=donor)).update(reason="")
    DonorAddress.objects.filter(donor=donor).delete()
    unnamed = {"name": "", "street": "", "unit": "", "city": "", "region": "", "postal_code": ""}
    # Nobody can be asked for an address any more: what was not issued yet is not issued.
    ReceiptRequest.objects.filter(donation__in=gifts).update(
        **unnamed, country="", appraiser="", due_at=None, problem="", withheld=True
    )
    OfflineGift.objects.filter(donation__in=gifts).update(name="", email="", reference="")
    about = {
        *Payment.objects.filter(donation__in=gifts).values_list("stripe_id", flat=True),
        *gifts.exclude(checkout_session=None).values_list("checkout_session", flat=True),
        *RecurringDonation.objects.filter(donor=donor).values_list("subscription", flat=True),
        *RecurringDonation.objects.filter(donor=donor).values_list("customer", flat=True),
    } - {"", None}
    told = InboxEvent.objects.filter(object_id__in=about).exclude(processed_at=None)
    told.update(payload={}, last_error="")


def _blank(donor: Donor, erase_after: date | None) -> None:
    """Without name and address; with a day, both stay until then, and nothing else does."""
    donor.reader, donor.stripe_customer, donor.erase_after = None, "", erase_after
    if erase_after is None:
        donor.email, donor.name = None, ""
    # Nobody who was forgotten is called or asked again.
    donor.phone, donor.no_calls, donor.no_appeals = "", True, True
    donor.save(update_fields=[*_UNKNOWN, "reader", "stripe_customer", "erase_after"])


def _erase_reminders(person: Person) -> int:
    return sum(reminders.erase_address(address) for address in person.addresses)


# ------------------------------------------------------------------ what is shown


def _donor(person: Person) -> Iterator[Row]:
    for donor in donors_of(person).select_related("postal_address"):
        address = getattr(donor, "postal_address", None)
        yield {
            "address": donor.email,
            "name": donor.name,
            "telephone": donor.phone,
            "does not wish to be called": donor.no_calls,
            "does not wish to be asked for more": donor.no_appeals,
            "language": donor.language,
            "known since": donor.created_at.isoformat(),
            "postal address": ", ".join([address.name, *address.lines]) if address else "",
            "customer at Stripe": donor.stripe_customer,
        }


def _gifts(person: Person) -> Iterator[Row]:
    for gift in Donation.objects.filter(donor__in=donors_of(person)).select_related(
        "campaign", "article__current_version", "first_article", "receipt_request"
    ):
        wish = getattr(gift, "receipt_request", None)
        yield {
            "campaign": gift.campaign.title,
            "amount": gift.amount,
            "for the fee": gift.for_fee,
            "currency": gift.currency,
            "how often": gift.frequency,
            "state": gift.state,
            "begun": gift.started_at.isoformat(),
            "received": gift.received_at.isoformat() if gift.received_at else None,
            "stands": gift.net,
            "public name": gift.public_name,
            "message": gift.message,
            "story it began from": gift.article.title if gift.article else "",
            "story the visit began with": gift.first_article.title if gift.first_article else "",
            "by": gift.via,
            "how the visit came": gift.referrer,
            "on": gift.device,
            "banner": gift.arm,
            "had given before": gift.earlier_donor,
            "receipt to": ", ".join([wish.name, *wish.lines]) if wish else "",
        }


def _recurring(person: Person) -> Iterator[Row]:
    for each in RecurringDonation.objects.filter(donor__in=donors_of(person)).select_related(
        "campaign"
    ):
        yield {
            "campaign": each.campaign.title,
            "amount": each.amount,
            "currency": each.currency,
            "how often": each.frequency,
            "state": each.state,
            "begun": each.started_at.isoformat(),
            "ended": each.ended_at.isoformat() if each.ended_at else None,
            "card": f"{each.card_brand} {each.card_last4}".strip(),
            "customer at Stripe": each.customer,
        }


def _offline(person: Person) -> Iterator[Row]:
    own = Q(donation__donor__in=donors_of(person))
    for address in person.addresses:
        own |= Q(email__iexact=address)
    for gift in OfflineGift.objects.filter(own).select_related("campaign"):
        yield {
            "campaign": gift.campaign.title,
            "amount": gift.amount,
            "currency": gift.campaign.currency,
            "by": gift.method,
            "received": gift.received_on.isoformat(),
            "name": gift.name,
            "address": gift.email,
            "reference": gift.reference,
            "state": gift.state,
        }


def _receipts(person: Person) -> Iterator[Row]:
    for receipt in TaxReceipt.objects.filter(donor__in=donors_of(person)).select_related("party"):
        party = getattr(receipt, "party", None)
        yield {
            "number": receipt.number,
            "issued": receipt.issued_on.isoformat(),
            "amount": receipt.amount,
            "eligible": receipt.eligible,
            "currency": receipt.currency,
            "to": ", ".join([party.name, *party.lines]) if party else "",
            "kept until": party.keep_until.isoformat() if party else None,
        }


def _tributes(person: Person) -> Iterator[Row]:
    for tribute in Tribute.objects.filter(donation__donor__in=donors_of(person)):
        yield {
            "kind": tribute.kind,
            "name": tribute.name,
            "card to": tribute.card_to,
            "card from": tribute.card_from,
            "words": tribute.card_words,
            "on": tribute.send_on.isoformat() if tribute.send_on else None,
        }


def _notes(person: Person) -> Iterator[Row]:
    donors = donors_of(person)
    for note in DonorNote.objects.filter(donor__in=donors):
        yield {"written": note.at.isoformat(), "note": note.text}
    calls = ThankYouCall.objects.filter(donation__donor__in=donors)
    for call in calls:
        ended = call.ended_at.isoformat() if call.ended_at else None
        yield {"call for": call.reason, "became": call.state, "ended": ended, "note": call.note}


def _reminders(person: Person) -> Iterator[Row]:
    own = Q(pk__in=[])
    for address in person.addresses:
        own |= Q(email__iexact=address)
    for each in Reminder.objects.filter(own).select_related("campaign"):
        yield {"campaign": each.campaign.title, "address": each.email, "day": each.day.isoformat()}
