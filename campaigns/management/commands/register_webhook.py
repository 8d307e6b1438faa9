"""`manage.py register_webhook`: tell Stripe (or the sandbox) where to send its events."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.gateway import GatewayError, change_webhook, register_webhook, webhooks
from campaigns.inbox import EVENTS


class Command(BaseCommand):
    help = "Make a webhook endpoint at Stripe for this site and print its signing secret."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="make no endpoint: ask that the one there is hear the events of this release",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints `STRIPE_WEBHOOK_SECRETS=whsec_…`, to be put into the environment."""
        url = f"{settings.BASE_URL}/stripe/webhook/"
        try:
            if options["update"]:
                self._update(url)
            else:
                self.stdout.write(f"STRIPE_WEBHOOK_SECRETS={register_webhook(url, EVENTS)}")
        except GatewayError as error:
            raise CommandError(str(error)) from error

    def _update(self, url: str) -> None:
        ours = [endpoint for endpoint in webhooks() if endpoint.url == url]
        if not ours:
            raise CommandError(f"Stripe knows no endpoint at {url}: leave --update away.")
        for endpoint in ours:
            change_webhook(endpoint.id, EVENTS)
            self.stdout.write(f"{endpoint.id} hears {len(EVENTS)} types of event.")
