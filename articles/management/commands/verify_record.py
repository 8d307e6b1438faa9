"""`manage.py verify_record`: recompute every hash and compare what readers see with it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.models import Seal
from articles.verifying import verify_record


class Command(BaseCommand):
    help = "Recompute the record's chain; compare each live story with its last version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", default="", help="a site hash seen earlier, which must still be in the chain"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each story that differs."""
        differences = 0
        for difference in verify_record(options["head"], self._progress):
            differences += 1
            self.stderr.write(str(difference))
        links = Seal.objects.count()
        if differences:
            raise CommandError(f"{differences} differences over {links} links of the record.")
        head = Seal.objects.order_by("-sequence").values_list("site_hash", flat=True).first()
        self.stdout.write(f"No difference over {links} links of the record. Head: {head or '-'}")

    def _progress(self, links: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{links} links", ending="")
            self.stderr.flush()
