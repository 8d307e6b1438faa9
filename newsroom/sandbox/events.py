"""Events: written with the change they tell of, in its transaction, then owed to each endpoint."""

from __future__ import annotations

from . import deliveries
from .listing import PAGE, moments, page
from .parameters import Form, many, text
from .shapes import account as shape
from .state import JsonDict, Route, Sandbox

__all__ = ["ROUTES", "present", "tell"]


def tell(
    sandbox: Sandbox, kind: str, thing: JsonDict, previous: JsonDict | None = None
) -> JsonDict:
    """Write an event about the thing as it is now, and owe it to every endpoint that asked."""
    event = shape.event(
        kind,
        thing,
        sandbox.clock.now(),
        previous=previous,
        request_id=sandbox.request_id,
        idempotency_key=sandbox.idempotency_key,
    )
    owed = [
        endpoint
        for endpoint in sandbox.store.select("webhook_endpoint")
        if deliveries.wants(endpoint, kind)
    ]
    event["pending_webhooks"] = len(owed)
    sandbox.store.add(event)
    for endpoint in owed:
        deliveries.owe(sandbox, event, endpoint)
    return event


def present(sandbox: Sandbox, event: JsonDict) -> JsonDict:
    return event | {"pending_webhooks": deliveries.pending_for(sandbox.store, event["id"])}


def _retrieve(sandbox: Sandbox, _asked: JsonDict, event_id: str) -> JsonDict:
    return present(sandbox, sandbox.fetch(event_id, "event", "event"))


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    types = [asked["type"]] if asked.get("type") else asked.get("types", [])
    listed = page(sandbox, "event", "/v1/events", asked, types=types)
    listed["data"] = [present(sandbox, event) for event in listed["data"]]
    return listed


ROUTES = (
    Route(
        "GET",
        "/v1/events",
        _list,
        Form(**PAGE, **moments(), type=text(), types=many(text(), 20)),
    ),
    Route("GET", "/v1/events/{id}", _retrieve),
)
