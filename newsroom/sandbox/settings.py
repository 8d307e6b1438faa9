"""How one sandbox is started. The command line writes it, the server's worker reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_KEY = "sk_test_waylight_sandbox"
DEFAULT_WEBHOOK_SECRET = "whsec_waylight_sandbox"


class RefusesToStart(Exception):
    """One plain sentence on why."""


@dataclass(frozen=True)
class Settings:
    """`base_url` is where browsers find the hosted pages, without a slash at its end."""

    state: Path
    base_url: str
    key: str = DEFAULT_KEY
    webhook_url: str = ""
    webhook_secret: str = DEFAULT_WEBHOOK_SECRET
    verbose: bool = False

    def environment(self) -> dict[str, str]:
        return {
            "WAYLIGHT_SANDBOX_STATE": str(self.state),
            "WAYLIGHT_SANDBOX_BASE_URL": self.base_url,
            "STRIPE_SECRET_KEY": self.key,
            "WAYLIGHT_SANDBOX_WEBHOOK_URL": self.webhook_url,
            "STRIPE_WEBHOOK_SECRET": self.webhook_secret,
            "WAYLIGHT_SANDBOX_VERBOSE": "1" if self.verbose else "",
        }

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises RefusesToStart."""
        key = environment.get("STRIPE_SECRET_KEY") or DEFAULT_KEY
        # More than one secret may be valid at the site while one is being replaced; the first
        # is the one in use.
        secret = (environment.get("STRIPE_WEBHOOK_SECRET") or "").split(",")[0].strip()
        return cls(
            state=Path(environment["WAYLIGHT_SANDBOX_STATE"]),
            base_url=environment["WAYLIGHT_SANDBOX_BASE_URL"],
            key=checked_key(key),
            webhook_url=environment.get("WAYLIGHT_SANDBOX_WEBHOOK_URL", ""),
            webhook_secret=secret or DEFAULT_WEBHOOK_SECRET,
            verbose=bool(environment.get("WAYLIGHT_SANDBOX_VERBOSE")),
        )


def checked_key(key: str) -> str:
    if key.startswith(("sk_live_", "rk_live_")):
        raise RefusesToStart("The sandbox never starts with a live Stripe key: unset it first.")
    if not key.startswith(("sk_test_", "rk_test_")):
        raise RefusesToStart("STRIPE_SECRET_KEY must begin with sk_test_ for the sandbox.")
    return key
