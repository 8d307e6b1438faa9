"""What letters hold about a person: which come, what was agreed to, and how it is erased."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.letters import consent, signing_up
from newsroom.letters.models import Subscriber, Suppression
from newsroom.mail.addresses import key_of, normal
from newsroom.mail.models import AddressHold
from newsroom.personal import Holding, Kept, Person, Row, register


def join() -> None:
    """Called once, when the app is ready."""
    register(
        Holding("letters", _("Letters you get"), _letters, _erase),
        Holding("consents", _("What you agreed to about letters"), _consents, None, _keeps),
    )


def _letters(person: Person) -> Iterator[Row]:
    emails = [normal(each) for each in person.addresses]
    for subscriber in Subscriber.objects.filter(email__in=emails):
        for each in subscriber.subscriptions.select_related("newsletter"):
            yield {
                "address": subscriber.email,
                "newsletter": each.newsletter.name,
                "standing": each.standing,
                "asked": each.asked_at.isoformat(),
                "confirmed": each.confirmed_at.isoformat() if each.confirmed_at else None,
                "ended": each.ended_at.isoformat() if each.ended_at else None,
                "where": each.source,
                "time zone": subscriber.zone,
            }


def _consents(person: Person) -> Iterator[Row]:
    for address in person.addresses:
        for each in consent.record_of(address):
            yield {
                "newsletter": each.newsletter.name,
                "act": each.act,
                "express": each.express,
                "where": each.source,
                "words shown": each.wording,
                "proof": each.proof,
                "when": each.moment.isoformat(),
            }


def _erase(person: Person) -> int:
    now = timezone.now()
    return sum(signing_up.erase_address(address, now) for address in person.addresses)


def _keeps(person: Person) -> Iterator[Kept]:
    keys = [key_of(address) for address in person.addresses]
    count = sum(len(consent.record_of(address)) for address in person.addresses)
    count += Suppression.objects.filter(address_key__in=keys).count()
    count += AddressHold.objects.filter(address_key__in=keys).count()
    if count:
        yield Kept(
            "letters",
            _("Proof of consent and the list of who gets no letters, without your address"),
            _("The law asks us to prove consent, and we must not write to you again."),
            count,
            None,
        )
