"""The mails that went to a person, and how the outbox forgets them."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from newsroom.mail.models import OutboxMail
from newsroom.mail.outbox import CONFIDENTIAL, forget
from newsroom.personal import MAILS, Holding, Person, Row, register


def join() -> None:
    """Called once, when the app is ready."""
    register(Holding("mails", _("E-mails we sent you"), _mails, _erase_mails, order=MAILS))


def _mails_to(person: Person) -> QuerySet[OutboxMail]:
    wanted = Q(pk__in=[])
    for address in person.addresses:
        wanted |= Q(to__iexact=address)
    return OutboxMail.objects.filter(wanted)


def _mails(person: Person) -> Iterator[Row]:
    for mail in _mails_to(person).order_by("pk"):
        yield {
            "address": mail.to,
            "about": mail.kind,
            "subject": mail.subject,
            "text": "" if mail.kind in CONFIDENTIAL else mail.text,
            "state": mail.state,
            "written": mail.created_at.isoformat(),
            "sent": mail.sent_at.isoformat() if mail.sent_at else None,
        }


def _erase_mails(person: Person) -> int:
    """Address, subject and words of each, those about money too: what the law wants kept of a
    gift is its receipt's own copy and the books."""
    found = OutboxMail.objects.filter(pk__in=list(_mails_to(person).values_list("pk", flat=True)))
    forgotten = forget(found)
    found.update(subject="")
    return forgotten
