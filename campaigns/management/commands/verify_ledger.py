"""`manage.py verify_ledger`: recompute every sum from the ledger alone and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns.ledger import recount
from campaigns.models import LedgerEntry


class Command(BaseCommand):
    help = "Recompute totals, daily roll-ups, donors' and donations' sums from the ledger."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each difference, when a kept sum is not what the entries come to."""
        differences = 0
        for difference in recount():
            differences += 1
            self.stderr.write(str(difference))
        entries = LedgerEntry.objects.count()
        if differences:
            raise CommandError(f"{differences} differences over {entries} ledger entries.")
        self.stdout.write(f"No difference over {entries} ledger entries.")
