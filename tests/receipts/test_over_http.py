"""A donor asks for a tax receipt on the form, and finds it at a link that is over one day."""

import io
import uuid

import pytest
from django.core import signing
from django.test import Client
from pypdf import PdfReader

from campaigns.models import Donation, DonorAddress, ReceiptRequest, ReceiptRun, TaxReceipt
from campaigns.tax import correcting, letters, yearly
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.receipts.made import (
    IDA,
    LATER,
    a_donor,
    a_gift,
    an_issuer,
    moved,
    settle,
    treasurer,
)

pytestmark = pytest.mark.django_db

FROM_US = {"headers": {"Sec-Fetch-Site": "same-origin"}}
ASKED = {"tax_receipt": "on"} | {f"receipt_{name}": value for name, value in IDA.items()}


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def send(client: Client, campaign, **fields: str):
    data = {"amount": "5000", "form": str(uuid.uuid4())} | fields
    return client.post(f"/give/{campaign.slug}/start/", data, **FROM_US)


@pytest.fixture
def no_stripe(settings):
    """Nothing listens where Checkout would be: the donation is stored all the same."""
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"


def test_the_form_offers_a_receipt_only_where_the_newsroom_issues_them(client) -> None:
    campaign = a_campaign()
    page = f"/give/{campaign.slug}/"
    assert b"tax_receipt" not in client.get(page).content
    an_issuer()
    shown = client.get(page).content.decode()
    assert 'name="tax_receipt"' in shown
    assert 'autocomplete="postal-code"' in shown
    an_issuer("us")
    shown = client.get(page).content.decode()
    assert 'name="receipt_name"' in shown
    assert "receipt_street" not in shown


def test_who_wants_a_receipt_says_where_they_live_beside_the_field(client) -> None:
    an_issuer()
    answer = send(client, a_campaign(), **(ASKED | {"receipt_city": " ", "receipt_unit": ""}))
    assert answer.status_code == 422
    said = answer.content.decode()
    assert said.count("Needed for a tax receipt.") == 2
    assert 'href="#id_receipt_city"' in said
    assert 'id="id_receipt_city-error"' in said
    assert 'value="4 Long Lane"' in said
    assert not Donation.objects.exists()


def test_without_the_box_an_address_is_neither_asked_for_nor_kept(client, no_stripe) -> None:
    an_issuer()
    fields = {name: value for name, value in ASKED.items() if name != "tax_receipt"}
    assert send(client, a_campaign(), **fields).status_code == 503
    assert Donation.objects.count() == 1
    assert not ReceiptRequest.objects.exists()


def test_the_address_is_kept_with_the_gift_and_follows_the_form_sent_again(
    client, no_stripe
) -> None:
    an_issuer()
    campaign, form = a_campaign(), str(uuid.uuid4())
    send(client, campaign, form=form, **ASKED)
    assert ReceiptRequest.objects.get().city == "Halifax"
    send(client, campaign, form=form, **(ASKED | {"receipt_city": "Dartmouth"}))
    assert ReceiptRequest.objects.get().city == "Dartmouth"
    send(client, campaign, form=form)
    assert not ReceiptRequest.objects.exists()
    assert Donation.objects.count() == 1


def a_receipt() -> TaxReceipt:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor())
    settle()
    return TaxReceipt.objects.get()


def test_the_mail_holds_a_link_to_the_pdf_and_no_address(client) -> None:
    receipt = a_receipt()
    mail = OutboxMail.objects.get(dedupe_key=f"tax-receipt:{receipt.number}")
    assert "4 Long Lane" not in mail.text + mail.html
    link = next(word for word in mail.text.split() if "/receipts/" in word)
    answer = client.get(path_of(link))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "private, no-store"
    assert "4 Long Lane" in PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()


def test_a_link_that_is_over_offers_a_new_one_by_mail_once_a_day(client, monkeypatch) -> None:
    receipt = a_receipt()
    path = path_of(letters.receipt_link(receipt))
    monkeypatch.setattr(letters, "LINK_DAYS", -1)
    answer = client.get(path)
    assert answer["Content-Type"].startswith("text/html")
    assert b"Send me a new link" in answer.content
    for _twice in range(2):
        assert b"on its way" in client.post(path, {}, **FROM_US).content
    assert OutboxMail.objects.filter(dedupe_key__startswith="tax-receipt:").count() == 2


def test_a_cancelled_receipts_link_leads_to_the_one_that_replaces_it(client) -> None:
    receipt = a_receipt()
    path = path_of(letters.receipt_link(receipt))
    new = correcting.replace_by_staff(
        receipt, IDA, correcting.Terms(), reason="Moved", by=treasurer(), moment=LATER
    )
    said = client.get(path).content.decode()
    assert f"receipt {new.number} replaces it" in said
    client.post(path, {}, **FROM_US)
    mails = OutboxMail.objects.filter(dedupe_key__startswith=f"tax-receipt:{new.number}:")
    assert mails.count() == 1
    moved(receipt.gifts.get().donation, -2500)
    settle()
    assert "does not count for income tax" in client.get(path).content.decode()


@pytest.mark.parametrize(
    "token",
    ["x", "1:2:3", signing.dumps(1), signing.dumps("a", salt="tax-receipt")],
    ids=["no token", "unsigned", "of another salt", "of another content"],
)
def test_a_link_that_is_none_is_not_found(client, token) -> None:
    a_receipt()
    assert client.get(f"/receipts/{token}/").status_code == 404
    assert client.get(f"/receipts/address/{token}/").status_code == 404


def test_a_donor_gives_the_address_that_was_lacking_and_the_receipt_comes(client) -> None:
    an_issuer()
    donor = a_donor()
    a_gift(a_campaign(), donor=donor, street="")
    settle()
    assert not TaxReceipt.objects.exists()
    path = path_of(letters.address_link(donor))
    assert b"Long Lane" not in client.get(path).content
    assert client.post(path, IDA | {"street": ""}, **FROM_US).status_code == 422
    assert client.post(path, IDA, **FROM_US).status_code == 200
    settle()
    assert TaxReceipt.objects.get().party.street == "4 Long Lane"
    assert DonorAddress.objects.get(donor=donor).city == "Halifax"


def test_an_address_that_comes_after_the_years_run_brings_the_years_receipt(client) -> None:
    an_issuer()
    donor = a_donor()
    a_gift(a_campaign(), donor=donor, asked=False)
    run = yearly.start(2026, by=treasurer(), moment=LATER)
    while yearly.step(run.pk, LATER):
        pass
    answer = client.post(path_of(letters.address_link(donor)), IDA, **FROM_US)
    assert b"on its way" in answer.content
    assert TaxReceipt.objects.get().kind == "yearly"
    assert ReceiptRun.objects.get().lacking == 0
