"""What the SDK encodes, the sandbox decodes to the same."""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import stripe.params
import stripe.params.checkout
import typing_extensions
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from newsroom.sandbox import parameters
from newsroom.sandbox.api import ROUTES
from newsroom.sandbox.errors import ApiError

from .annotations import fields_of

names = st.text("abcdefgh_", min_size=1, max_size=6)
values = st.text(max_size=20)
nested = st.recursive(
    values,
    lambda inner: (
        st.dictionaries(names, inner, min_size=1, max_size=3)
        | st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def _lists_as_numbered(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _lists_as_numbered(item) for name, item in value.items()}
    if isinstance(value, list):
        return {str(index): _lists_as_numbered(item) for index, item in enumerate(value)}
    return value


def _unknown(check: Any, described: Any, path: str = "") -> Iterator[str]:
    """The parameters a form takes, hashes within hashes too, that the SDK does not describe."""
    if isinstance(check, parameters.Many):
        check = check.each
    if not isinstance(check, parameters.Form):
        return
    hashes = [arm for arm in _arms(described) if typing_extensions.is_typeddict(arm)]
    known = {name: kind for arm in hashes for name, kind in fields_of(arm).items()}
    for name, inner in check.fields.items():
        if name in known:
            yield from _unknown(inner, known[name], f"{path}.{name}")
        else:
            yield f"{path}.{name}"


def _arms(kind: Any) -> Iterator[Any]:
    yield kind
    for inner in typing.get_args(kind):
        yield from _arms(inner)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 0


@given(st.dictionaries(names, nested, max_size=4))
def test_what_the_sdk_sends_is_what_is_read(sent: dict[str, Any]) -> None:
    wanted = _lists_as_numbered(sent)
    encoded = urlencode(list(_api_encode(sent)))
    if _depth(wanted) > 8:
        with pytest.raises(ApiError):
            parameters.decode(encoded)
    else:
        assert parameters.decode(encoded) == wanted


@given(st.text(max_size=200))
def test_nothing_typed_makes_the_decoder_fail_otherwise_than_by_refusing(typed: str) -> None:
    with contextlib.suppress(ApiError):
        assert isinstance(parameters.decode(typed), dict)


def test_a_list_may_come_without_numbers() -> None:
    read = parameters.Form(expand=parameters.many(parameters.text()))
    assert read(parameters.decode("expand[]=a&expand[]=b")) == {"expand": ["a", "b"]}


def test_metadata_given_empty_is_removed_and_the_rest_stays() -> None:
    assert parameters.merge_metadata({"a": "1", "b": "2"}, {"a": "", "c": "3"}) == {
        "b": "2",
        "c": "3",
    }
    assert parameters.merge_metadata({"a": "1"}, {}) == {}
    assert parameters.merge_metadata({"a": "1"}, None) == {"a": "1"}


@pytest.mark.parametrize(
    ("method", "path", "described"),
    [
        ("POST", "/v1/checkout/sessions", stripe.params.checkout.SessionCreateParams),
        ("GET", "/v1/checkout/sessions", stripe.params.checkout.SessionListParams),
        ("POST", "/v1/checkout/sessions/{id}", stripe.params.checkout.SessionUpdateParams),
        ("POST", "/v1/payment_intents", stripe.params.PaymentIntentCreateParams),
        ("GET", "/v1/payment_intents", stripe.params.PaymentIntentListParams),
        ("POST", "/v1/payment_intents/{id}", stripe.params.PaymentIntentUpdateParams),
        ("POST", "/v1/payment_intents/{id}/confirm", stripe.params.PaymentIntentConfirmParams),
        ("POST", "/v1/payment_intents/{id}/cancel", stripe.params.PaymentIntentCancelParams),
        ("GET", "/v1/charges", stripe.params.ChargeListParams),
        ("POST", "/v1/charges/{id}", stripe.params.ChargeUpdateParams),
        ("POST", "/v1/refunds", stripe.params.RefundCreateParams),
        ("GET", "/v1/refunds", stripe.params.RefundListParams),
        ("POST", "/v1/refunds/{id}", stripe.params.RefundUpdateParams),
        ("GET", "/v1/balance_transactions", stripe.params.BalanceTransactionListParams),
        ("POST", "/v1/customers", stripe.params.CustomerCreateParams),
        ("GET", "/v1/customers", stripe.params.CustomerListParams),
        ("POST", "/v1/customers/{id}", stripe.params.CustomerUpdateParams),
        ("GET", "/v1/disputes", stripe.params.DisputeListParams),
        ("GET", "/v1/events", stripe.params.EventListParams),
        ("POST", "/v1/webhook_endpoints", stripe.params.WebhookEndpointCreateParams),
        ("GET", "/v1/webhook_endpoints", stripe.params.WebhookEndpointListParams),
        ("POST", "/v1/webhook_endpoints/{id}", stripe.params.WebhookEndpointUpdateParams),
    ],
)
def test_no_call_takes_a_parameter_the_sdk_does_not_know(
    method: str, path: str, described: Any
) -> None:
    (route,) = [route for route in ROUTES if (route.method, route.path) == (method, path)]
    assert list(_unknown(route.form, described)) == []
