"""What the SDK encodes, the sandbox decodes to the same."""

from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from newsroom.sandbox import parameters
from newsroom.sandbox.errors import ApiError

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
