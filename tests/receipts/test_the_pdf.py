"""What a receipt shows, field by field, as the agencies list them."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from campaigns import offline
from campaigns.models import Method, OfflineGift, Scheme, TaxReceipt
from campaigns.tax import correcting, drawing
from campaigns.tax.issuing import Terms
from tests.campaigns_made import a_campaign
from tests.receipts.made import IDA, JUNE, LATER, a_donor, a_gift, an_issuer, settle, treasurer

pytestmark = pytest.mark.django_db


def read(receipt: TaxReceipt) -> tuple[PdfReader, str]:
    pdf = PdfReader(io.BytesIO(drawing.pdf(receipt)))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    return pdf, text


def issued(scheme: str = Scheme.CANADA, language: str = "en", **request: object) -> TaxReceipt:
    an_issuer(scheme)
    a_gift(a_campaign(), 2550, donor=a_donor(language=language), **request)
    settle(LATER)
    return TaxReceipt.objects.get()


def test_a_canadian_receipt_has_every_field_of_section_3501() -> None:
    receipt = issued(advantage="A mug", advantage_value=500)
    pdf, text = read(receipt)
    for field in (
        "Official receipt for income tax purposes",
        "The Harbour Record Society 12 Wharf Street Halifax NS B3J 1A1",
        f"Receipt no. {receipt.number}",
        "Registration no. 123456789RR0001",
        "Halifax, Nova Scotia",
        "Gift received June 10, 2026",
        f"Receipt issued {drawing.facts(receipt)['issued']}",
        "Donor Ida M. Harrow 4 Long Lane Unit 2 Halifax NS B3H 2B2 Canada",
        "Amount of the gift $25.50",
        "Advantage to the donor A mug: $5.00",
        "Eligible amount of the gift for tax purposes $20.50",
        "Ada Quill, Treasurer",
        "Canada Revenue Agency: canada.ca/charities-giving",
    ):
        assert field in text
    assert len(pdf.pages) == 1
    assert len(pdf.pages[0].images) == 1


def test_a_receipt_in_french_says_the_same() -> None:
    receipt = issued(language="fr")
    pdf, text = read(receipt)
    for field in (
        "Reçu officiel aux fins de l’impôt sur le revenu",
        f"Reçu n° {receipt.number}",
        "N° d’enregistrement 123456789RR0001",
        "Don reçu 10 juin 2026",
        "Montant du don 25,50 $",
        "Avantage reçu par le donateur aucun",
        "Montant admissible du don aux fins de l’impôt 25,50 $",
        "Agence du revenu du Canada",
        "canada.ca/organismes-bienfaisance-dons",
    ):
        assert field in text.replace("\u00a0", " ").replace("\u202f", " ")
    assert pdf.trailer["/Root"]["/Lang"] == "fr-CA"


def test_a_receipt_can_be_read_aloud() -> None:
    """PDF/UA-1: tagged, with title and language, and words for the signature's picture."""
    receipt = issued()
    made = drawing.pdf(receipt)
    pdf, _text = read(receipt)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-CA"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert receipt.number in pdf.metadata.title
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert made == drawing.pdf(receipt)


def test_a_receipt_that_replaces_another_names_it_and_the_other_says_that_it_is_cancelled() -> None:
    receipt = issued()
    new = correcting.replace_by_staff(
        receipt, IDA, Terms(), reason="Moved", by=treasurer(), moment=LATER
    )
    assert f"This receipt replaces receipt no. {receipt.number}" in read(new)[1]
    old = TaxReceipt.objects.get(pk=receipt.pk)
    assert "This receipt is cancelled." in read(old)[1]
    assert "cancelled" not in read(new)[1]


def test_securities_show_their_fair_market_value_what_they_were_and_who_appraised_them() -> None:
    an_issuer()
    gift = OfflineGift(
        campaign=a_campaign(starts_at=JUNE),
        amount=90_000,
        method=Method.SECURITIES,
        received_on=date(2026, 7, 1),
        name="Ida Harrow",
    )
    donation = offline.enter(gift, by=treasurer(), today=date(2026, 7, 2)).donation
    terms = Terms(description="100 shares of Harbour Ferries", appraiser="Y, 1 Bank Street")
    correcting.issue_by_staff(donation, IDA, terms, by=treasurer(), moment=LATER)
    text = read(TaxReceipt.objects.get())[1]
    assert "Fair market value of the gift $900.00" in text
    assert "What was given 100 shares of Harbour Ferries" in text
    assert "Appraised by Y, 1 Bank Street" in text
    assert "Gift received July 1, 2026" in text


def test_an_american_acknowledgment_says_that_nothing_was_given_in_return() -> None:
    text = read(issued(Scheme.UNITED_STATES))[1]
    for field in (
        "Acknowledgment of a charitable contribution",
        "The Harbour Record Society",
        "EIN 12-3456789",
        "Cash contribution $25.50",
        "Gift received June 10, 2026",
        "No goods or services were provided in return for this contribution.",
    ):
        assert field in text
    assert "Canada Revenue" not in text


def test_an_american_acknowledgment_estimates_what_was_given_in_return() -> None:
    text = read(issued(Scheme.UNITED_STATES, advantage="A mug", advantage_value=900))[1]
    assert "Goods or services provided in return A mug" in text
    assert "Good-faith estimate of their value $9.00" in text
    assert "limited to the excess of the contribution" in text
    assert "No goods or services" not in text


def test_a_name_that_no_font_has_still_makes_a_receipt() -> None:
    pdf, text = read(issued(name="李小龙"))
    assert len(pdf.pages) == 1
    assert "Amount of the gift" in text


def test_a_name_is_never_taken_for_layout() -> None:
    text = read(issued(name='#panic("x") *bold* $x$ "]'))[1]
    assert '#panic("x") *bold* $x$ "]' in text
