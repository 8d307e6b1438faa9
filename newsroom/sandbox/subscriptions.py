"""Subscriptions: begun through Checkout or the API, changed without proration, ended."""

from __future__ import annotations

from . import collecting, events, ids, intents, invoices, methods, periods, prices, standing
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import (
    Check,
    Form,
    boolean,
    choice,
    integer,
    many,
    merge_metadata,
    metadata,
    text,
)
from .shapes import billing as shape
from .state import JsonDict, Route, Sandbox

FEEDBACK = (
    "customer_service", "low_quality", "missing_features", "other", "switched_service",
    "too_complex", "too_expensive", "unused",
)  # fmt: skip


def begin(
    sandbox: Sandbox,
    customer: JsonDict,
    items: list[tuple[JsonDict, int]],
    *,
    method: str | None,
    description: str | None = None,
    notes: dict[str, str] | None = None,
    trial_end: int | None = None,
    save_default: str = "off",
) -> tuple[JsonDict, JsonDict]:
    """A new subscription of prices and quantities, with its first invoice, not tried for yet."""
    now = sandbox.clock.now()
    recurring = items[0][0]["recurring"]
    if recurring is None or any(price["recurring"] != recurring for price, _quantity in items):
        raise InvalidRequest("All items of a subscription need prices of one interval.")
    anchor = trial_end or now
    interval, count = recurring["interval"], recurring["interval_count"]
    end = trial_end or periods.period_end(anchor, interval, count, now)
    subscription = shape.subscription(
        ids.make("sub"),
        customer["id"],
        items[0][0]["currency"],
        now,
        anchor=anchor,
        default_payment_method=method,
        description=description,
        metadata=merge_metadata({}, notes),
        trial_end=trial_end,
        save_default=save_default,
    )
    subscription["items"]["data"] = [
        shape.subscription_item(subscription["id"], price, quantity, now, now, end)
        for price, quantity in items
    ]
    sandbox.store.add(subscription)
    customer["currency"] = subscription["currency"]
    sandbox.store.save(customer)
    standing.keep(sandbox, subscription)
    events.tell(sandbox, "customer.subscription.created", subscription)
    invoice = invoices.raise_for(
        sandbox,
        subscription,
        "subscription_create",
        nothing="Trial period" if trial_end else "",
    )
    return subscription, invoice


def end_with_its_period(sandbox: Sandbox, subscription: JsonDict) -> JsonDict:
    """It is not renewed; until then it goes on."""
    ending = _ending(sandbox, subscription, {"cancel_at_period_end": True})
    standing.change(sandbox, subscription, cancel_at_period_end=True, **ending)
    return subscription


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    customer = sandbox.fetch(asked["customer"], "customer", "customer", "customer")
    if not asked["items"]:
        raise InvalidRequest("Missing required param: items.", param="items")
    trial_end = _trial_moment(sandbox, asked)
    items = [(_price_meant(sandbox, item), item.get("quantity", 1)) for item in asked["items"]]
    method = _method_meant(sandbox, customer["id"], asked.get("default_payment_method"))
    subscription, invoice = begin(
        sandbox,
        customer,
        items,
        method=method,
        description=asked.get("description"),
        notes=asked.get("metadata"),
        trial_end=trial_end,
        save_default=asked.get("payment_settings", {}).get("save_default_payment_method", "off"),
    )
    if invoice["status"] == "open":
        collecting.collect(sandbox, invoice)
    return sandbox.fetch(subscription["id"], "subscription", "subscription")


def _price_meant(sandbox: Sandbox, item: JsonDict) -> JsonDict:
    if item.get("price"):
        return sandbox.fetch(item["price"], "price", "price", "price")
    if item.get("price_data"):
        price = prices.of_data(sandbox, item["price_data"])
        intents.check_amount(price["unit_amount"], price["currency"], "items")
        return price
    raise InvalidRequest("Pass a price or price_data for each item.", param="items")


def _method_meant(sandbox: Sandbox, customer: str, method_id: str | None) -> str | None:
    if not method_id:
        return None
    method = methods.named(sandbox, method_id)
    if method["customer"] is None and method_id.startswith("pm_card_"):
        methods.attach(sandbox, method, customer)
    if method["customer"] != customer:
        raise InvalidRequest(
            f"The customer does not have a payment method with the ID {method_id}.",
            code="resource_missing",
            param="default_payment_method",
        )
    return str(method["id"])


def _trial_moment(sandbox: Sandbox, asked: JsonDict) -> int | None:
    moment: int | None = asked.get("trial_end")
    if moment is not None and moment <= sandbox.clock.now():
        raise InvalidRequest("trial_end must be in the future.", param="trial_end")
    return moment


def _update(sandbox: Sandbox, asked: JsonDict, subscription_id: str) -> JsonDict:
    subscription = sandbox.fetch(subscription_id, "subscription", "subscription")
    if subscription["status"] not in standing.ALIVE:
        raise InvalidRequest(
            f"A subscription that is {subscription['status']} can only update its metadata"
            " and cancellation_details."
        )
    if ("items" in asked or "trial_end" in asked) and asked.get("proration_behavior") != "none":
        raise InvalidRequest(
            "The sandbox prorates nothing: send proration_behavior=none.",
            param="proration_behavior",
        )
    changed: JsonDict = {
        name: asked[name] for name in ("description", "cancel_at_period_end") if name in asked
    }
    if "metadata" in asked:
        changed["metadata"] = merge_metadata(subscription["metadata"], asked["metadata"])
    if "default_payment_method" in asked:
        changed["default_payment_method"] = _method_meant(
            sandbox, subscription["customer"], asked["default_payment_method"]
        )
    if "pause_collection" in asked:
        changed["pause_collection"] = asked["pause_collection"] and (
            {"resumes_at": None} | asked["pause_collection"]
        )
    if "cancellation_details" in asked:
        changed["cancellation_details"] = (
            subscription["cancellation_details"] | asked["cancellation_details"]
        )
    if "items" in asked:
        changed["items"] = _with_items(sandbox, subscription, asked["items"])
    if asked.get("trial_end"):
        changed |= _moved(sandbox, subscription, _trial_moment(sandbox, asked))
    changed |= _ending(sandbox, subscription, changed)
    standing.change(sandbox, subscription, **changed)
    if asked.get("trial_end"):
        standing.set_period(subscription, sandbox.clock.now(), subscription["trial_end"])
        # Stripe writes an invoice of nothing for the time until the new date.
        invoices.raise_for(sandbox, subscription, "subscription_update", nothing="Trial period")
    return sandbox.fetch(subscription_id, "subscription", "subscription")


def _with_items(sandbox: Sandbox, subscription: JsonDict, asked: list[JsonDict]) -> JsonDict:
    """The items with the prices asked for. Each must name an item there is, of the same rhythm."""
    items = [dict(item) for item in subscription["items"]["data"]]
    for change in asked:
        item = next((item for item in items if item["id"] == change.get("id")), None)
        if item is None:
            raise InvalidRequest(f"No such subscription item: '{change.get('id')}'", param="items")
        if change.get("price") or change.get("price_data"):
            price = _price_meant(sandbox, change)
            if price["currency"] != subscription["currency"]:
                raise InvalidRequest("A subscription keeps its currency.", param="items")
            if price["recurring"] != item["price"]["recurring"]:
                raise InvalidRequest("The sandbox keeps a subscription's interval.", param="items")
            item |= {"price": price, "plan": shape.plan(price)}
        item["quantity"] = change.get("quantity", item["quantity"])
    return dict(subscription["items"]) | {"data": items}


def _moved(sandbox: Sandbox, subscription: JsonDict, until: int | None) -> JsonDict:
    return {
        "status": "trialing",
        "trial_start": subscription["trial_start"] or sandbox.clock.now(),
        "trial_end": until,
        "billing_cycle_anchor": until,
    }


def _ending(sandbox: Sandbox, subscription: JsonDict, changed: JsonDict) -> JsonDict:
    """What `cancel_at_period_end` brings with it, or takes away."""
    wanted = changed.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    if not wanted:
        return {"cancel_at": None, "canceled_at": None} if subscription["cancel_at"] else {}
    details = changed.get("cancellation_details", subscription["cancellation_details"])
    return {
        "cancel_at": changed.get("trial_end") or standing.period_of(subscription)[1],
        "canceled_at": subscription["canceled_at"] or sandbox.clock.now(),
        "cancellation_details": details | {"reason": "cancellation_requested"},
    }


def _cancel(sandbox: Sandbox, asked: JsonDict, subscription_id: str) -> JsonDict:
    subscription = sandbox.fetch(subscription_id, "subscription", "subscription")
    if subscription["ended_at"]:
        raise InvalidRequest(
            f"No such subscription: '{subscription_id}'", code="resource_missing", param="id"
        )
    details = asked.get("cancellation_details")
    return standing.end(sandbox, subscription, "cancellation_requested", details)


def _retrieve(sandbox: Sandbox, _asked: JsonDict, subscription_id: str) -> JsonDict:
    return sandbox.fetch(subscription_id, "subscription", "subscription")


def _list(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    wanted = asked.get("status")
    where = {"customer": asked.get("customer"), "status": None if wanted == "all" else wanted}
    listed = page(sandbox, "subscription", "/v1/subscriptions", asked, where)
    if wanted is None:
        # Unless asked for, Stripe leaves out those that ended.
        listed["data"] = [each for each in listed["data"] if each["status"] != "canceled"]
    return listed


_DETAILS = Form(comment=text(), feedback=choice(*FEEDBACK))
_ITEM = Form(
    id=text(),
    price=text(),
    price_data=prices.ITEM_PRICE_DATA,
    quantity=integer(1, 999_999),
)
_COMMON: dict[str, Check] = {
    "default_payment_method": text(),
    "description": text(500),
    "items": many(_ITEM, 20),
    "metadata": metadata,
    "payment_behavior": choice("allow_incomplete", "error_if_incomplete"),
    "proration_behavior": choice("none", "create_prorations", "always_invoice"),
    "trial_end": integer(0),
}


def _hash_or_nothing(form: Form) -> Check:
    """A hash, or an empty text that asks to take it away."""

    def check(value: object, path: str) -> object:
        return None if value == "" else form(value, path)

    return check


ROUTES = (
    Route(
        "POST",
        "/v1/subscriptions",
        _create,
        Form(
            ("customer", "items"),
            customer=text(),
            collection_method=choice("charge_automatically"),
            off_session=boolean,
            payment_settings=Form(save_default_payment_method=choice("off", "on_subscription")),
            **_COMMON,
        ),
    ),
    Route(
        "GET",
        "/v1/subscriptions",
        _list,
        Form(
            **PAGE,
            **moments(),
            customer=text(),
            status=choice("all", "active", "canceled", "incomplete", "past_due", "trialing"),
        ),
    ),
    Route("GET", "/v1/subscriptions/{id}", _retrieve),
    Route(
        "POST",
        "/v1/subscriptions/{id}",
        _update,
        Form(
            cancel_at_period_end=boolean,
            cancellation_details=_DETAILS,
            pause_collection=_hash_or_nothing(
                Form(("behavior",), behavior=choice("void"), resumes_at=integer(0))
            ),
            **_COMMON,
        ),
    ),
    Route(
        "DELETE",
        "/v1/subscriptions/{id}",
        _cancel,
        Form(cancellation_details=_DETAILS, invoice_now=boolean, prorate=boolean),
    ),
)
