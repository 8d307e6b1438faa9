"""The account itself."""

from __future__ import annotations

from .shapes import account as shape
from .state import JsonDict, Route, Sandbox


def _account(sandbox: Sandbox, _asked: JsonDict) -> JsonDict:
    return shape.account(sandbox.account, sandbox.store.setting("began"))


ROUTES = (Route("GET", "/v1/account", _account),)
