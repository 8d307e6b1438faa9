"""`manage.py reconcile`: compare the ledger with Stripe's list, mend, and report."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from campaigns.gateway import GatewayError
from campaigns.models import Reconciliation
from campaigns.reconcile import reconcile


class Command(BaseCommand):
    help = "Compare the ledger with Stripe's balance transactions and mend what is missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", help="from this moment on (2026-06-03 or with a time)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1, naming each difference left after mending."""
        since = self._moment(options["since"]) if options["since"] else None
        try:
            run = reconcile(since, on_page=self._show)
        except GatewayError as error:
            raise CommandError(f"Stripe could not be read to the end: {error}") from error
        for d in run.differences:
            self.stderr.write(
                f"{d['transaction']}: {d['what']}, ours {d['ours']}, Stripe's {d['theirs']}"
            )
        if run.differences:
            raise CommandError(
                f"{run.how_many} differences over {run.compared} balance transactions."
            )
        self.stdout.write(
            f"No difference over {run.compared} balance transactions ({run.repaired} mended)."
        )

    def _show(self, run: Reconciliation) -> None:
        if self.stderr.isatty():
            reached = str(run.place.get("reached", ""))[:10]
            self.stderr.write(f"\r{run.compared} compared, back to {reached}", ending="")

    def _moment(self, text: str) -> datetime:
        day = parse_date(text)
        moment = parse_datetime(text)
        if day and not moment:
            moment = datetime.combine(day, datetime.min.time())
        if moment is None:
            raise CommandError(f"--since: {text} is not a date.")
        return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
