"""Opening an account: an address is enough, and the code sent there proves it.

An account is opened when a code is first asked for, so that a known and an unknown address
get the same page and the same mail. One whose address nobody proves is forgotten after a day.
"""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from newsroom.readers.models import Reader

UNPROVEN_FOR: Final = timedelta(days=1)


def find_or_open(email: str, language: str = "en") -> Reader | None:
    """The reader of `email`, opened when there is none; None when that account is closed.

    The address counts as proven only after its code was typed in.
    """
    email = email.strip().lower()
    reader = _find(email)
    if reader is None:
        try:
            with transaction.atomic():
                reader = Reader.objects.create_user(email, language=language)
        except IntegrityError:  # asked for twice at once
            reader = Reader.objects.get(email__iexact=email)
    if not reader.is_active:
        return None
    if not EmailAddress.objects.filter(user=reader).exists():
        EmailAddress.objects.get_or_create(
            user=reader, email=reader.email.lower(), defaults={"primary": True}
        )
    return reader


def proven_addresses(reader: Reader) -> list[str]:
    """The reader's addresses (lower case) to which a code went and came back."""
    found = EmailAddress.objects.filter(user=reader, verified=True)
    return [email.lower() for email in found.values_list("email", flat=True)]


def forget_unproven(now: datetime) -> int:
    """Delete accounts opened more than a day before `now` that nobody came into; how many."""
    unproven = Reader.objects.filter(
        last_login=None,
        date_joined__lt=now - UNPROVEN_FOR,
        is_staff=False,
        is_superuser=False,
        groups=None,
        emailaddress__verified=False,
    ).exclude(emailaddress__verified=True)
    _, rows = unproven.delete()
    return rows.get(Reader._meta.label, 0)


def _find(email: str) -> Reader | None:
    proven = EmailAddress.objects.filter(email__iexact=email, verified=True).first()
    if proven is not None:
        return proven.user
    return Reader.objects.filter(email__iexact=email).first()
