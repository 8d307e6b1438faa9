"""`manage.py sweep`: do now what beat would do next, for who runs no beat or cannot wait."""

from typing import Any

from django.core.management.base import BaseCommand

from campaigns.tasks import (
    foresee_ending_cards,
    sweep_inbox,
    sweep_payments,
    sweep_recurring,
)


class Command(BaseCommand):
    help = "Work off the inbox and look at donations nobody has told us about, here and now."

    def handle(self, *args: Any, **options: Any) -> None:
        sweep_inbox()
        sweep_payments()
        sweep_recurring()
        foresee_ending_cards()
