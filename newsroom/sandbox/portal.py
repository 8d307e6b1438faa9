"""The Billing Portal: sessions made through the API, a page where a customer changes the card an
invoice is charged to and ends a subscription."""

from __future__ import annotations

from collections.abc import Mapping

from . import customers, entry, ids, methods, standing, subscriptions
from .cards import CARDS
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import Form, address, choice, text
from .shapes import checkout as checkout_shape
from .shapes import payments as payment_shape
from .shapes import setups as shape
from .state import JsonDict, Route, Sandbox


def of(sandbox: Sandbox, session_id: str) -> JsonDict:
    return sandbox.fetch(session_id, "billing_portal.session", "portal session", "session")


def alive(sandbox: Sandbox, session: JsonDict) -> list[JsonDict]:
    """The customer's subscriptions that live, each with the card it is charged to."""
    listed = sandbox.store.select("subscription", {"customer": session["customer"]})
    return [
        {"subscription": each, "card": standing.method_of(sandbox, each)}
        for each in listed
        if each["status"] in standing.ALIVE
    ]


def change_card(sandbox: Sandbox, session: JsonDict, typed: Mapping[str, str]) -> JsonDict:
    """A new card becomes the customer's default for invoices. Raises entry.EntryRefused.

    A subscription that names a card of its own goes on with it, as at Stripe.
    """
    customer = sandbox.fetch(session["customer"], "customer", "customer")
    number, month, year = entry.read_card(sandbox, typed)
    billing = payment_shape.billing_details(customer["name"], customer["email"])
    method = methods.make(sandbox, CARDS[number], month, year, billing)
    methods.attach(sandbox, method, customer["id"])
    customers.charge_to(sandbox, customer, method)
    return method


def cancel(sandbox: Sandbox, session: JsonDict, subscription_id: str) -> JsonDict:
    """End one of the customer's subscriptions when what is paid for is over."""
    for each in alive(sandbox, session):
        if each["subscription"]["id"] == subscription_id:
            return subscriptions.end_with_its_period(sandbox, each["subscription"])
    raise InvalidRequest("This subscription is not one of the customer's that go on.")


def leads_to(session: JsonDict) -> str | None:
    """Where the page sends its visitor when what they came for is done."""
    flow = session["flow"]
    if flow and flow["after_completion"]["redirect"]:
        return str(flow["after_completion"]["redirect"]["return_url"])
    return session["return_url"] if flow else None


def _create(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    customer = sandbox.fetch(asked["customer"], "customer", "customer", "customer")
    flow = asked.get("flow_data")
    if flow and flow["type"] == "subscription_cancel":
        named = flow.get("subscription_cancel", {}).get("subscription", "")
        found = sandbox.fetch(named, "subscription", "subscription", "flow_data")
        if found["customer"] != customer["id"] or found["status"] not in standing.ALIVE:
            raise InvalidRequest("This subscription cannot be cancelled.", param="flow_data")
    configuration = sandbox.store.setting("portal")
    if configuration is None:
        configuration = ids.make("bpc")
        sandbox.store.set("portal", configuration)
    session = shape.portal_session(
        customer["id"],
        configuration,
        sandbox.clock.now(),
        sandbox.base_url,
        flow=shape.flow(flow) if flow else None,
        locale=asked.get("locale"),
        return_url=asked.get("return_url"),
    )
    sandbox.store.add(session)
    return session


def _retrieve_setup(sandbox: Sandbox, _asked: JsonDict, intent_id: str) -> JsonDict:
    return sandbox.fetch(intent_id, "setup_intent", "setupintent", "intent")


def _list_setups(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    where = {"customer": asked.get("customer")}
    return page(sandbox, "setup_intent", "/v1/setup_intents", asked, where)


ROUTES = (
    Route(
        "POST",
        "/v1/billing_portal/sessions",
        _create,
        Form(
            ("customer",),
            customer=text(),
            flow_data=Form(
                ("type",),
                after_completion=Form(
                    ("type",),
                    type=choice("portal_homepage", "redirect"),
                    redirect=Form(("return_url",), return_url=address),
                ),
                subscription_cancel=Form(("subscription",), subscription=text()),
                type=choice("payment_method_update", "subscription_cancel"),
            ),
            locale=choice(*checkout_shape.LOCALES),
            return_url=address,
        ),
    ),
    Route("GET", "/v1/setup_intents", _list_setups, Form(**PAGE, **moments(), customer=text())),
    Route("GET", "/v1/setup_intents/{id}", _retrieve_setup),
)
