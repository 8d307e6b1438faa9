"""The account itself, and disputes: it has none yet, and says so as Stripe does."""

from __future__ import annotations

from .listing import PAGE, moments, page
from .parameters import Form, text
from .shapes import account as shape
from .state import JsonDict, Route, Sandbox


def _account(sandbox: Sandbox, _asked: JsonDict) -> JsonDict:
    return shape.account(sandbox.account, sandbox.store.setting("began"))


def _disputes(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {name: asked.get(name) for name in ("charge", "payment_intent")}
    return page(sandbox, "dispute", "/v1/disputes", asked, where)


def _dispute(sandbox: Sandbox, _asked: JsonDict, dispute_id: str) -> JsonDict:
    return sandbox.fetch(dispute_id, "dispute", "dispute", "dispute")


ROUTES = (
    Route("GET", "/v1/account", _account),
    Route(
        "GET",
        "/v1/disputes",
        _disputes,
        Form(**PAGE, **moments(), charge=text(), payment_intent=text()),
    ),
    Route("GET", "/v1/disputes/{id}", _dispute),
)
