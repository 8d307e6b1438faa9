"""`manage.py verify_rollups`: recompute every roll-up from nothing and compare."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from campaigns import rollups


class Command(BaseCommand):
    help = "Recompute the ledger's sums and those of regular giving from nothing, and compare."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each difference, when a kept sum is not what it is the sum of."""
        differences = 0
        for difference in rollups.verify():
            differences += 1
            self.stderr.write(str(difference))
        if differences:
            raise CommandError(f"{differences} differences.")
        self.stdout.write("No difference: every kept sum is what it is the sum of.")
