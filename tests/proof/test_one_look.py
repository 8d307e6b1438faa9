"""Events say which payment to look at; what several of them say of one is seen by one look."""

import uuid

import pytest
import requests
from django.utils import timezone

from campaigns import inbox
from campaigns.giving import GiftWish, start_donation
from campaigns.models import InboxEvent, LedgerEntry
from tests.campaigns_made import a_campaign
from tests.sandbox.running import Running

pytestmark = pytest.mark.django_db


def test_events_about_a_payment_and_the_page_it_was_begun_on_cost_one_look(
    stripe_is: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    donation = start_donation(a_campaign(), GiftWish(2500), now)
    page = str(donation.checkout_session)
    typed = {"email": "ida@example.org", "name": "Ida Harrow"}
    paid = stripe_is.control("POST", f"checkout/{page}/pay", typed).json()
    for about in (paid["payment_intent"], page, paid["payment_intent"]):
        InboxEvent.objects.create(
            stripe_id=f"evt_{uuid.uuid4().hex}", type="any", object_id=about, payload={},
            created_at=now,
        )  # fmt: skip
    asked: list[str] = []
    send = requests.Session.send

    def counted(self, request, **how):  # type: ignore[no-untyped-def]
        asked.append(request.url)
        return send(self, request, **how)

    monkeypatch.setattr(requests.Session, "send", counted)
    assert inbox.work_off() == 3
    assert len([url for url in asked if "/v1/payment_intents/" in url]) == 1
    assert not InboxEvent.objects.filter(processed_at=None).exists()
    assert [entry.amount for entry in LedgerEntry.objects.filter(donation=donation)] == [2500]
