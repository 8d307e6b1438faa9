"""Letters about a recurring donation that does not go by itself: a gift that failed, one that came
after all, a card about to end, the end.

Each is owed once for the fact it tells of, in the transaction that writes the fact down.
"""

from datetime import date, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet

from campaigns.models import (
    EndedBy,
    Instalment,
    InstalmentState,
    RecurringDonation,
    RecurringState,
)
from newsroom.edge.language import language_prefix
from newsroom.mail import outbox
from newsroom.mail.models import OutboxMail
from newsroom.money import Money

KIND = "recurring donation"
# A letter is of use while its card can still be changed; the link in it as long.
LINK_DAYS = 45
A_MONTH = timedelta(days=31)
_SALT = "campaigns.card"
_CONFIRM_SALT = "campaigns.confirm"


def owe_letters(recurring: RecurringDonation) -> None:
    """Owe what follows from how it stands now."""
    newest = list(recurring.instalments.select_related("donation")[:12])
    for instalment in newest:
        if instalment.state == InstalmentState.PAID:
            _owe_recovery(recurring, instalment)
    if recurring.state == RecurringState.UNPAID:
        for instalment in newest:
            if instalment.state != InstalmentState.OPEN:
                continue
            if instalment.to_confirm:
                _owe_question(recurring, instalment)
            # After the last try comes the end, which has a letter of its own.
            elif instalment.next_try_at:
                _owe_failure(recurring, instalment)
    told_already = recurring.ended_by in (EndedBy.DONOR, EndedBy.STAFF)
    over = recurring.state in (RecurringState.ENDING, RecurringState.ENDED)
    lived = any(instalment.state == InstalmentState.PAID for instalment in newest)
    # What never lived needs no farewell, and who cancelled was told when they did.
    if over and not told_already and lived:
        day = f"{recurring.ended_at:%Y-%m-%d}"
        write(recurring, "recurring_ended", f"recurring-ended:{recurring.subscription}:{day}")


def _owe_failure(recurring: RecurringDonation, instalment: Instalment) -> None:
    write(
        recurring,
        "recurring_failed",
        f"renewal-failed:{instalment.invoice}:{instalment.tries}",
        money=Money(instalment.amount, recurring.currency),
        next_try_at=instalment.next_try_at,
        card_url=card_url(recurring),
    )


def _owe_question(recurring: RecurringDonation, instalment: Instalment) -> None:
    """Only the donor can say to their bank that it is they who give."""
    write(
        recurring,
        "recurring_confirm",
        f"renewal-confirm:{instalment.invoice}:{instalment.tries}",
        money=Money(instalment.amount, recurring.currency),
        confirm_url=confirm_url(instalment),
        card_url=card_url(recurring),
    )


def _owe_recovery(recurring: RecurringDonation, instalment: Instalment) -> None:
    failed = OutboxMail.objects.filter(
        dedupe_key__startswith=f"renewal-failed:{instalment.invoice}:"
    )
    if instalment.tries > 1 and failed.exists():
        write(
            recurring,
            "recurring_recovered",
            f"renewal-recovered:{instalment.invoice}",
            money=Money(instalment.amount, recurring.currency),
        )


def foresee_ending_cards(today: date) -> int:
    """Owe a letter for each card that ends within a month; returns how many cards there are."""
    found = cards_ending(today)
    owed = 0
    for recurring in found.select_related("donor", "campaign").iterator(chunk_size=200):
        assert recurring.card_ends_on is not None
        owed += write(
            recurring,
            "recurring_card_ends",
            f"card-ends:{recurring.card_id}:{recurring.card_ends_on:%Y-%m}",
            last_day=recurring.card_ends_on - timedelta(days=1),
            card_url=card_url(recurring),
        )
    return owed


def cards_ending(today: date) -> QuerySet[RecurringDonation]:
    """Running donations whose card will have ended within a month, or has."""
    return RecurringDonation.objects.filter(
        state__in=[RecurringState.ACTIVE, RecurringState.PAUSED],
        card_ends_on__lte=today + A_MONTH,
    )


def write(recurring: RecurringDonation, template: str, key: str, **more: object) -> bool:
    """Owe the donor a letter; False when it was owed before or there is no address."""
    donor = recurring.donor
    if donor is None or not donor.email:
        return False
    owed = outbox.owe(
        kind=KIND,
        dedupe_key=key,
        to=donor.email,
        template=template,
        language=recurring.language,
        context={
            "donor_name": donor.name,
            "recurring": recurring,
            "campaign": recurring.campaign,
            "manage_url": manage_url(recurring),
            **more,
        },
    )
    return owed is not None


def manage_url(recurring: RecurringDonation) -> str:
    return f"{_site(recurring)}/account/giving/{recurring.token}/"


def card_url(recurring: RecurringDonation) -> str:
    """A link that changes the card without signing in, and can nothing else."""
    return f"{_site(recurring)}/give/card/{signing.dumps(recurring.pk, salt=_SALT)}/"


def confirm_url(instalment: Instalment) -> str:
    """A link to where the donor confirms a gift with their bank; it can do nothing else."""
    signed = signing.dumps(instalment.pk, salt=_CONFIRM_SALT)
    return f"{_site(instalment.recurring)}/give/confirm/{signed}/"


def _site(recurring: RecurringDonation) -> str:
    """The site's address in the donor's language, without a slash at its end."""
    return settings.BASE_URL + language_prefix(recurring.language)


def of_card_link(signed: str) -> RecurringDonation | None:
    """Whose link it is; None when it is none or too old."""
    try:
        pk = signing.loads(signed, salt=_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.BadSignature:
        return None
    return RecurringDonation.objects.select_related("campaign", "donor").filter(pk=pk).first()


def of_confirm_link(signed: str) -> Instalment | None:
    """Which gift a link is to confirm; None when it is none or too old."""
    try:
        pk = signing.loads(signed, salt=_CONFIRM_SALT, max_age=timedelta(days=LINK_DAYS))
    except signing.BadSignature:
        return None
    joined = Instalment.objects.select_related("recurring__campaign", "recurring__donor")
    return joined.filter(pk=pk).first()
