"""`manage.py forget_address ann@example.org`: erase an address from reports, follows and mails."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles import answers, comments, following, reports
from newsroom.mail import outbox

# Whatever the newsroom writes to readers, save about money.
KINDS = (*following.KINDS, answers.KIND, comments.APPROVED_MAIL, *outbox.CONFIDENTIAL)


class Command(BaseCommand):
    help = (
        "Erase an e-mail address from error reports (which stay, without it), from the stories it "
        "follows and from the mails that went to it; those about money stay, as the law asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    @transaction.atomic
    def handle(self, *args: Any, address: str, **options: Any) -> None:
        reported, followed = reports.erase_address(address), following.erase_address(address)
        mailed = outbox.forget(outbox.mails_to(address, KINDS))
        self.stdout.write(
            f"Erased from {reported} reports, {followed} followed stories and {mailed} other mails."
        )
