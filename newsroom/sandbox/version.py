"""The API version the sandbox speaks: the installed SDK's own."""

from __future__ import annotations

from stripe._api_version import _ApiVersion

API_VERSION: str = _ApiVersion.CURRENT
