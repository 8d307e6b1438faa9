"""`manage.py import_subscribers list.csv --newsletter the-boat`: an existing list, brought in."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from newsroom.letters.importing import BadLine, ImportRefused, bring_in
from newsroom.letters.models import Newsletter


class Command(BaseCommand):
    help = (
        "Bring the readers of an existing list into a newsletter. The CSV file names the columns "
        "email, consented_on (YYYY-MM-DD) and proof (where they said yes). Nothing is kept "
        "without --enter: then all good lines are entered at once, and each bad one is named."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--newsletter", required=True, help="its address (slug)")
        parser.add_argument("--enter", action="store_true", help="keep it; else a dry run")

    def handle(self, *args: Any, **options: Any) -> None:
        newsletter = Newsletter.objects.filter(slug=options["newsletter"]).first()
        if newsletter is None:
            raise CommandError(f"There is no newsletter {options['newsletter']}.")
        try:
            with options["file"].open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                found = bring_in(lines, newsletter, timezone.now(), dry=not options["enter"])
                for each in found:
                    if isinstance(each, BadLine):
                        self.stderr.write(f"Line {each.number}: {each.why}")
                    else:
                        word = "Entered" if options["enter"] else "Would enter"
                        self.stdout.write(
                            f"{word} {each.entered}; {each.there} get it already; "
                            f"{each.suppressed} asked for no letters; {each.bad} bad lines."
                        )
        except (ImportRefused, OSError) as refusal:
            raise CommandError(str(refusal)) from refusal
