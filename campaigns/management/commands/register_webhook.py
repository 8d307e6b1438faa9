"""`manage.py register_webhook`: tell Stripe (or the sandbox) where to send its events."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.gateway import GatewayError, register_webhook
from campaigns.inbox import EVENTS


class Command(BaseCommand):
    help = "Make a webhook endpoint at Stripe for this site and print its signing secret."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints `STRIPE_WEBHOOK_SECRETS=whsec_…`, to be put into the environment."""
        url = f"{settings.BASE_URL}/stripe/webhook/"
        try:
            secret = register_webhook(url, EVENTS)
        except GatewayError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"STRIPE_WEBHOOK_SECRETS={secret}")
