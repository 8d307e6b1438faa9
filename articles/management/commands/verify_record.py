"""`manage.py verify_record`: recompute every hash and compare what readers see with it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.head_lines import BadLine, HeadLine, read
from articles.heads import this_key
from articles.models import Seal
from articles.verifying import verify_record

BAR = 30


class Command(BaseCommand):
    help = "Recompute the record's chain; compare each live story with its last version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", default="", help="a site hash seen earlier, which must still be in the chain"
        )
        parser.add_argument(
            "--heads",
            type=Path,
            help="a file of signed lines kept earlier: signatures and heads are checked",
        )
        parser.add_argument(
            "--key",
            action="append",
            default=[],
            help="a public key of the newsroom's beside the present one, for older lines",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each story that differs."""
        self.links = Seal.objects.count()
        kept, bad = self._kept(options["heads"], {this_key(), *options["key"]})
        for sentence in bad:
            self.stderr.write(sentence)
        differences = len(bad)
        for difference in verify_record(options["head"], self._progress, kept):
            differences += 1
            self.stderr.write(str(difference))
        if differences:
            raise CommandError(f"{differences} differences over {self.links} links of the record.")
        head = Seal.objects.order_by("-sequence").values_list("site_hash", flat=True).first()
        told = f" {len(kept)} heads of the file are in it." if options["heads"] else ""
        self.stdout.write(
            f"No difference over {self.links} links of the record.{told} Head: {head or '-'}"
        )

    def _kept(self, file: Path | None, keys: set[str]) -> tuple[list[HeadLine], list[str]]:
        """The heads of the file that are signed by one of `keys`, and what is wrong with others."""
        if file is None:
            return [], []
        try:
            lines = file.read_text().splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from None
        kept, bad = [], []
        for line in filter(str.strip, lines):
            try:
                head = read(line)
            except BadLine as sentence:
                bad.append(str(sentence))
                continue
            if head.key in keys:
                kept.append(head)
            else:
                bad.append(
                    f"The head of {head.day} is signed by a key that is not ours: {head.key}"
                )
        if not kept and not bad:
            bad.append(f"{file} has no head.")
        return kept, bad

    def _progress(self, links: int) -> None:
        """A bar for whoever waits at a terminal."""
        if self.stderr.isatty():
            part = links / self.links if self.links else 1
            bar = ("#" * int(BAR * part)).ljust(BAR, ".")
            end = "\n" if links >= self.links else ""
            self.stderr.write(f"\r[{bar}] {links:,} of {self.links:,} links", ending=end)
            self.stderr.flush()
