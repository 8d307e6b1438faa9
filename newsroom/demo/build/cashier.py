"""The demo's hand at the Stripe sandbox: it moves the clock and fills in cards at Checkout."""

from contextlib import AbstractContextManager
from datetime import datetime
from types import TracebackType
from typing import Any, Final

import requests
from django.conf import settings

from newsroom.demo.build import CannotBuild

GOOD_CARD: Final = "4242424242424242"
DECLINED_CARD: Final = "4000000000000002"
PATIENCE_SECONDS: Final = 30


class Cashier(AbstractContextManager["Cashier"]):
    """Calls under `/sandbox/`; when it leaves, the sandbox's clock is real again."""

    def __init__(self) -> None:
        self._base = settings.STRIPE_API_BASE
        if not self._base:
            raise CannotBuild(
                "Gifts are made through the Stripe sandbox only, and STRIPE_API_BASE names none: "
                "run `make demo`, or build with --without-gifts."
            )
        self._session = requests.Session()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        try:
            self.be_real()
        except CannotBuild:
            # Whatever ended the build counts; the next one sets the clock again.
            if error is None:
                raise
        finally:
            self._session.close()

    def stand_at(self, moment: datetime) -> None:
        """It is `moment` at Stripe, and stays so."""
        self._ask("clock", {"now": int(moment.timestamp())})

    def be_real(self) -> None:
        self._ask("clock", {"real": True})

    def pay(self, session: str, *, email: str, name: str, card: str = GOOD_CARD) -> bool:
        """Fill in a card at a Checkout; whether it was charged. One that is over takes nothing."""
        told = {"card": card, "email": email, "name": name}
        return self._ask(f"checkout/{session}/pay", told).get("status") == "succeeded"

    def pay_by_bank(self, session: str, *, email: str, name: str) -> bool:
        """Agree to a bank debit at a Checkout; whether it is on its way."""
        told = {"email": email, "name": name}
        return self._ask(f"checkout/{session}/pay_by_bank", told).get("status") == "processing"

    def _ask(self, path: str, asked: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = self._session.post(
                f"{self._base}/sandbox/{path}", json=asked, timeout=PATIENCE_SECONDS
            )
        except requests.RequestException as error:
            raise CannotBuild(
                f"The Stripe sandbox does not answer at {self._base}: run `make demo`, or build "
                "with --without-gifts."
            ) from error
        if answer.status_code in (200, 402, 409):
            said: dict[str, Any] = answer.json()
            return said
        raise CannotBuild(
            f"The Stripe sandbox refused {path} ({answer.status_code}): {answer.text[:300]}"
        )
