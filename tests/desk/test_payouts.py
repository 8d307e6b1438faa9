"""Payouts, bank statements and fraud warnings as staff meet them."""

import base64

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import BankLine, BankStatement, FraudWarning, PayoutLine, PayoutState
from newsroom import roles
from newsroom.audit.models import AuditEntry
from tests.campaigns_made import a_campaign
from tests.desk.people import SignIn
from tests.money.test_bank_statement import NOW, a_payout, the_file

pytestmark = pytest.mark.django_db
NEW = "/desk/payouts/statements/new/"


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def a_file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("june.csv", data, "text/csv")


def test_a_statement_is_looked_at_kept_and_undone(sign_in: SignIn) -> None:
    payout = a_payout(5_000, "2026-06-03")
    data = the_file("2026-06-03,50.00,STRIPE", "2026-06-04,9.00,Rent", "x,1,y")
    tom = sign_in(roles.TREASURER)
    shown = words(tom.post(NEW, {"currency": "cad", "file": a_file(data)}))
    for sentence in (
        "2 rows will be kept. Nothing is kept yet.",
        "is the payout of",
        "is no payout that we know",
        "The date must look like",
    ):
        assert sentence in shown, sentence
    assert not BankLine.objects.exists()
    seen = {"currency": "cad", "name": "june.csv", "seen": base64.b64encode(data).decode()}
    kept = tom.post(NEW, seen | {"enter": "yes"})
    statement = BankStatement.objects.get()
    assert kept["Location"] == f"/desk/payouts/statements/{statement.pk}/"
    assert "Is a payout" in words(tom.get(kept["Location"]))
    page = words(tom.get(f"/desk/payouts/{payout.pk}/"))
    assert "3 Jun 2026" in page
    assert "equal to what was paid out" in page
    again = tom.post(NEW, seen | {"enter": "yes"})
    assert again.status_code == 422
    assert "nothing new in this file" in words(again)
    tom.post(f"/desk/payouts/statements/{statement.pk}/undo/")
    assert not BankLine.objects.filter(undone=False).exists()
    assert "undone" in words(tom.get("/desk/payouts/statements/"))
    verbs = AuditEntry.objects.filter(target=f"campaigns.bankstatement:{statement.pk}")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == ["imported", "undid"]


@pytest.mark.parametrize("seen", ["", "%%%", "AAAA"])
def test_what_is_no_file_is_answered_in_words(sign_in: SignIn, seen: str) -> None:
    tom = sign_in(roles.TREASURER)
    answer = tom.post(NEW, {"currency": "cad", "seen": seen, "enter": "yes"})
    assert answer.status_code == 422
    assert tom.post(NEW, {"currency": "xxx"}).status_code == 422


def test_payouts_are_listed_with_what_is_wrong_and_taken_away_as_tables(sign_in: SignIn) -> None:
    tom = sign_in(roles.TREASURER)
    wrong = a_payout(5_000, "2026-06-03", gifts=4_999, fees=-98)
    a_payout(7_000, "2026-06-04", state=PayoutState.FAILED)
    PayoutLine.objects.create(
        payout=wrong,
        transaction="txn_1",
        category="charge",
        amount=4_999,
        fee=98,
        occurred_at=NOW,
    )
    assert "is not the sum of its movements" in words(tom.get("/desk/payouts/"))
    assert "$70.00" in words(tom.get("/desk/payouts/?show=failed"))
    assert "$50.00" not in words(tom.get("/desk/payouts/?show=failed"))
    assert "There is none." in words(tom.get("/desk/payouts/?show=missing"))
    page = words(tom.get(f"/desk/payouts/{wrong.pk}/"))
    assert "paid out was $50.00" in page
    table = b"".join(tom.get("/desk/payouts/payouts.csv").streaming_content).decode()
    assert f"{wrong.stripe_id},2026-06-20,2026-06-03,paid,CAD,50.00,49.99" in table
    lines = b"".join(tom.get(f"/desk/payouts/{wrong.pk}/lines.csv").streaming_content).decode()
    assert "txn_1,2026-06-20T12:00:00+00:00,charge,CAD,49.99,0.98,49.01" in lines


def test_what_waits_stands_among_today_s_things_for_who_may_see_it(sign_in: SignIn) -> None:
    campaign = a_campaign()
    FraudWarning.objects.create(
        stripe_id="issfr_1", fraud_type="made_with_stolen_card", created_at=NOW
    )
    a_payout(7_000, "2026-06-04", state=PayoutState.FAILED)
    payout = a_payout(5_000, "2026-06-03")
    statement = BankStatement.objects.create(currency="cad", name="june")
    line = {"statement": statement, "day": payout.arrives_on, "amount": 4_000, "row": "1"}
    BankLine.objects.create(**line, fate="differs", payout=payout)
    page = f"/desk/campaigns/{campaign.pk}/analytics/"
    tom = sign_in(roles.TREASURER)
    shown = words(tom.get(page))
    assert "A card’s issuer warns that 1 gift was fraud" in shown
    assert "1 payout came to the bank with another amount" in shown
    shown = words(sign_in(roles.FUNDRAISER).get(page))
    assert "issuer warns" not in shown
    assert "payout" not in shown
    warned = words(tom.get("/desk/warnings/"))
    assert "made with stolen card" in warned
    assert "waits for somebody" in warned


def test_who_keeps_no_books_takes_none_of_it_away(sign_in: SignIn) -> None:
    fay, payout = sign_in(roles.FUNDRAISER), a_payout(5_000, "2026-06-03")
    for address in ("payouts.csv", f"{payout.pk}/", f"{payout.pk}/lines.csv"):
        assert fay.get(f"/desk/payouts/{address}").status_code == 302
