"""What the sandbox says when it refuses: Stripe's error shapes and statuses."""

from __future__ import annotations

from typing import Any

DOC_URL = "https://docs.stripe.com/error-codes/"


class ApiError(Exception):
    """A refusal in Stripe's shape. `keeps_work` says that what was done before it stays done."""

    status = 400
    type = "invalid_request_error"
    keeps_work = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.extra = extra

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.type}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = DOC_URL + self.code.replace("_", "-")
        if self.param:
            error["param"] = self.param
        return {"error": error | self.extra}


class InvalidRequest(ApiError):
    """400: the request cannot be done as it was asked."""


class InvalidKey(ApiError):
    """401: no key, or one that is not the sandbox's."""

    status = 401


class Missing(ApiError):
    """404: the call's own object does not exist; 400 when a parameter names one that does not."""

    OWN = frozenset({"id", "intent", "session", "dispute"})

    def __init__(self, noun: str, object_id: str, param: str = "id") -> None:
        super().__init__(f"No such {noun}: '{object_id}'", code="resource_missing", param=param)
        self.status = 404 if param in self.OWN else 400


class UnknownAddress(ApiError):
    """404: Stripe, or this sandbox, has no such call."""

    status = 404


class CardError(ApiError):
    """402: the card was refused. The failed charge is kept."""

    status = 402
    type = "card_error"
    keeps_work = True


class IdempotencyMismatch(ApiError):
    """400: a key was used again for another request."""

    type = "idempotency_error"


class KeyInUse(ApiError):
    """409: a request with this key is still being worked on."""

    status = 409
    type = "idempotency_error"


class TooManyRequests(ApiError):
    """429."""

    status = 429


class Broken(ApiError):
    """500: Stripe's own failure, real or injected."""

    status = 500
    type = "api_error"
