"""Early fraud warnings: a card's issuer says that a charge was fraud, mostly before a dispute.

https://docs.stripe.com/disputes/measuring#early-fraud-warnings. One that was refunded whole, or
disputed, asks for nothing any more (`actionable`).
"""

from __future__ import annotations

from . import events
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import Form, text
from .shapes import payouts as shape
from .state import JsonDict, Route, Sandbox

KIND = "radar.early_fraud_warning"
TYPES = (
    "card_never_received", "fraudulent_card_application", "made_with_counterfeit_card",
    "made_with_lost_card", "made_with_stolen_card", "misc", "unauthorized_use_of_card",
)  # fmt: skip


def warn(
    sandbox: Sandbox, charge: JsonDict, fraud_type: str = "unauthorized_use_of_card"
) -> JsonDict:
    """Warn of a charge by card. Raises InvalidRequest."""
    if charge["status"] != "succeeded" or charge["payment_method_details"]["type"] != "card":
        raise InvalidRequest("Issuers warn of charges by card that succeeded.", param="charge")
    if fraud_type not in TYPES:
        raise InvalidRequest(f"A warning's type is one of: {', '.join(TYPES)}.")
    if sandbox.store.select(KIND, {"charge": charge["id"]}, limit=1):
        raise InvalidRequest("This charge has its warning already.")
    warning = present(sandbox, shape.warning(charge, fraud_type, sandbox.clock.now()))
    sandbox.store.add(warning)
    events.tell(sandbox, f"{KIND}.created", warning)
    return warning


def present(sandbox: Sandbox, warning: JsonDict) -> JsonDict:
    """As it stands now."""
    charge = sandbox.fetch(warning["charge"], "charge", "charge")
    return warning | {"actionable": not charge["refunded"] and not charge["disputed"]}


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("charge", "payment_intent")}
    listed = page(sandbox, KIND, "/v1/radar/early_fraud_warnings", asked, where)
    listed["data"] = [present(sandbox, warning) for warning in listed["data"]]
    return listed


def _retrieve(sandbox: Sandbox, _asked: JsonDict, warning_id: str) -> JsonDict:
    return present(sandbox, sandbox.fetch(warning_id, KIND, "early fraud warning"))


ROUTES = (
    Route(
        "GET",
        "/v1/radar/early_fraud_warnings",
        _list,
        Form(**PAGE, **moments(), charge=text(), payment_intent=text()),
    ),
    Route("GET", "/v1/radar/early_fraud_warnings/{id}", _retrieve),
)
