"""Checks a JSON object against the SDK's own annotations of its class.

The SDK writes `Optional` for what may be null and for what may be absent alike. So an object of the
API must have every field, but for those in `ABSENT`, which Stripe sends only when asked for or not
for payments like ours; a hash within an object may lack what is optional. No field may be unknown.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
import typing
from functools import cache
from importlib import import_module
from typing import Any

import stripe
from stripe import ListObject, StripeObject

ABSENT: dict[str, set[str]] = {
    "checkout.session": {
        "line_items", "presentment_details", "redirect_on_completion", "return_url",
    },
    "charge": {"authorization_code", "level3", "presentment_details", "refunds", "transfer"},
    "payment_intent": {"hooks", "payment_details", "payment_record", "presentment_details"},
    "refund": {
        "description", "failure_balance_transaction", "failure_reason", "instructions_email",
        "next_action", "pending_reason", "presentment_details",
    },
    "customer": {
        "cash_balance", "deleted", "invoice_credit_balance", "sources", "subscriptions", "tax",
        "tax_ids",
    },
    "webhook_endpoint": {"deleted", "secret"},
    "event": {"account", "context"},
    "account": {"company", "deleted", "external_accounts", "groups", "individual"},
    "balance": {"connect_reserved", "instant_available", "issuing"},
    "item": {"discounts", "taxes"},
    "price": {"currency_options", "deleted", "tiers"},
    "product": {"deleted"},
    "mandate": {"multi_use", "single_use"},
    "invoice": {"confirmation_secret", "deleted", "payments"},
    "plan": {"deleted", "tiers"},
    "setup_intent": {"attach_to_self"},
    "subscription_item": {"deleted"},
    "billing_portal.session": {"after_expiration"},
}  # fmt: skip
# Named by the base of the parameters' classes, in another module.
_INHERITED = {"Mapping": typing.Mapping, "StripeContext": stripe.StripeContext}
# A payment method carries the hash of its own kind and of no other.
ONLY_OF_ITS_KIND = {"payment_method"}
METHOD_FIELDS = {
    "id", "object", "allow_redisplay", "billing_details", "created", "customer",
    "customer_account", "livemode", "metadata", "type",
}  # fmt: skip


def faults_of(thing: dict[str, Any], expanded: frozenset[str] = frozenset()) -> list[str]:
    """What is wrong with an object of the API, one sentence each. `expanded` may be there."""
    name = thing["object"]
    cls = _classes()[name]
    found = list(_check(thing, cls, name))
    wanted = set(fields_of(cls)) - ABSENT.get(name, set())
    if name in ONLY_OF_ITS_KIND:
        wanted = METHOD_FIELDS | {thing["type"]}
    found += [f"{name}.{field} is absent" for field in sorted(wanted - set(thing))]
    surplus = (ABSENT.get(name, set()) & set(thing)) - expanded
    return found + [f"{name}.{field} should be absent" for field in sorted(surplus)]


def _check(value: Any, wanted: Any, path: str) -> typing.Iterator[str]:
    origin, arguments = typing.get_origin(wanted), typing.get_args(wanted)
    if wanted is Any:
        return
    if origin in (typing.Union, types.UnionType):
        yield from _check_union(value, arguments, path)
    elif origin is typing.Literal:
        if value not in arguments:
            yield f"{path} is {value!r}, not one of {arguments[:8]}"
    elif origin in (list, typing.List):  # noqa: UP006
        if not isinstance(value, list):
            yield f"{path} is no list: {value!r}"
            return
        for index, item in enumerate(value):
            yield from _check(item, arguments[0], f"{path}[{index}]")
    elif inspect.isclass(origin or wanted) and issubclass(origin or wanted, StripeObject):
        yield from _check_hash(value, origin or wanted, arguments, path)
    elif getattr(wanted, "__name__", "") == "Decimal":
        if not isinstance(value, str):
            yield f"{path} is {value!r}, not a decimal in text"
    elif wanted is float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield f"{path} is {value!r}, not a number"
    elif type(value) is not wanted:
        yield f"{path} is {value!r}, not {wanted}"


def _check_union(value: Any, arguments: tuple[Any, ...], path: str) -> typing.Iterator[str]:
    if any(typing.get_origin(arm) is typing.Literal for arm in arguments):
        # `Literal | str` leaves the door open for values to come; today's are the literals.
        arguments = tuple(arm for arm in arguments if arm is not str)
    if value is not None:
        arguments = tuple(arm for arm in arguments if arm is not type(None))
    tries = [list(_check(value, arm, path)) for arm in arguments]
    if all(tries):
        yield min(tries, key=len)[0]


def _check_hash(
    value: Any, cls: Any, arguments: tuple[Any, ...], path: str
) -> typing.Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path} is no hash: {value!r}"
        return
    if cls is ListObject:
        if value.get("object") != "list" or set(value) != {"object", "data", "has_more", "url"}:
            yield f"{path} is no list object"
            return
        for index, item in enumerate(value["data"]):
            yield from _check(item, arguments[0], f"{path}.data[{index}]")
        return
    if cls.__name__ == "UntypedStripeObject":
        for key, item in value.items():
            yield from _check(item, arguments[0] if arguments else Any, f"{path}[{key}]")
        return
    fields = fields_of(cls)
    for key, item in value.items():
        if key not in fields:
            yield f"{path}.{key} is unknown to the SDK"
        else:
            yield from _check(item, fields[key], f"{path}.{key}")
    for key, kind in fields.items():
        if key not in value and type(None) not in typing.get_args(kind):
            yield f"{path}.{key} is absent"


@cache
def fields_of(cls: Any) -> dict[str, Any]:
    """A class of the SDK, its fields by their names on the wire."""
    hints = typing.get_type_hints(cls, localns=_names(cls.__module__) | _INHERITED)
    renamed = getattr(cls, "_field_remappings", None) or {}
    return {
        renamed.get(name, name): kind
        for name, kind in hints.items()
        if not name.startswith("_") and name != "OBJECT_NAME"
    }


@cache
def _names(module_name: str) -> dict[str, Any]:
    """What a module of the SDK imports for its type checker only."""
    tree = ast.parse(inspect.getsource(sys.modules[module_name]))
    return {
        alias.asname or alias.name: getattr(import_module(node.module), alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe")
        for alias in node.names
    }


@cache
def _classes() -> dict[str, Any]:
    """The SDK's class for each `object`."""
    return {
        cls.OBJECT_NAME: cls
        for cls in (
            stripe.Account, stripe.Balance, stripe.BalanceTransaction, stripe.Charge,
            stripe.Customer, stripe.Dispute, stripe.Event, stripe.LineItem, stripe.Mandate,
            stripe.PaymentIntent, stripe.Payout, stripe.radar.EarlyFraudWarning,
            stripe.Invoice, stripe.InvoiceLineItem, stripe.InvoicePayment, stripe.Plan,
            stripe.PaymentMethod, stripe.Price, stripe.Product, stripe.Refund,
            stripe.SetupIntent, stripe.Subscription, stripe.SubscriptionItem,
            stripe.WebhookEndpoint, stripe.billing_portal.Session, stripe.checkout.Session,
        )
    }  # fmt: skip
