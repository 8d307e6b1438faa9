"""Making the planned gifts: begun by the site's own function, paid at the sandbox's Checkout.

A gift is known by its form's id, so that a build that was cut off makes only the rest.
"""

import time
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.utils import timezone

from campaigns import sync
from campaigns.gateway import GatewayError
from campaigns.giving import AlreadyGiven, GiftWish, GivingError, start_donation
from campaigns.models import Campaign, Donation, DonationState
from campaigns.refunds import RefundError, refund
from campaigns.tributes import TributeWish
from newsroom.demo.build import CannotBuild
from newsroom.demo.build.cashier import DECLINED_CARD, Cashier
from newsroom.demo.build.giving_plan import Gift
from newsroom.demo.build.loads import holding, visit_of
from newsroom.demo.build.tax_receipts import receipt_for
from newsroom.readers.models import Reader

_REFUNDS: Final = uuid.UUID("5d0f7c0e-0c7b-4a4e-9a5a-3f6b9a5f2c11")
GIVEN_BACK: Final = (DonationState.REFUNDED, DonationState.PARTLY_REFUNDED)

# One gift is in memory of somebody, and its card is in the demo's mailbox.
CARD: Final = TributeWish(
    kind="memory",
    name="Edith Marlowe",
    card_email="family@marlowe.example",
    card_to="Ruth and Daniel",
    card_from="The Weir Street Choir",
    card_words="She read us the paper aloud every morning, the corrections first.",
)

Pause = Callable[[], None]


class Giving:
    """The gifts of one build to `campaign`; `articles` are the stories' ids by slug, `staff`
    gives back what is refunded."""

    def __init__(
        self, campaign: Campaign, gifts: list[Gift], articles: dict[str, int], staff: Reader
    ) -> None:
        self.campaign = campaign
        self.gifts = gifts
        self._articles = articles
        self._staff = staff
        forms = [gift.form for gift in gifts]
        named = (gift.form for gift in gifts if gift.public_name and gift.is_paid)
        self._in_memory = next(named, None)
        found = Donation.objects.filter(campaign=campaign, form__in=forms)
        self._known = {
            form: (state, received)
            for form, state, received in found.values_list("form", "state", "received_at")
        }

    def owed(self) -> list[Gift]:
        """Those still to be made, or on their way, or still to be given back."""
        return [g for g in self.gifts if self._to_make(g) or self._to_give_back(g)]

    def make_past(self, gifts: list[Gift], cashier: Cashier, step: Pause) -> None:
        """Each gift at its moment, each refund at its own, in their order; `step` after each
        gift. The sandbox's clock is real afterwards."""
        acts: list[tuple[datetime, bool, Gift]] = [(gift.moment, False, gift) for gift in gifts]
        acts += [(gift.given_back_at, True, gift) for gift in gifts if gift.given_back_at]
        for moment, backwards, gift in sorted(acts, key=lambda act: act[:2]):
            if backwards:
                if self._to_give_back(gift):
                    cashier.stand_at(moment)
                    self._give_back(gift)
                continue
            if self._to_make(gift):
                cashier.stand_at(moment)
                self._make(gift, max(gift.started, self.campaign.starts_at), cashier)
            step()
        cashier.be_real()

    def make_now(
        self, gifts: list[Gift], cashier: Cashier, seconds: float, step: Pause, meanwhile: Pause
    ) -> None:
        """Each gift now, spread over so many seconds: who has the page open sees the bar move."""
        for gift in gifts:
            next_at = time.monotonic() + seconds / len(gifts)
            if self._to_make(gift):
                self._make(gift, timezone.now(), cashier)
                while time.monotonic() < next_at:
                    meanwhile()
            step()

    def _to_make(self, gift: Gift) -> bool:
        if gift.form not in self._known:
            return True
        _state, received = self._known[gift.form]
        return gift.is_paid and received is None

    def _to_give_back(self, gift: Gift) -> bool:
        state, _received = self._known.get(gift.form, (None, None))
        return gift.given_back > 0 and state not in GIVEN_BACK

    def _make(self, gift: Gift, started: datetime, cashier: Cashier) -> None:
        # Twice: a build cut off at the wrong instant leaves a Checkout that is over by now, and
        # only asking again opens another.
        for _try in range(2):
            try:
                donation = start_donation(self.campaign, self._wish(gift), started)
            except AlreadyGiven:
                # Paid before the last build was cut off; the pipeline brings it in.
                return
            except GivingError as error:
                raise CannotBuild(f"A gift could not be begun: {error}") from error
            if not gift.is_paid or _pay(gift, str(donation.checkout_session), cashier):
                return
        raise CannotBuild(f"The sandbox took no money for {donation.checkout_session}.")

    def _give_back(self, gift: Gift) -> None:
        donation = Donation.objects.get(campaign=self.campaign, form=gift.form)
        try:
            sync.sync_checkout(str(donation.checkout_session))
            payment = donation.payments.get()
            if payment.refunded:
                # Asked for before the last build was cut off.
                return
            key = uuid.uuid5(_REFUNDS, str(gift.form))
            refund(payment, gift.given_back, by=self._staff, key=key)
        except (GatewayError, RefundError) as error:
            raise CannotBuild(f"A gift could not be given back: {error}") from error

    def _wish(self, gift: Gift) -> GiftWish:
        visit = visit_of(gift, holding=holding(self.campaign, gift))
        return GiftWish(
            amount=gift.amount,
            form=gift.form,
            public_name=gift.public_name,
            message=gift.message,
            article=self._articles[gift.story] if gift.story else None,
            first_article=self._articles[gift.first_story] if gift.first_story else None,
            via=gift.via,
            referrer=visit.referrer,
            device=visit.device,
            arm=visit.arm,
            receipt=receipt_for(gift),
            tribute=CARD if gift.form == self._in_memory else None,
        )


def _pay(gift: Gift, session: str, cashier: Cashier) -> bool:
    if gift.ending == "declined, then paid":
        cashier.pay(session, email=gift.email, name=gift.name, card=DECLINED_CARD)
    return cashier.pay(session, email=gift.email, name=gift.name)
