"""`manage.py forget_address ann@example.org`: erase an address from whatever the law lets go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from newsroom.account.forgetting import forget_address


class Command(BaseCommand):
    help = (
        "Erase an e-mail address from error reports (which stay, without it), from the stories it "
        "follows, from reminders and tribute cards that wait, from letters, and from the mails "
        "that went to it; those about money stay, as the law asks."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, address: str, **options: Any) -> None:
        found = forget_address(address)
        self.stdout.write(
            f"Erased from {found.reports} reports, {found.follows} followed stories, "
            f"{found.reminders} reminders, {found.cards} cards, {found.letters} letters and "
            f"{found.mails} other mails."
        )
