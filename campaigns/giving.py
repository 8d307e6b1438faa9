"""Beginning a donation: what the reader wishes, checked, stored, and handed to Stripe Checkout.

The donation and the exact parameters of its Checkout Session are committed before Stripe is
asked, so a crash in between leaves a row that the same form, sent again, takes up.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns import debits, gateway, mandates, origins, tributes
from campaigns.models import Campaign, Donation, DonationState, Frequency
from campaigns.sync import LOOK_AGAIN, METADATA_KEY
from campaigns.tax import requests
from campaigns.tributes import TributeWish
from newsroom.branding.own_words import own
from newsroom.edge.language import language_prefix
from newsroom.money import AmountError, Money, check_step

MOST_TRIES = 4


class GivingError(Exception):
    """A donation cannot be begun; `str()` is a sentence for the reader."""


class CampaignClosed(GivingError):
    """The campaign has not begun or is over."""


class TryAgain(GivingError):
    """Stripe could not be asked; nothing was charged, and the same form may be sent again."""


class AlreadyGiven(GivingError):
    """This very form was already paid."""

    def __init__(self, donation: Donation) -> None:
        super().__init__(_("This donation has already arrived."))
        self.donation = donation


@dataclass(frozen=True, slots=True)
class GiftWish:
    """What a reader asks for, and how often.

    `form` is a random id that the browser gave this form, if any. `amount` in minor units of the
    campaign's currency, `for_fee` what is added to it to cover the card's fee; `article`,
    `first_article` are ids of stories, already known to exist.
    """

    amount: int
    for_fee: int = 0
    form: uuid.UUID | None = None
    frequency: Frequency = Frequency.ONCE
    # From a bank account and nothing else; not asked for, Checkout offers what it can.
    from_bank: bool = False
    public_name: str = ""
    message: str = ""
    article: int | None = None
    first_article: int | None = None
    via: str = ""
    # How the visit came, on what, and with or without a banner (`campaigns.attribution`).
    referrer: str = ""
    device: str = ""
    arm: str = ""
    language: str = "en"
    # Whom a tax receipt goes to (`campaigns.models.tax.ADDRESS_FIELDS`); None: none is wanted.
    receipt: dict[str, str] | None = None
    tribute: TributeWish | None = None

    @property
    def charged(self) -> int:
        return self.amount + self.for_fee


def check_amount(campaign: Campaign, amount: int) -> None:
    """Raise GivingError, with the limit in words, unless the campaign and Stripe take `amount`."""
    try:
        check_step(Money(amount, campaign.currency))
    except AmountError as error:
        raise GivingError(str(error)) from error
    if amount < campaign.minimum:
        least = Money(campaign.minimum, campaign.currency)
        raise GivingError(_("The smallest donation is %(amount)s.") % {"amount": least})
    if amount > campaign.maximum:
        most = Money(campaign.maximum, campaign.currency)
        raise GivingError(
            _("The largest donation here is %(amount)s. For more, please write to us.")
            % {"amount": most}
        )


def start_donation(campaign: Campaign, wish: GiftWish, moment: datetime) -> Donation:
    """Begin a donation and open its Checkout Session; the reader goes to `checkout_url`.

    The same form with the same wish is the same donation; with another amount it is another
    one, and the session opened before is closed so that only one can be paid. Raises
    CampaignClosed, GivingError for an amount outside the limits, TryAgain, AlreadyGiven.
    """
    if not campaign.is_open(moment):
        raise CampaignClosed(_("This campaign does not take donations now."))
    check_amount(campaign, wish.amount)
    donation = _store(campaign, wish, moment)
    if donation.received_at or donation.state in (
        DonationState.RECEIVED,
        DonationState.PROCESSING,
    ):
        raise AlreadyGiven(donation)
    if wish.form:
        _close_others(donation, wish.form)
    if donation.checkout_url and not _still_open(donation):
        raise AlreadyGiven(donation)
    if not donation.checkout_url:
        _open_checkout(donation)
    return donation


def attempt_of(campaign: Campaign, wish: GiftWish) -> uuid.UUID:
    if wish.form is None:
        return uuid.uuid4()
    covered = f":{wish.for_fee}" if wish.for_fee else ""
    often = "" if wish.frequency == Frequency.ONCE else f":{wish.frequency}"
    bank = ":bank" if wish.from_bank else ""
    return uuid.uuid5(wish.form, f"{campaign.pk}:{wish.charged}{covered}{often}{bank}")


def _store(campaign: Campaign, wish: GiftWish, moment: datetime) -> Donation:
    attempt = attempt_of(campaign, wish)
    with transaction.atomic():
        donation, made = Donation.objects.get_or_create(
            attempt=attempt,
            defaults={
                "form": wish.form,
                "campaign": campaign,
                "amount": wish.charged,
                "for_fee": wish.for_fee,
                "currency": campaign.currency,
                "frequency": wish.frequency,
                "public_name": wish.public_name,
                "message": wish.message,
                "language": wish.language,
                "article_id": wish.article,
                "first_article_id": wish.first_article,
                "via": wish.via,
                "referrer": wish.referrer,
                "device": wish.device,
                "arm": wish.arm,
                "started_at": moment,
                "next_look_at": timezone.now() + LOOK_AGAIN[0],
            },
        )
        if made:
            donation.checkout_parameters = checkout_parameters(donation, wish.from_bank)
            donation.save(update_fields=["checkout_parameters"])
        elif donation.received_at is None:
            # Back from Checkout to put a word right: what is typed now is what counts.
            donation.public_name, donation.message = wish.public_name, wish.message
            donation.save(update_fields=["public_name", "message"])
        if donation.received_at is None:
            tributes.keep(donation, wish.tribute)
        requests.ask(donation, wish.receipt)
    return donation


def checkout_parameters(donation: Donation, from_bank: bool = False) -> dict[str, Any]:
    """What Stripe is asked: https://docs.stripe.com/api/checkout/sessions/create.

    Our id travels on the PaymentIntent, or on the subscription that a recurring gift begins, so
    that any charge, whoever tells of it, finds its donation. Adaptive pricing is off: the bar
    counts in the campaign's currency.
    """
    campaign = donation.campaign
    with override(donation.language):
        give_url, prefix = campaign.give_url, language_prefix()
    title = own(campaign.title, donation.language)
    notes = {METADATA_KEY: str(donation.attempt)}
    back = {
        "locale": "fr-CA" if donation.language == "fr" else "en",
        "success_url": f"{settings.BASE_URL}{prefix}/give/thanks/{donation.token}/",
        "cancel_url": settings.BASE_URL + give_url,
    }
    once = donation.frequency == Frequency.ONCE
    if from_bank and not once and mandates.needed(donation.currency):
        return mandates.checkout_parameters(donation, title, notes) | back
    kinds = debits.checkout_parameters(
        donation.currency,
        only=from_bank,
        never=not from_bank and (not once or donation.for_fee > 0),
    )
    if once:
        how: dict[str, Any] = {
            "mode": "payment",
            "payment_intent_data": {"description": title, "metadata": notes},
            "customer_creation": "if_required",
            **kinds,
        }
    else:
        how = {
            "mode": "subscription",
            "subscription_data": {"description": title, "metadata": notes},
            **kinds,
        }
    return {
        **how,
        "submit_type": "donate",
        "client_reference_id": str(donation.attempt),
        "line_items": _lines(donation, from_bank),
        "metadata": notes,
        "adaptive_pricing": {"enabled": False},
        **back,
    }


def _lines(donation: Donation, from_bank: bool) -> list[dict[str, Any]]:
    """What Checkout lists: the gift, and beneath it what covers the fee.

    A recurring gift is one line with one price, so that its donor can change the amount.
    """
    price: dict[str, Any] = {"currency": donation.currency}
    title = own(donation.campaign.title, donation.language)
    parts = [(title, donation.amount - donation.for_fee)]
    if donation.for_fee:
        said = _("To cover the bank’s fee") if from_bank else _("To cover the card’s fee")
        parts.append((said, donation.for_fee))
    if donation.frequency != Frequency.ONCE:
        price["recurring"] = {"interval": donation.frequency}
        parts = [(title, donation.amount)]
    return [
        {
            "quantity": 1,
            "price_data": {**price, "unit_amount": amount, "product_data": {"name": name}},
        }
        for name, amount in parts
    ]


def _open_checkout(donation: Donation) -> None:
    while True:
        key = f"donation:{donation.attempt}:{donation.checkout_try}"
        try:
            session = gateway.create_checkout(donation.checkout_parameters, key)
            break
        except gateway.StoredFailure as error:
            # Stripe replays its own failure for this key, so only another one can succeed. The
            # session the failed call may have made is unknown to the reader and never paid.
            if donation.checkout_try >= MOST_TRIES:
                raise TryAgain(_unreachable()) from error
            donation.checkout_try += 1
            donation.save(update_fields=["checkout_try"])
        except gateway.GatewayError as error:
            raise TryAgain(_unreachable()) from error
    donation.checkout_session = session.id
    donation.checkout_url = session.url
    donation.checkout_expires_at = session.expires_at
    with transaction.atomic(), connection.cursor() as cursor:
        donation.save(update_fields=["checkout_session", "checkout_url", "checkout_expires_at"])
        # Once, however often it is opened again and however many ask at one time.
        if Donation.objects.filter(pk=donation.pk, opened_at=None).update(opened_at=timezone.now()):
            origins.count_opened(cursor, donation.pk)


def _unreachable() -> str:
    return _(
        "The payment page could not be opened just now. Nothing was charged. "
        "Please try again in a moment."
    )


def _still_open(donation: Donation) -> bool:
    """Whether the stored session can still be paid; a lapsed one is replaced."""
    try:
        session = gateway.checkout(str(donation.checkout_session))
    except gateway.GatewayError as error:
        raise TryAgain(_unreachable()) from error
    if session.status == "open":
        return True
    if session.status == "complete":
        return False
    donation.checkout_url = ""
    donation.checkout_session = None
    donation.checkout_try += 1
    donation.looks = 0
    donation.next_look_at = timezone.now() + timedelta(minutes=2)
    donation.state = DonationState.STARTED
    donation.save(
        update_fields=[
            "checkout_url",
            "checkout_session",
            "checkout_try",
            "looks",
            "next_look_at",
            "state",
        ]
    )
    return True


def _close_others(donation: Donation, form: uuid.UUID) -> None:
    others = Donation.objects.filter(
        form=form,
        state__in=[DonationState.STARTED, DonationState.FAILED],
        checkout_session__isnull=False,
    ).exclude(pk=donation.pk)
    for other in others:
        try:
            gateway.expire_checkout(str(other.checkout_session))
        except gateway.GatewayError as error:
            raise TryAgain(_unreachable()) from error
        Donation.objects.filter(pk=other.pk).update(next_look_at=timezone.now())
