"""Stripe's form encoding, decoded and checked.

`decode` turns `line_items[0][price_data][unit_amount]=500` into nested dicts; a `Form` says which
parameters a call takes and turns their text into Python values. Anything a call does not know is
refused, as Stripe does, so that a misspelt parameter never passes unseen. A list arrives as
`a[0]=…&a[1]=…` or `a[]=…`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from .errors import InvalidRequest

Check = Callable[[Any, str], Any]
_SEGMENT = re.compile(r"\[([^\[\]]*)\]")
_KEY = re.compile(r"^([^\[\]]+)((?:\[[^\[\]]*\])*)$")
_DEEPEST = 8


def decode(encoded: str) -> dict[str, Any]:
    """The nested parameters of a query string or form body. Raises InvalidRequest."""
    root: dict[str, Any] = {}
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=2000, errors="strict")
    except ValueError as error:
        raise InvalidRequest("The form's encoding could not be read.") from error
    for key, value in pairs:
        match = _KEY.match(key)
        segments = [match[1], *_SEGMENT.findall(match[2])] if match else []
        if not segments or len(segments) > _DEEPEST:
            raise InvalidRequest(f"Invalid parameter name: {key[:100]}")
        place = root
        for segment in segments[:-1]:
            place = place.setdefault(segment or str(len(place)), {})
            if not isinstance(place, dict):
                raise InvalidRequest("Invalid hash", param=key)
        place[segments[-1] or str(len(place))] = value
    return root


def text(limit: int = 5000) -> Check:
    def check(value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            raise InvalidRequest("Invalid string", param=path)
        if len(value) > limit:
            raise InvalidRequest(
                f"Invalid string: must be at most {limit} characters.",
                code="parameter_invalid_string_length",
                param=path,
            )
        return value or None

    return check


def integer(least: int | None = None, most: int | None = None) -> Check:
    def check(value: Any, path: str) -> int:
        if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,18}", value):
            shown = value if isinstance(value, str) else "a hash"
            raise InvalidRequest(
                f"Invalid integer: {shown}",
                code="parameter_invalid_integer",
                param=path,
            )
        number = int(value)
        if least is not None and number < least:
            raise InvalidRequest(
                f"This value must be greater than or equal to {least} (it currently is '{value}').",
                code="parameter_invalid_integer",
                param=path,
            )
        if most is not None and number > most:
            raise InvalidRequest(
                f"This value must be less than or equal to {most} (it currently is '{value}').",
                code="parameter_invalid_integer",
                param=path,
            )
        return number

    return check


def boolean(value: Any, path: str) -> bool:
    if value not in ("true", "false"):
        raise InvalidRequest(f"Invalid boolean: {value}", param=path)
    return str(value) == "true"


def choice(*allowed: str) -> Check:
    def check(value: Any, path: str) -> str | None:
        if value == "":
            return None
        if value not in allowed:
            shown = value if isinstance(value, str) else "a hash"
            raise InvalidRequest(
                f"Invalid {path}: must be one of {', '.join(allowed)} (got {shown}).",
                param=path,
            )
        return str(value)

    return check


def address(value: Any, path: str) -> str | None:
    """An absolute http(s) address."""
    if value == "":
        return None
    if not isinstance(value, str) or not re.match(r"https?://[^\s/]+", value) or len(value) > 5000:
        raise InvalidRequest("Not a valid URL", code="url_invalid", param=path)
    return value


def email(value: Any, path: str) -> str | None:
    if value == "":
        return None
    if not is_email(value):
        raise InvalidRequest(f"Invalid email address: {value}", code="email_invalid", param=path)
    return str(value)


def is_email(value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= 512
        and re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", value) is not None
    )


def metadata(value: Any, path: str) -> dict[str, str]:
    """Keys with text; an empty text asks to remove the key, an empty whole to remove all."""
    if value == "":
        return {}
    if not isinstance(value, dict):
        raise InvalidRequest("Invalid hash", param=path)
    if len(value) > 50:
        raise InvalidRequest("Metadata can hold at most 50 keys.", param=path)
    for key, item in value.items():
        if not isinstance(item, str) or len(key) > 40 or len(item) > 500:
            raise InvalidRequest(
                "Metadata keys hold at most 40 characters and values at most 500.",
                param=f"{path}[{key[:40]}]",
            )
    return value


def merge_metadata(old: Mapping[str, str], new: Mapping[str, str] | None) -> dict[str, str]:
    """Stripe's rule: keys given are set, keys given empty are removed, the others stay."""
    if new is None:
        return dict(old)
    return {key: item for key, item in {**old, **new}.items() if item != ""} if new else {}


class Many:
    """A list, each of whose members is read by `each`."""

    def __init__(self, each: Check, most: int) -> None:
        self.each = each
        self.most = most

    def __call__(self, value: Any, path: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdigit() for key in value):
            raise InvalidRequest("Invalid array", param=path)
        if len(value) > self.most:
            raise InvalidRequest(f"Array must hold at most {self.most} elements.", param=path)
        ordered = sorted(value.items(), key=lambda item: int(item[0]))
        return [self.each(item, f"{path}[{index}]") for index, item in ordered]


def many(each: Check, most: int = 100) -> Many:
    return Many(each, most)


def moment_range(value: Any, path: str) -> dict[str, int]:
    """`created=ts` or `created[gte]=ts&created[lt]=ts`, as bounds by name (`eq` for the first)."""
    if isinstance(value, str):
        return {"eq": integer()(value, path)}
    return Form(gt=integer(), gte=integer(), lt=integer(), lte=integer())(value, path)


class Form:
    """The parameters of one call or of one nested hash.."""

    def __init__(self, required: tuple[str, ...] = (), /, **fields: Check) -> None:
        self.fields = fields
        self.required = required

    def __call__(self, value: Any, path: str = "") -> dict[str, Any]:
        if not isinstance(value, dict):
            raise InvalidRequest("Invalid hash", param=path or None)
        for name in value:
            if name not in self.fields:
                raise InvalidRequest(
                    f"Received unknown parameter: {_inside(path, name)}",
                    code="parameter_unknown",
                    param=_inside(path, name),
                )
        for name in self.required:
            if value.get(name) in (None, ""):
                empty = name in value
                raise InvalidRequest(
                    f"You passed an empty string for '{_inside(path, name)}'."
                    if empty
                    else f"Missing required param: {_inside(path, name)}.",
                    code="parameter_invalid_empty" if empty else "parameter_missing",
                    param=_inside(path, name),
                )
        return {name: self.fields[name](item, _inside(path, name)) for name, item in value.items()}


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name
