"""A refund pressed on the desk, with a running Stripe sandbox behind it."""

from django.test import Client

from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.people import signed_in
from tests.pipeline import acts
from tests.stack import Stack


def test_money_given_back_on_the_desk_leaves_the_bar_once_with_its_reason(
    stack_db: Stack, settings: object
) -> None:
    settings.STAFF_SECOND_FACTOR = False  # type: ignore[attr-defined]
    campaign = a_campaign()
    gift = acts.give(stack_db, campaign)
    acts.wait_for_raised(campaign, 2500)
    payment = gift.payments.get()
    client: Client = signed_in("treasurer")
    address = f"/desk/donations/{gift.pk}/refund/{payment.pk}/"
    key = str(client.get(address).context["form"]["key"].value())
    form = {"amount": "$10", "reason": "Typed one nought too many", "key": key}
    for _press in range(2):
        answer = client.post(address, form)
        assert answer.status_code == 302, answer.context["form"].errors
        assert answer.headers["Location"] == f"/desk/donations/{gift.pk}/"
    assert acts.raised(campaign) == 1500
    shown = client.get(f"/desk/donations/{gift.pk}/").content.decode()
    assert "Typed one nought too many" in shown
    entry = AuditEntry.objects.filter(verb="refunded").first()
    assert entry is not None
    assert (entry.details["amount"], entry.details["key"]) == (1000, key)
