"""What time alone brings about, whenever the clock is moved and once a second while it runs."""

from __future__ import annotations

from . import checkout, debits, payouts, renewals
from .state import Sandbox


def pass_time(sandbox: Sandbox) -> None:
    """Everything that is due by the sandbox's clock. Call within a transaction."""
    checkout.expire_overdue(sandbox)
    renewals.catch_up(sandbox)
    debits.settle_due(sandbox)
    payouts.daily(sandbox)
