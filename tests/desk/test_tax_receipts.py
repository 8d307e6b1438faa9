"""Tax receipts on the desk: what is missing is said, one receipt's life is seen, staff correct."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns import tasks
from campaigns.models import ReceiptIssuer, ReceiptRun, TaxReceipt
from campaigns.tax import issuers, verifying, yearly
from newsroom import roles
from newsroom.audit.models import AuditEntry
from newsroom.mail.models import OutboxMail
from tests.campaigns_made import a_campaign
from tests.receipts.made import (
    IDA,
    LATER,
    a_donor,
    a_gift,
    a_signature,
    an_issuer,
    settle,
    treasurer,
)

pytestmark = pytest.mark.django_db

ISSUER = {
    "scheme": "ca",
    "legal_name": "The Harbour Record Society",
    "address": "12 Wharf Street\nHalifax NS  B3J 1A1",
    "registration_number": "12345 6789 rr0001",
    "place": "Halifax",
    "signatory": "Ada Quill",
    "signatory_title": "Treasurer",
}


def a_receipt() -> TaxReceipt:
    an_issuer()
    a_gift(a_campaign(), donor=a_donor())
    settle()
    return TaxReceipt.objects.get()


def test_the_desk_says_what_is_missing_and_issues_when_it_is_there(sign_in) -> None:
    client = sign_in(roles.TREASURER)
    assert "No tax receipts are issued" in client.get("/desk/receipts/").content.decode()
    assert client.post("/desk/receipts/issuer/", ISSUER).status_code == 302
    gift = a_gift(a_campaign(), donor=a_donor())
    settle()
    said = client.get("/desk/receipts/").content.decode()
    assert "the picture of the signature" in said
    assert "1 gift waits for its receipt" in said
    assert "the picture of the signature" in (
        client.get(f"/desk/donations/{gift.pk}/").content.decode()
    )
    picture = SimpleUploadedFile("signature.png", a_signature(), "image/png")
    sent = client.post("/desk/receipts/issuer/", ISSUER | {"signature_file": picture})
    assert sent.status_code == 302
    settle()
    assert TaxReceipt.objects.get().issuer.registration_number == "123456789RR0001"
    client.post("/desk/receipts/issuer/", ISSUER | {"signatory": "Tom Vane"})
    newest = issuers.current()
    assert newest is not None
    assert (newest.signatory, bool(newest.signature)) == ("Tom Vane", True)
    assert ReceiptIssuer.objects.count() == 3


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("registration_number", "12", "This is not a number of that kind."),
        ("signature_file", SimpleUploadedFile("s.png", b"no picture"), "This file is no picture."),
        ("scheme", "xx", "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_said_beside_the_field(sign_in, field, value, said) -> None:
    answer = sign_in(roles.TREASURER).post("/desk/receipts/issuer/", ISSUER | {field: value})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ReceiptIssuer.objects.exists()


@pytest.mark.parametrize("asked", ["000001", "1", "Ida M", "ida m. harrow"])
def test_a_receipt_is_found_by_number_and_name(sign_in, asked) -> None:
    receipt = a_receipt()
    client = sign_in(roles.TREASURER)
    assert receipt.number in client.get("/desk/receipts/", {"q": asked}).content.decode()
    assert receipt.number in client.get("/desk/receipts/", {"q": receipt.number}).content.decode()
    for other in ("Tom", "2", "2020-000001", "%", "'"):
        assert receipt.number not in client.get("/desk/receipts/", {"q": other}).content.decode()


def test_staff_replace_and_cancel_with_a_reason_and_both_stay_visible(sign_in) -> None:
    receipt = a_receipt()
    client = sign_in(roles.TREASURER)
    form = IDA | {"name": "Ida Pellow", "advantage": "A mug", "advantage_typed": "9.50"}
    assert client.post(f"/desk/receipts/{receipt.pk}/replace/", form).status_code == 422
    form["reason"] = "Married"
    client.post(f"/desk/receipts/{receipt.pk}/replace/", form)
    new = TaxReceipt.objects.get(cancellation=None)
    assert (new.party.name, new.eligible, new.replaces) == ("Ida Pellow", 1550, receipt)
    seen = client.get(f"/desk/receipts/{receipt.pk}/").content.decode()
    assert "Married" in seen
    assert f"Receipt {new.number} replaces it." in seen
    client.post(f"/desk/receipts/{new.pk}/cancel/", {"reason": "A loan"})
    assert not TaxReceipt.objects.filter(cancellation=None).exists()
    listed = client.get("/desk/receipts/", {"state": "cancelled"}).content.decode()
    assert receipt.number in listed
    assert new.number in listed
    assert client.get(f"/desk/receipts/{new.pk}/pdf/")["Content-Type"] == "application/pdf"
    assert AuditEntry.objects.filter(verb="cancelled").count() == 2
    again = client.post(f"/desk/receipts/{new.pk}/cancel/", {"reason": "Again"})
    assert "cancelled already" in again.content.decode()
    assert list(verifying.differences()) == []


def test_a_gift_without_a_request_gets_a_receipt_from_staff(sign_in) -> None:
    an_issuer()
    gift = a_gift(a_campaign(), donor=a_donor(), asked=False)
    client = sign_in(roles.TREASURER)
    address = f"/desk/donations/{gift.pk}/receipt/"
    assert 'value="Ida Harrow"' in client.get(address).content.decode()
    wrong = client.post(address, IDA | {"city": "", "advantage": "A mug"}).content.decode()
    assert "Needed for a tax receipt." in wrong
    assert "Say both what was given in return and its value." in wrong
    assert client.post(address, IDA).status_code == 302
    receipt = TaxReceipt.objects.get()
    assert receipt.issued_by.email.startswith("treasurer")
    assert "There is nothing to receipt" in client.post(address, IDA).content.decode()


def test_the_donor_is_sent_a_new_link_once_a_day(sign_in) -> None:
    receipt = a_receipt()
    client = sign_in(roles.TREASURER)
    for _twice in range(2):
        client.post(f"/desk/receipts/{receipt.pk}/send/")
    assert OutboxMail.objects.filter(dedupe_key__startswith="tax-receipt:").count() == 2


def test_the_run_of_a_year_is_started_watched_paused_and_asks_who_lacks_an_address(
    sign_in,
) -> None:
    client = sign_in(roles.TREASURER)
    refused = client.post("/desk/receipts/years/", {"year": "2026"})
    assert "Missing: the kind of receipt." in refused.content.decode()
    an_issuer()
    donor = a_donor()
    a_gift(a_campaign(), donor=donor, asked=False)
    assert client.post("/desk/receipts/years/", {"year": "2026"}).status_code == 302
    assert "data-running" in client.get("/desk/receipts/years/").content.decode()
    client.post("/desk/receipts/years/2026/switch/", {"do": "pause"})
    assert ReceiptRun.objects.get().state == "paused"
    client.post("/desk/receipts/years/2026/switch/", {"do": "resume"})
    while yearly.go_on(LATER):
        pass
    seen = client.get("/desk/receipts/years/").content.decode()
    assert "data-running" not in seen
    assert donor.email in client.get("/desk/receipts/years/2026/lacking/").content.decode()
    client.post("/desk/receipts/years/2026/ask/")
    tasks.ask_for_addresses(ReceiptRun.objects.get().pk, treasurer().pk)
    assert OutboxMail.objects.get(dedupe_key=f"receipt-address:2026:{donor.pk}")
    assert client.post("/desk/receipts/years/", {"year": "x"}).status_code == 422


def test_who_raises_money_sees_neither_receipts_nor_addresses(sign_in) -> None:
    receipt = a_receipt()
    client = sign_in(roles.FUNDRAISER)
    for page in ("", f"{receipt.pk}/", f"{receipt.pk}/pdf/", "issuer/", "years/"):
        assert client.get(f"/desk/receipts/{page}").status_code == 302
    seen = client.get(f"/desk/donations/{receipt.gifts.get().donation_id}/").content.decode()
    assert receipt.number not in seen
    assert treasurer().email not in seen
