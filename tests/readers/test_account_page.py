"""The reader's own page: name, comments, gifts of an address the reader has proven."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from campaigns.models import Donation, DonationState, Donor, TaxReceipt
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.mail.servers import MailServer
from tests.readers.signing_in import sign_in
from tests.receipts.made import a_gift as a_receipted_gift
from tests.receipts.made import an_issuer, settle

pytestmark = pytest.mark.django_db

JUNE = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def browser(server: MailServer) -> Client:
    client = Client()
    sign_in(client, server, "ann@example.org")
    return client


def test_a_stranger_is_asked_to_sign_in() -> None:
    answer = Client().get("/account/")
    assert (answer.status_code, answer.url) == (302, "/account/login/?next=/account/")


def test_the_page_is_kept_by_no_cache(browser: Client) -> None:
    assert set(browser.get("/account/")["Cache-Control"].split(", ")) == {"private", "no-store"}


def test_a_gift_made_before_signing_in_is_there_with_its_state(
    browser: Client, server: MailServer
) -> None:
    donor = Donor.objects.create(email="Ann@Example.org", name="Ann")
    campaign = a_campaign(title="Keep the lights on")
    a_gift(campaign, 2500, JUNE, donor=donor)
    page = browser.get("/account/").content.decode()
    assert "$25" in page
    assert "Keep the lights on" in page
    assert f"/campaigns/{campaign.slug}/" in page
    assert "received" in page.lower()

    sign_in(Client(), server, "ann@example.org")
    donor.refresh_from_db()
    assert donor.reader == Reader.objects.get(email="ann@example.org")


def test_a_refunded_gift_says_so(browser: Client) -> None:
    donor = Donor.objects.create(email="ann@example.org")
    a_gift(a_campaign(), 2500, JUNE, donor=donor)
    Donation.objects.update(state=DonationState.REFUNDED)
    assert "refunded" in browser.get("/account/").content.decode().lower()


def test_the_donor_downloads_the_own_tax_receipts_and_no_other(browser: Client) -> None:
    an_issuer()
    donors = [Donor.objects.create(email=f"{name}@example.org") for name in ("Ann", "bea")]
    for donor in donors:
        a_receipted_gift(a_campaign(), donor=donor)
    settle()
    own, foreign = TaxReceipt.objects.order_by("donor__pk")
    page = browser.get("/account/").content.decode()
    assert own.number in page
    assert foreign.number not in page
    answer = browser.get(f"/account/tax-receipts/{own.pk}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert browser.get(f"/account/tax-receipts/{foreign.pk}/").status_code == 404
    assert Client().get(f"/account/tax-receipts/{own.pk}/").status_code == 302


def test_gifts_of_others_are_not_there(browser: Client) -> None:
    a_gift(a_campaign(), 2500, JUNE, donor=Donor.objects.create(email="bea@example.org"))
    a_gift(a_campaign(), 2500, JUNE)
    assert "$25" not in browser.get("/account/").content.decode()


def test_an_address_nobody_has_proven_shows_no_gift() -> None:
    a_gift(a_campaign(), 2500, JUNE, donor=Donor.objects.create(email="ann@example.org"))
    pretender = Reader.objects.create_user("ann@example.org")
    client = Client()
    client.force_login(pretender, backend="django.contrib.auth.backends.ModelBackend")
    assert "$25" not in client.get("/account/").content.decode()
    assert Donor.objects.get().reader is None


def test_the_public_name_is_changed(browser: Client) -> None:
    answer = browser.post("/account/", {"public_name": "  Ann   of the Quay "})
    assert (answer.status_code, answer.url) == (302, "/account/")
    assert Reader.objects.get(email="ann@example.org").name_shown == "Ann of the Quay"


@pytest.mark.parametrize("name", ["ann@example.org", "x" * 81, "a\x00b"])
def test_a_name_that_cannot_be_shown_is_refused_beside_the_field(
    browser: Client, name: str
) -> None:
    answer = browser.post("/account/", {"public_name": name})
    assert answer.status_code == 422
    assert answer.context["name_form"].errors["public_name"]
    assert Reader.objects.get(email="ann@example.org").public_name == ""


def test_who_renames_again_and_again_is_asked_to_wait_and_keeps_the_last_name(
    browser: Client,
) -> None:
    names = [f"Ann the {number}" for number in range(1, 8)]
    answers = [browser.post("/account/", {"public_name": name}) for name in names]
    assert [answer.status_code for answer in answers] == [302] * 5 + [422] * 2
    assert "try again in an hour" in answers[-1].content.decode()
    assert Reader.objects.get(email="ann@example.org").public_name == "Ann the 5"
    # The same name again changes nothing for anybody.
    assert browser.post("/account/", {"public_name": "Ann the 5"}).status_code == 302


def test_signing_out_ends_the_session(browser: Client) -> None:
    assert "/account/logout/" in browser.get("/account/").content.decode()
    browser.post("/account/logout/")
    assert browser.get("/account/").status_code == 302
