"""The front of `/v1/`: key, version, faults, idempotency, then the call itself in one transaction.

Each call runs to its end without letting another in between, so a request is all done or not at
all. What a call raises as ApiError is answered in Stripe's shape; anything else is a 500.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from . import (
    account,
    balance,
    checkout,
    collecting,
    customers,
    debits,
    disputes,
    events,
    fraud,
    idempotency,
    ids,
    intents,
    invoices,
    methods,
    parameters,
    payouts,
    portal,
    prices,
    refunds,
    subscriptions,
    webhooks,
)
from .errors import (
    ApiError,
    Broken,
    InvalidKey,
    InvalidRequest,
    TooManyRequests,
    UnknownAddress,
)
from .listing import expand
from .state import JsonDict, Route, Sandbox
from .version import API_VERSION

ROUTES: tuple[Route, ...] = (
    *account.ROUTES,
    *balance.ROUTES,
    *checkout.ROUTES,
    *collecting.ROUTES,
    *customers.ROUTES,
    *debits.ROUTES,
    *disputes.ROUTES,
    *fraud.ROUTES,
    *payouts.ROUTES,
    *events.ROUTES,
    *intents.ROUTES,
    *invoices.ROUTES,
    *methods.ROUTES,
    *portal.ROUTES,
    *prices.ROUTES,
    *refunds.ROUTES,
    *subscriptions.ROUTES,
    *webhooks.ROUTES,
)
# What Stripe adds to an object only when `expand[]` names it.
INCLUDED = {
    ("checkout.session", "line_items"): checkout.line_items,
    ("charge", "refunds"): refunds.of_charge,
    ("invoice", "payments"): invoices.payments_of,
}
LARGEST_BODY = 1_000_000
_log = logging.getLogger("newsroom.sandbox")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    replay_of: str | None = None


async def answer(sandbox: Sandbox, request: Request) -> Response:
    """Any request under `/v1/`."""
    request_id = ids.make("req", 14)
    path, method = request.url.path, request.method
    key = request.headers.get("idempotency-key") if method == "POST" else None
    try:
        check_key(sandbox, request.headers.get("authorization"))
        check_version(request.headers.get("stripe-version"))
        body = await _read(request)
        await _strike_first(sandbox, method, path, key)
        given = _answer_once(sandbox, method, path, request.url.query, body, key, request_id)
    except ApiError as refusal:
        given = _refused(refusal)
    _log.info("api %s %s status=%s request=%s", method, path, given.status, request_id)
    where = {"path": path, "method": method}
    lost = sandbox.faults.strikes("timeout_after_effect", **where)
    if lost is not None:
        return await _never_answer(lost["seconds"])
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION}
    if key:
        headers["Idempotency-Key"] = key
    if given.replay_of:
        headers |= {"Idempotent-Replayed": "true", "Original-Request": given.replay_of}
    return Response(given.body, given.status, headers, "application/json")


def check_key(sandbox: Sandbox, authorization: str | None) -> None:
    """Bearer, or Basic with the key as the user. Raises InvalidKey."""
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            value = base64.b64decode(value).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            value = ""
    value = value.strip()
    if not value:
        raise InvalidKey(
            "You did not provide an API key. Provide it in the Authorization header,"
            " using Bearer auth."
        )
    if value not in sandbox.keys:
        raise InvalidKey(f"Invalid API Key provided: {value[:8]}{'*' * 8}{value[-4:]}")


def check_version(asked: str | None) -> None:
    if asked not in (None, API_VERSION):
        raise InvalidRequest(
            f"The sandbox speaks API version {API_VERSION} only, not {asked[:40]}."
        )


async def _read(request: Request) -> str:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise InvalidRequest("The request's body is too large.")
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidRequest("The request's body is not UTF-8.") from error


async def _strike_first(sandbox: Sandbox, method: str, path: str, key: str | None) -> None:
    """The faults that come before any work. None of them is remembered under the key."""
    where = {"path": path, "method": method}
    if sandbox.faults.strikes("api_429", **where) is not None:
        raise TooManyRequests(
            "Request rate limit exceeded (injected by the sandbox).", code="rate_limit"
        )
    if sandbox.faults.strikes("api_500", **where) is not None:
        raise Broken("An error the sandbox was asked for, before any work.")
    slow = sandbox.faults.strikes("api_slow", **where)
    if slow is not None:
        with idempotency.holding(key):
            await asyncio.sleep(slow["seconds"])


def _answer_once(
    sandbox: Sandbox,
    method: str,
    path: str,
    query: str,
    body: str,
    key: str | None,
    request_id: str,
) -> Answer:
    """Do the call, or give the answer it had. Parameters are checked before the key is looked at:
    Stripe remembers nothing of a request that did not begin."""
    route, arguments = _route(method, path)
    encoded = body if method == "POST" else query
    asked = parameters.decode(encoded)
    paths = _expand_paths(asked)
    given = route.form(asked)
    fingerprint = idempotency.fingerprint(method, path, encoded)
    if key is not None:
        stored = idempotency.recall(sandbox, key, path, fingerprint)
        if stored is not None:
            return Answer(stored.status, stored.body, stored.request_id)

    def seal(answered: Answer) -> Answer:
        """The answer as it will be given and, in the work's own transaction, remembered."""
        where = {"path": path, "method": method}
        if sandbox.faults.strikes("api_500_after_effect", **where) is not None:
            failure = Broken("An error the sandbox was asked for, after the work was done.")
            answered = Answer(failure.status, _json(failure.body()))
        if key is not None:
            idempotency.remember(
                sandbox, key, fingerprint, answered.status, answered.body, request_id
            )
        return answered

    sandbox.request_id, sandbox.idempotency_key = request_id, key
    try:
        return _do(sandbox, lambda: route.handler(sandbox, given, *arguments), paths, seal)
    finally:
        sandbox.request_id = sandbox.idempotency_key = None


def _do(
    sandbox: Sandbox,
    call: Callable[[], Mapping[str, Any]],
    paths: list[str],
    seal: Callable[[Answer], Answer],
) -> Answer:
    try:
        with sandbox.store.transaction():
            try:
                result = expand(sandbox, dict(call()), paths, INCLUDED, present)
            except ApiError as error:
                if not error.keeps_work:
                    raise
                return seal(_refused(error))
            return seal(Answer(200, _json(result)))
    except ApiError as error:
        refusal: ApiError = error
    except Exception:
        _log.exception("api failed request=%s", sandbox.request_id)
        refusal = Broken("The sandbox failed. Its log says how.")
    with sandbox.store.transaction():
        return seal(_refused(refusal))


def _refused(refusal: ApiError) -> Answer:
    return Answer(refusal.status, _json(refusal.body()))


def present(sandbox: Sandbox, thing: JsonDict) -> JsonDict:
    """A stored object as it is answered now."""
    if thing.get("object") == "balance_transaction":
        return balance.present(sandbox, thing)
    if thing.get("object") == fraud.KIND:
        return fraud.present(sandbox, thing)
    return events.present(sandbox, thing) if thing.get("object") == "event" else thing


def _expand_paths(asked: JsonDict) -> list[str]:
    return list(parameters.many(parameters.text())(asked.pop("expand", ""), "expand"))


def _route(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    for route, pattern in _patterns():
        match = pattern.fullmatch(path)
        if match and route.method == method:
            return route, tuple(unquote(part) for part in match.groups())
    raise UnknownAddress(
        f"Unrecognized request URL ({method}: {path}). The sandbox serves only what the site uses."
    )


@cache
def _patterns() -> tuple[tuple[Route, re.Pattern[str]], ...]:
    return tuple(
        (route, re.compile(re.sub(r"\\\{id\\\}", r"([^/]+)", re.escape(route.path))))
        for route in ROUTES
    )


async def _never_answer(seconds: float) -> Response:
    """Keep the caller waiting, then break off in the middle of an answer."""
    await asyncio.sleep(seconds)

    async def part() -> AsyncIterator[bytes]:
        yield b'{"object":'

    return StreamingResponse(part(), 200, {"Content-Length": "100000"}, "application/json")


def _json(thing: JsonDict) -> bytes:
    return json.dumps(thing, indent=2, ensure_ascii=False).encode()
