"""`manage.py forget_address ann@example.org`: erase an address from reports and follows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from articles import following, reports


class Command(BaseCommand):
    help = (
        "Erase an e-mail address from error reports (which stay, without it) and from the stories "
        "it follows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    @transaction.atomic
    def handle(self, *args: Any, address: str, **options: Any) -> None:
        reported, followed = reports.erase_address(address), following.erase_address(address)
        self.stdout.write(f"Erased from {reported} reports and {followed} followed stories.")
