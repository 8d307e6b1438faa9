"""Forgetting an address when somebody asks: everywhere but where the law wants it kept."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from articles import answers, appeals, comments, following, reports
from campaigns import reminders, tributes
from newsroom.letters import signing_up
from newsroom.mail import outbox

# Whatever the newsroom writes to readers, save about money.
KINDS: Final = (
    *following.KINDS,
    answers.KIND,
    comments.APPROVED_MAIL,
    appeals.ANSWER_MAIL,
    reminders.KIND,
    tributes.KIND,
    signing_up.TO_CONFIRM,
    "give link",
    *outbox.CONFIDENTIAL,
)


@dataclass(frozen=True, slots=True)
class Forgotten:
    """From how many rows of each kind the address was erased."""

    reports: int
    follows: int
    reminders: int
    cards: int
    letters: int
    mails: int


@transaction.atomic
def forget_address(address: str) -> Forgotten:
    """Erase `address` from reports, follows, reminders, cards that wait, letters and mails; all or
    nothing.

    Donations, receipts and the mails about them stay.
    """
    return Forgotten(
        reports=reports.erase_address(address),
        follows=following.erase_address(address),
        reminders=reminders.erase_address(address),
        cards=tributes.erase_address(address),
        letters=signing_up.erase_address(address, timezone.now()),
        mails=outbox.forget(outbox.mails_to(address, KINDS)),
    )
