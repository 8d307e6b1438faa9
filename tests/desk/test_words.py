"""What donors write in public: no links, and off the page when staff say so, with a reason."""

import pytest
from django.test import Client

from campaigns import ledger
from campaigns.models import Donation
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn
from tests.giving.test_bad_input import send
from tests.money.test_ledger import NOON, a_donation, an_entry

pytestmark = pytest.mark.django_db


def a_named_gift() -> Donation:
    gift = a_donation(a_campaign())
    gift.public_name, gift.message, gift.received_at = "Ida Harrow", "You fools.", NOON
    gift.save()
    ledger.append([an_entry(gift.campaign, 2500, donation=gift)])
    return gift


def page_of(gift: Donation) -> str:
    return Client().get(gift.campaign.get_absolute_url()).content.decode()


def test_staff_take_words_off_the_page_with_a_reason_and_put_them_back(sign_in: SignIn) -> None:
    gift = a_named_gift()
    assert "You fools." in page_of(gift)
    fundraiser = sign_in("fundraiser")
    address = f"/desk/donations/{gift.pk}/words/"
    assert fundraiser.post(address, {"reason": ""}).status_code == 422
    assert "You fools." in page_of(gift)
    assert fundraiser.post(address, {"reason": "An insult"}).status_code == 302
    page = page_of(gift)
    assert "You fools." not in page
    assert "Ida Harrow" not in page
    assert "off the page" in fundraiser.get(f"/desk/donations/{gift.pk}/").content.decode()
    assert fundraiser.post(address, {"reason": "It was a quotation"}).status_code == 302
    assert "You fools." in page_of(gift)
    said = AuditEntry.objects.filter(target=f"campaigns.donation:{gift.pk}")
    assert [entry.summary for entry in said.order_by("pk")] == [
        "Took a donor’s words off the page: An insult",
        "Put a donor’s words back: It was a quotation",
    ]


def test_who_does_not_plan_campaigns_changes_nothing(sign_in: SignIn) -> None:
    gift = a_named_gift()
    answer = sign_in("treasurer").post(f"/desk/donations/{gift.pk}/words/", {"reason": "No"})
    assert answer.status_code == 302
    assert "You fools." in page_of(gift)


@pytest.mark.parametrize("field", ["public_name", "message"])
def test_a_link_in_public_words_is_refused_beside_its_field(field: str) -> None:
    answer = send(a_campaign(), amount="2500", **{field: "Buy at www.pills.example"})
    assert answer.status_code == 422
    assert "Please leave out the link" in answer.content.decode()
    assert not Donation.objects.exists()
