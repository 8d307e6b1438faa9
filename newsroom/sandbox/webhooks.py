"""Webhook endpoints and their signing secrets. A rolled secret may stay valid for a while."""

from __future__ import annotations

import time
import typing
from functools import cache

import stripe

from . import ids
from .errors import InvalidRequest
from .listing import PAGE, page
from .parameters import Check, Form, address, boolean, many, merge_metadata, metadata, text
from .shapes import account as shape
from .state import JsonDict, Route, Sandbox
from .store import Store
from .version import API_VERSION


@cache
def event_types() -> frozenset[str]:
    """Every event type the pinned SDK knows."""
    return frozenset(typing.get_args(stripe.Event.__annotations__["type"]))


def register(
    sandbox: Sandbox, url: str, enabled_events: list[str], *, secret: str | None = None,
    description: str | None = None, notes: dict[str, str] | None = None,
) -> JsonDict:  # fmt: skip
    """A new endpoint, with its secret in the answer this once."""
    _check_events(enabled_events)
    endpoint = shape.webhook_endpoint(
        url,
        enabled_events,
        sandbox.clock.now(),
        description=description,
        metadata=merge_metadata({}, notes),
    )
    secret = secret or ids.make("whsec", 32)
    sandbox.store.add(endpoint, {"secrets": [{"secret": secret, "until": None}]})
    return endpoint | {"secret": secret}


def ensure(sandbox: Sandbox, url: str, secret: str) -> JsonDict:
    """One endpoint at this address that hears everything and signs with this secret."""
    for endpoint in sandbox.store.select("webhook_endpoint"):
        if endpoint["url"] == url:
            sandbox.store.save(
                endpoint | {"status": "enabled"},
                {"secrets": [{"secret": secret, "until": None}]},
            )
            return endpoint
    return register(sandbox, url, ["*"], secret=secret)


def roll(sandbox: Sandbox, endpoint: JsonDict, keep_seconds: float) -> str:
    """A new secret; the old ones sign too for `keep_seconds` of real time. Returns the new one."""
    until = time.time() + keep_seconds
    old = sandbox.store.private(endpoint["id"])["secrets"]
    kept = [entry | {"until": min(entry["until"] or until, until)} for entry in old]
    secret = ids.make("whsec", 32)
    sandbox.store.save(endpoint, {"secrets": [{"secret": secret, "until": None}, *kept]})
    return secret


def valid_secrets(store: Store, endpoint_id: str, now: float) -> list[str]:
    return [
        entry["secret"]
        for entry in store.private(endpoint_id).get("secrets", [])
        if entry["until"] is None or entry["until"] > now
    ]


def _check_events(kinds: list[str]) -> None:
    for kind in kinds:
        if kind != "*" and kind not in event_types():
            raise InvalidRequest(
                f"Invalid enabled_events: there is no event type '{kind}'.",
                param="enabled_events",
            )


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    if asked.get("api_version") not in (None, API_VERSION):
        raise InvalidRequest(f"The sandbox speaks {API_VERSION} only.", param="api_version")
    return register(
        sandbox,
        asked["url"],
        asked["enabled_events"],
        description=asked.get("description"),
        notes=asked.get("metadata"),
    )


def _update(sandbox: Sandbox, asked: JsonDict, endpoint_id: str) -> JsonDict:
    endpoint = sandbox.fetch(endpoint_id, "webhook_endpoint", "webhook endpoint")
    if "enabled_events" in asked:
        _check_events(asked["enabled_events"])
    if "metadata" in asked:
        endpoint["metadata"] = merge_metadata(endpoint["metadata"], asked["metadata"])
    if "disabled" in asked:
        endpoint["status"] = "disabled" if asked["disabled"] else "enabled"
    endpoint |= {
        name: asked[name] for name in ("url", "enabled_events", "description") if asked.get(name)
    }
    sandbox.store.save(endpoint)
    return endpoint


def _retrieve(sandbox: Sandbox, _asked: JsonDict, endpoint_id: str) -> JsonDict:
    return sandbox.fetch(endpoint_id, "webhook_endpoint", "webhook endpoint")


def _delete(sandbox: Sandbox, _asked: JsonDict, endpoint_id: str) -> JsonDict:
    sandbox.fetch(endpoint_id, "webhook_endpoint", "webhook endpoint")
    sandbox.store.remove(endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    return page(sandbox, "webhook_endpoint", "/v1/webhook_endpoints", asked)


_COMMON: dict[str, Check] = {
    "description": text(),
    "enabled_events": many(text(), 300),
    "metadata": metadata,
    "url": address,
}

ROUTES = (
    Route(
        "POST",
        "/v1/webhook_endpoints",
        _create,
        Form(("url", "enabled_events"), api_version=text(), **_COMMON),
    ),
    Route("GET", "/v1/webhook_endpoints", _list, Form(**PAGE)),
    Route("GET", "/v1/webhook_endpoints/{id}", _retrieve),
    Route("POST", "/v1/webhook_endpoints/{id}", _update, Form(disabled=boolean, **_COMMON)),
    Route("DELETE", "/v1/webhook_endpoints/{id}", _delete),
)
