"""`manage.py check_stripe`: does the key open what the code asks for, and do events come here?"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from campaigns.gateway import Endpoint, GatewayError, api_version, unreadable, webhooks
from campaigns.inbox import EVENTS


class Command(BaseCommand):
    help = "Ask Stripe whether key, rights and webhook endpoint are what this site needs."

    def handle(self, *args: Any, **options: Any) -> None:
        """Changes nothing. Exit 1, naming each thing that is amiss."""
        mode = "live" if settings.STRIPE_LIVE else "test"
        kind = "restricted" if settings.STRIPE_SECRET_KEY.startswith("rk_") else "secret"
        self.stdout.write(f"A {kind} key of {mode} mode; API version {api_version()}.")
        amiss = list(self._troubles())
        for trouble in amiss:
            self.stderr.write(trouble)
        if amiss:
            raise CommandError(f"{len(amiss)} to mend; docs/stripe.md says how.")
        self.stdout.write("The key reads all it must, and the events come here.")

    def _troubles(self) -> Iterator[str]:
        refused = unreadable()
        for name, reason in refused.items():
            yield f"{name} cannot be read: {reason}"
        if not settings.STRIPE_WEBHOOK_SECRETS:
            yield "STRIPE_WEBHOOK_SECRETS is empty: no event can be verified."
        if "Webhook Endpoints" not in refused:
            url = f"{settings.BASE_URL}/stripe/webhook/"
            try:
                yield from _of_endpoints(url, [e for e in webhooks() if e.url == url])
            except GatewayError as error:
                yield f"The webhook endpoints could not be listed: {error}"


def _of_endpoints(url: str, ours: list[Endpoint]) -> Iterator[str]:
    if not ours:
        yield f"No endpoint at {url}: manage.py register_webhook makes one."
    for endpoint in ours:
        if endpoint.status != "enabled":
            yield f"{endpoint.id} is {endpoint.status}: manage.py register_webhook --update."
        missing = [] if "*" in endpoint.events else sorted(set(EVENTS) - endpoint.events)
        if missing:
            yield (
                f"{endpoint.id} is not told of {', '.join(missing)}:"
                " manage.py register_webhook --update."
            )
        if endpoint.api_version not in ("", api_version()):
            yield f"{endpoint.id} speaks {endpoint.api_version}: a new endpoint speaks ours."
