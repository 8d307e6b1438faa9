"""`manage.py verify_receipts`: no gap, no number twice, no receipt of more than is left."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.models import TaxReceipt
from campaigns.tax.verifying import differences


class Command(BaseCommand):
    help = "Compare tax receipts with their numbers and with the ledger, from nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each difference."""
        found = 0
        for difference in differences():
            found += 1
            self.stderr.write(difference)
        receipts = TaxReceipt.objects.count()
        if found:
            raise CommandError(f"{found} differences over {receipts} tax receipts.")
        self.stdout.write(f"No difference over {receipts} tax receipts.")
