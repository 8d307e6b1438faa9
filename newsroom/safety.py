"""What production refuses to start with, each said in one sentence."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def unsafe_settings(settings: Mapping[str, Any]) -> list[str]:
    """One sentence for each unsafe value, naming its environment variable; empty when safe."""
    found: list[str] = []
    if settings["debug"]:
        found.append("WAYLIGHT_DEBUG is on: error pages would show the source. Unset it.")
    secret = settings["secret_key"]
    if secret == settings["default_secret_key"] or len(secret) < 32:
        found.append(
            "WAYLIGHT_SECRET_KEY is missing or shorter than 32 characters: set a random one."
        )
    key = settings["stripe_key"]
    if not key.startswith(("sk_live_", "rk_live_")):
        found.append("STRIPE_SECRET_KEY is not a live key: gifts would be play money.")
    if settings["stripe_api_base"]:
        found.append("STRIPE_API_BASE is set: payments would go to a sandbox, not to Stripe.")
    if urlsplit(settings["base_url"]).scheme != "https":
        found.append("WAYLIGHT_BASE_URL is not https: sign-ins would travel in the clear.")
    if not settings["second_factor"]:
        found.append("WAYLIGHT_STAFF_SECOND_FACTOR is off: staff need one outside the demo.")
    return found


def unservable_settings(webhook_secrets: list[str]) -> list[str]:
    """What the site may not be served with, though `manage.py` must start: the command that makes
    the webhook endpoint prints the secret which then is demanded here."""
    if webhook_secrets:
        return []
    return [
        "STRIPE_WEBHOOK_SECRETS is empty: no webhook could be told from a forged one. "
        "`manage.py register_webhook` prints one."
    ]


def refuse(found: list[str]) -> None:
    """Raise ImproperlyConfigured naming all that was `found` at once; nothing when nothing was."""
    if found:
        raise ImproperlyConfigured(
            "Waylight does not start in production like this:\n- " + "\n- ".join(found)
        )


def refuse_unsafe(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured naming every unsafe value at once."""
    refuse(unsafe_settings(settings))
