"""One running sandbox: what its calls share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import ids
from .clock import Clock
from .errors import Missing
from .faults import Faults
from .parameters import Form
from .store import Store

JsonDict = dict[str, Any]


@dataclass
class Sandbox:
    """`wake` tells the background that there is something new to do."""

    store: Store
    clock: Clock
    faults: Faults
    keys: frozenset[str]
    account: str
    base_url: str
    request_id: str | None = None
    idempotency_key: str | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(cls, path: Path, keys: frozenset[str], base_url: str) -> Sandbox:
        store = Store(path)
        account = store.setting("account")
        if account is None:
            account = ids.make("acct", 16)
            store.set("account", account)
        clock = Clock(store)
        if store.setting("began") is None:
            store.set("began", clock.now())
        return cls(store, clock, Faults(store), keys, account, base_url)

    def fetch(self, object_id: str, kind: str, noun: str, param: str = "id") -> JsonDict:
        """The object, or Missing (404 for the call's own object, 400 for one named in `param`)."""
        found = self.store.find(object_id, kind)
        if found is None:
            raise Missing(noun, object_id, param)
        return found


Handler = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One call of the API. `{id}` in the path is passed to the handler after the parameters."""

    method: str
    path: str
    handler: Handler
    form: Form = field(default_factory=Form)
