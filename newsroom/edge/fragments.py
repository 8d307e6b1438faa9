"""Parts of pages, kept by the values they show: rendered once for these values, then read.

Nothing here is ever out of date, so nothing is ever forgotten but for room: a part's key is every
value its template reads, and another value is another key. What a template reads beside them must
be the same for the whole process (settings, static files) or part of the key (the language).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from sys import getsizeof
from threading import Lock
from typing import Any, Final

from django.db.models import Model
from django.utils.functional import Promise, empty
from django.utils.safestring import SafeString

# What one process keeps at most. A part over the second is not kept: it would push out too many.
MOST_BYTES: Final = 16 * 1024 * 1024
LARGEST_BYTES: Final = 512 * 1024

_PLAIN: Final = frozenset({str, SafeString, int, bool, float, bytes, type(None), date})

# Each with what it weighs.
_kept: "OrderedDict[Any, tuple[SafeString, int]]" = OrderedDict()
_size = 0
_lock = Lock()


def kept(key: Any, render: Callable[[], SafeString]) -> SafeString:
    """What `render` gave for `key` (as `frozen` gives it) before, else what it gives now."""
    global _size
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found[0]
    # Two threads may both render; they get the same words.
    made = render()
    weight = getsizeof(made) + _weight(key)
    if weight <= LARGEST_BYTES:
        with _lock:
            if key not in _kept:
                _kept[key] = made, weight
                _size += weight
            while _size > MOST_BYTES:
                _key, (_part, weight) = _kept.popitem(last=False)
                _size -= weight
    return made


def forget() -> None:
    """Render every part anew: what a process just started does."""
    global _size
    with _lock:
        _kept.clear()
        _size = 0


def frozen(value: Any) -> Any:
    """`value` as part of a key: equal for equal values, whatever object holds them.

    Raises TypeError for what it does not know, rather than keep a part by half of what it shows.
    """
    kind = type(value)
    if kind in _PLAIN:
        # Markup and text that look alike are not shown alike.
        return (value, True) if kind is SafeString else value
    if kind is datetime:
        # Two moments are equal in whatever zone, but not shown alike.
        return value, value.utcoffset()
    if kind in (list, tuple):
        return tuple([frozen(each) for each in value])
    if kind is dict:
        return tuple([(name, frozen(each)) for name, each in value.items()])
    return _frozen_object(value)


def _frozen_object(value: Any) -> Any:
    if isinstance(value, Promise):
        return str(value)
    wrapped = getattr(value, "_wrapped", value)
    if wrapped is empty:
        # A lazy object that nobody has looked at yet.
        value._setup()
        wrapped = value._wrapped
    if isinstance(wrapped, Model):
        columns = (field.attname for field in wrapped._meta.concrete_fields)
        return type(wrapped), *(frozen(wrapped.__dict__.get(name)) for name in columns)
    if is_dataclass(wrapped):
        shown = (frozen(getattr(wrapped, each.name)) for each in fields(wrapped))
        return type(wrapped), *shown
    if isinstance(wrapped, str):
        return str(wrapped)
    raise TypeError(f"A part of a page cannot be kept by a {type(wrapped).__name__}.")


def _weight(key: Any) -> int:
    """The bytes of a key as `frozen` gives it: a page's words may be in it many times over what its
    part shows of them."""
    if isinstance(key, type):
        return 0
    inside = sum(map(_weight, key)) if type(key) is tuple else 0
    return getsizeof(key) + inside
