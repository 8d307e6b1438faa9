"""Until every gift is in the books: the pipeline that runs brings them in, and the build lends it a
hand."""

import time
import uuid
from typing import Final

from django.db.models import QuerySet, Sum

from campaigns import inbox, sync
from campaigns.gateway import GatewayError
from campaigns.models import Campaign, Donation, LedgerEntry
from newsroom.demo.build import CannotBuild
from newsroom.demo.build.showing import Part
from newsroom.money import Money

LOOK_EVERY_SECONDS: Final = 0.5
# How long nothing may arrive before the build asks Stripe itself: perhaps no site runs.
QUIET_SECONDS: Final = 4.0
GIVE_UP_SECONDS: Final = 180.0


class Books:
    """How many of the paid gifts (`forms`) of `campaign` have arrived, shown on `part`."""

    def __init__(self, campaign: Campaign, forms: list[uuid.UUID], part: Part) -> None:
        self._campaign = campaign
        self._forms = forms
        self._part = part
        self._looked = 0.0

    def glance(self) -> None:
        """Show how far it is, when it was not shown just now."""
        if time.monotonic() - self._looked > LOOK_EVERY_SECONDS:
            self.look()

    def look(self) -> int:
        """Show how far it is; how many have arrived."""
        arrived = self._gifts().filter(received_at__isnull=False).count()
        entries = LedgerEntry.objects.filter(campaign=self._campaign)
        raised = entries.aggregate(sum=Sum("amount"))["sum"] or 0
        self._part.reach(arrived, Money(raised, self._campaign.currency).show())
        self._looked = time.monotonic()
        return arrived

    def work(self) -> None:
        """Work at the inbox for a moment, as the worker does; rest when nothing waits."""
        self.glance()
        if not inbox.work_off():
            time.sleep(0.1)

    def close(self) -> None:
        """Return when all gifts have arrived and every event was worked off. Where no webhook
        comes, ask Stripe from here. Raises `CannotBuild` when some never arrive."""
        gives_up_at = time.monotonic() + GIVE_UP_SECONDS
        before, moved = -1, time.monotonic()
        while True:
            self.work()
            arrived = self.look()
            # An event that failed is tried again by the pipeline in its own time.
            untried = inbox.waiting_events().filter(last_error="")
            if arrived == len(self._forms) and not untried.exists():
                return
            now = time.monotonic()
            if now > gives_up_at:
                raise CannotBuild(
                    f"{len(self._forms) - arrived} gifts have not arrived: see the inbox on the "
                    "desk, and run `manage.py build_demo` again."
                )
            if arrived != before:
                before, moved = arrived, now
            elif now - moved > QUIET_SECONDS:
                self._ask_stripe()
                moved = time.monotonic()

    def _gifts(self) -> QuerySet[Donation]:
        return Donation.objects.filter(campaign=self._campaign, form__in=self._forms)

    def _ask_stripe(self) -> None:
        for donation in self._gifts().filter(received_at=None, checkout_session__isnull=False):
            try:
                sync.sync_checkout(str(donation.checkout_session))
            except GatewayError as error:
                raise CannotBuild(f"The Stripe sandbox could not be asked: {error}") from error
            self.glance()
