"""Addresses that mail came back from for good: nothing more goes there until somebody lifts it.

A hard bounce holds letters and receipts alike, since a provider takes a sender who writes to dead
mailboxes for a spammer. What a person asks for at this moment (a code, a confirmation) still goes.
"""

import logging
from datetime import datetime
from typing import Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from newsroom.audit import log as audit
from newsroom.mail.addresses import key_of
from newsroom.mail.models import AddressHold

log = logging.getLogger(__name__)

HELD: Final = _("Mail to this address came back for good: it is held until staff lift that.")


def hold(address: str, reason: str, moment: datetime) -> bool:
    """Send nothing more to `address`; whether it was not held before. `reason` is the server's."""
    _held, new = AddressHold.objects.get_or_create(
        address_key=key_of(address),
        defaults={"address": address[:320], "reason": reason[:300], "since": moment},
    )
    if new:
        log.warning("an address is held")
    return new


def is_held(address: str) -> bool:
    return AddressHold.objects.filter(address_key=key_of(address)).exists()


def lift(address: str, by: AbstractBaseUser | None = None) -> bool:
    """Write to it again; False when it was not held. `by` None: its owner proved that it works."""
    with transaction.atomic():
        held = AddressHold.objects.filter(address_key=key_of(address)).first()
        if held is None:
            return False
        if by is not None:
            audit.record(by, "lifted", held, "Lifted the hold on an address")
        held.delete()
    return True


def forget(address: str) -> bool:
    """Keep the hold by its hash alone; whether there was one."""
    return AddressHold.objects.filter(address_key=key_of(address)).update(address="") > 0
