"""Misbehaviour on request: which fault strikes now, how often it did.

A fault strikes each time with a `probability` (1 when nothing is said), or the next `count` times.
`path` and `method` narrow the faults of the API, `events` (types, `*` as a wildcard) those of
deliveries. What else a fault takes is in `OPTIONS`. Set and counted over `/sandbox/faults`; kept
across restarts.
"""

from __future__ import annotations

import random
from fnmatch import fnmatchcase
from typing import Any

from .store import Store

API = ("api_429", "api_500", "api_500_after_effect", "timeout_after_effect", "api_slow")
DELIVERY = ("twice", "late", "reversed", "never", "wrong_signature", "burst")
PAYMENT = ("late_balance_transaction",)
NAMES = (*API, *DELIVERY, *PAYMENT)

# Option, its default and its largest value.
OPTIONS: dict[str, dict[str, tuple[float, float]]] = {
    "twice": {"times": (2, 20)},
    "late": {"seconds": (5, 3600)},
    "reversed": {"size": (5, 1000), "seconds": (2, 3600)},
    "wrong_signature": {"attempts": (1, 100)},
    "timeout_after_effect": {"seconds": (30, 600)},
    "api_slow": {"seconds": (2, 600)},
    "late_balance_transaction": {"seconds": (2, 3600)},
}


class BadFault(ValueError):
    """The switch asked for does not exist, or its value makes no sense."""


class Faults:
    def __init__(self, store: Store) -> None:
        self._store = store
        self.on: dict[str, dict[str, Any]] = store.setting("faults", {})
        self.injected: dict[str, int] = store.setting("faults_injected", {})
        self._random = random.Random()

    def state(self) -> dict[str, Any]:
        return {
            "faults": self.on,
            "injected": {name: self.injected.get(name, 0) for name in NAMES},
        }

    def switch(self, asked: dict[str, Any]) -> None:
        """Set the faults named; `null` or `false` ends one; `seed` makes chance repeatable."""
        checked = {name: _read(name, spec) for name, spec in asked.items() if name != "seed"}
        if "seed" in asked:
            self._random.seed(str(asked["seed"]))
        for name, spec in checked.items():
            if spec is None:
                self.on.pop(name, None)
            else:
                self.on[name] = spec
        self._store.set("faults", self.on)

    def clear(self) -> None:
        """All faults off, all counts back to nothing."""
        self.on, self.injected = {}, {}
        self._store.set("faults", {})
        self._store.set("faults_injected", {})

    def strikes(
        self, name: str, *, path: str = "", method: str = "", event: str = ""
    ) -> dict[str, float] | None:
        """The fault's options if it strikes here and now (and it is counted), else None."""
        spec = self.on.get(name)
        if spec is None or not _concerns(spec, path, method, event):
            return None
        if "count" in spec:
            spec["count"] -= 1
            if spec["count"] <= 0:
                del self.on[name]
            self._store.set("faults", self.on)
        elif self._random.random() >= spec["probability"]:
            return None
        self.injected[name] = self.injected.get(name, 0) + 1
        self._store.set("faults_injected", self.injected)
        return {option: spec[option] for option in OPTIONS.get(name, {})}


def _concerns(spec: dict[str, Any], path: str, method: str, event: str) -> bool:
    return (
        path.startswith(spec.get("path", ""))
        and spec.get("method", method) == method
        and ("events" not in spec or any(fnmatchcase(event, kind) for kind in spec["events"]))
    )


def _read(name: str, asked: Any) -> dict[str, Any] | None:
    if name not in NAMES:
        raise BadFault(f"There is no fault '{name}'. There are: {', '.join(NAMES)}.")
    if asked is None or asked is False:
        return None
    asked = {} if asked is True else asked
    options = OPTIONS.get(name, {})
    filters = ("path", "method") if name in API else ("events",) if name in DELIVERY else ()
    allowed = {"probability", "count", *options, *filters}
    if not isinstance(asked, dict) or not set(asked) <= allowed:
        raise BadFault(f"'{name}' takes an object with: {', '.join(sorted(allowed))}.")
    spec: dict[str, Any] = {
        option: _number(name, option, asked.get(option, default), most)
        for option, (default, most) in options.items()
    }
    if "count" in asked:
        spec["count"] = int(_number(name, "count", asked["count"], 1_000_000))
        if spec["count"] < 1:
            return None
    else:
        spec["probability"] = _number(name, "probability", asked.get("probability", 1), 1)
    for key in filters:
        if key in asked:
            spec[key] = _filter(name, key, asked[key])
    return spec


def _number(name: str, key: str, value: Any, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadFault(f"'{key}' of '{name}' is a number from 0 to {most:g}.")
    return value


def _filter(name: str, key: str, value: Any) -> Any:
    if key == "events":
        if not isinstance(value, list) or not all(isinstance(kind, str) for kind in value):
            raise BadFault(f"'events' of '{name}' is a list of event types.")
        return value
    if not isinstance(value, str):
        raise BadFault(f"'{key}' of '{name}' is a text.")
    return value.upper() if key == "method" else value
