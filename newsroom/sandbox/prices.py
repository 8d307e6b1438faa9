"""Products and prices: made through the API, or with what they price (`price_data`)."""

from __future__ import annotations

from . import currencies
from .errors import InvalidRequest
from .listing import PAGE, moments, page
from .parameters import (
    Check,
    Form,
    address,
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

RECURRING = Form(
    ("interval",),
    interval=choice("day", "week", "month", "year"),
    interval_count=integer(1, 36),
)
_PRODUCT: dict[str, Check] = {
    "name": text(),
    "description": text(),
    "images": many(address, 8),
    "metadata": metadata,
}
PRODUCT_DATA = Form(("name",), **_PRODUCT)
# What a line item of a subscription takes: Stripe asks for a product that exists.
ITEM_PRICE_DATA = Form(
    ("currency", "unit_amount", "product", "recurring"),
    currency=text(3),
    unit_amount=integer(0),
    product=text(),
    recurring=RECURRING,
)


def of_data(sandbox: Sandbox, data: JsonDict) -> JsonDict:
    """A price, and where it names none a product, of checked `price_data`; both are kept."""
    now = sandbox.clock.now()
    data["currency"] = data["currency"].lower()
    if data["currency"] not in currencies.KNOWN:
        raise InvalidRequest(f"Invalid currency: {data['currency']}.", param="currency")
    if data.get("product"):
        product = sandbox.fetch(data["product"], "product", "product", "product")
        if not product["active"]:
            raise InvalidRequest("The product is not active.", param="product")
        product_id = product["id"]
    elif data.get("product_data"):
        described = data["product_data"]
        product = shape.product(
            described["name"],
            now,
            active=False,
            description=described.get("description"),
            images=described.get("images"),
            metadata=merge_metadata({}, described.get("metadata")),
        )
        sandbox.store.add(product)
        product_id = product["id"]
    else:
        raise InvalidRequest("Pass price_data[product] or price_data[product_data].")
    price = shape.price(data, product_id, now)
    sandbox.store.add(price)
    return price


def _create_product(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    if asked.get("id") and sandbox.store.find(asked["id"]):
        raise InvalidRequest("Product already exists.", code="resource_already_exists", param="id")
    product = shape.product(
        asked["name"],
        sandbox.clock.now(),
        product_id=asked.get("id"),
        description=asked.get("description"),
        images=asked.get("images"),
        metadata=merge_metadata({}, asked.get("metadata")),
    )
    sandbox.store.add(product)
    return product


def _retrieve_product(sandbox: Sandbox, _asked: JsonDict, product_id: str) -> JsonDict:
    return sandbox.fetch(product_id, "product", "product")


def _list_products(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    return page(sandbox, "product", "/v1/products", asked)


def _create_price(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    product = sandbox.fetch(asked["product"], "product", "product", "product")
    asked["currency"] = asked["currency"].lower()
    price = shape.price(asked, product["id"], sandbox.clock.now(), active=True)
    sandbox.store.add(price)
    return price


def _retrieve_price(sandbox: Sandbox, _asked: JsonDict, price_id: str) -> JsonDict:
    return sandbox.fetch(price_id, "price", "price")


def _list_prices(sandbox: Sandbox, asked: JsonDict) -> JsonDict:
    return page(sandbox, "price", "/v1/prices", asked, {"product": asked.get("product")})


ROUTES = (
    Route(
        "POST",
        "/v1/products",
        _create_product,
        Form(("name",), id=text(), active=boolean, **_PRODUCT),
    ),
    Route("GET", "/v1/products", _list_products, Form(**PAGE, **moments())),
    Route("GET", "/v1/products/{id}", _retrieve_product),
    Route(
        "POST",
        "/v1/prices",
        _create_price,
        Form(
            ("currency", "unit_amount", "product"),
            currency=text(3),
            unit_amount=integer(0),
            product=text(),
            recurring=RECURRING,
            metadata=metadata,
            nickname=text(),
        ),
    ),
    Route("GET", "/v1/prices", _list_prices, Form(**PAGE, **moments(), product=text())),
    Route("GET", "/v1/prices/{id}", _retrieve_price),
)
