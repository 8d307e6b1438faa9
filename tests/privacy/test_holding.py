"""Everything held is in the file, and a person is erased once, whatever dies on the way."""

import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from articles.comments import write_comment
from articles.following import ask_to_follow
from articles.models import Article, Comment, ErrorReport, Follow
from campaigns import gateway
from campaigns import personal as giving
from campaigns.models import Donation, Donor, PaymentState, ReceiptParty
from newsroom.account import erasing, holding
from newsroom.account.models import AccessRequest, Erasure, Incident
from newsroom.mail.models import OutboxMail
from newsroom.readers.models import Reader
from tests.campaigns_made import a_campaign
from tests.desk.factory import a_gift
from tests.desk.people import SignIn
from tests.mail.post import deliver_due
from tests.mail.servers import MailServer
from tests.privacy.everywhere import tables_naming
from tests.readers.signing_in import sign_in
from tests.receipts.made import a_gift as a_receipted_gift
from tests.receipts.made import an_issuer, settle
from tests.reporting.made import report

pytestmark = pytest.mark.django_db
MARK = "quimby"
ADDRESS = f"zora.{MARK}@example.org"
JUNE = datetime(2026, 6, 3, 14, 5, tzinfo=UTC)


@pytest.fixture
def browser(server: MailServer) -> Client:
    client = Client()
    sign_in(client, server, ADDRESS)
    return client


@pytest.fixture
def zora(browser: Client, story: Article) -> Reader:
    """Who has left something everywhere that needs no Stripe."""
    reader = Reader.objects.get(email=ADDRESS)
    reader.public_name = "Zora Quimby"
    reader.save()
    donor = Donor.objects.create(email=ADDRESS, name="Zora Quimby", reader=reader)
    a_gift(a_campaign(), 2500, JUNE, donor=donor)
    Donation.objects.filter(donor=donor).update(public_name="Z. Quimby", message="From Quimby")
    write_comment(story, reader, "=Quimby was there", timezone.now())
    ask_to_follow(story, ADDRESS, timezone.now(), reader=reader)
    report(story, "It was fifty, says Zora Quimby.", email=ADDRESS)
    AccessRequest.objects.create(kind="access", who="Mme Zora Quimby", note="By letter.")
    return reader


def test_the_file_has_all_of_it_for_machines_and_for_spreadsheets(
    browser: Client, zora: Reader
) -> None:
    other = Donor.objects.create(email="bea@example.org", name="Bea")
    a_gift(a_campaign(), 4200, JUNE, donor=other)
    page = browser.get("/account/data/").content.decode()
    assert "Comments" in page
    answer = browser.get("/account/data/everything.zip")
    assert answer["Content-Type"] == "application/zip"
    file = zipfile.ZipFile(io.BytesIO(answer.content))
    held = json.loads(file.read("everything.json"))["data"]
    assert [row["amount"] for row in held["gifts"]] == [2500]
    assert held["gifts"][0]["message"] == "From Quimby"
    assert held["comments"][0]["text"] == "=Quimby was there"
    assert held["error reports"][0]["what is wrong"] == "It was fifty, says Zora Quimby."
    assert held["account"][0]["public name"] == "Zora Quimby"
    assert held["sessions"][0]["network address"] == "127.0.0.1"
    assert {"comments.csv", "gifts.csv", "follows.csv", "mails.csv"} <= set(file.namelist())
    # No spreadsheet runs what a reader wrote.
    assert "'=Quimby was there" in file.read("comments.csv").decode("utf-8-sig")
    assert "bea@example.org" not in file.read("everything.json").decode()
    assert Client().get("/account/data/everything.zip").status_code == 302


def test_every_name_is_gone_and_the_books_stand(
    browser: Client, zora: Reader, server: MailServer
) -> None:
    before = tables_naming(MARK)
    assert {"campaigns_donor", "articles_comment", "readers_reader", "mail_outboxmail"} <= before
    assert browser.post("/account/data/erase/").status_code == 200
    erasure = Erasure.objects.get()
    assert erasure.confirmed_at is None
    address = f"/account/erase/{erasure.token}/"
    # Mail programs open links by themselves: that erases nothing.
    assert "Erase everything about you?" in Client().get(address).content.decode()
    assert tables_naming(MARK) >= before
    assert browser.post(address).status_code == 302
    assert "You are being erased" in Client().get(address).content.decode()
    # The account is closed from here on.
    assert browser.get("/account/").status_code == 302
    assert erasing.work_off(erasure.pk, timezone.now())
    deliver_due()
    assert "Nothing here names you any more" in server.text()
    assert tables_naming(MARK) == set()
    assert "You are erased" in Client().get(address).content.decode()
    # The link, opened and pressed once more, says the same.
    assert Client().post(address).status_code == 302
    gift = Donation.objects.get()
    assert (gift.net, gift.donor is not None, gift.public_name) == (2500, True, "")
    assert ErrorReport.objects.get().problem == "It was fifty, says […]."
    gone = (Comment, Follow, Reader)
    assert [model for model in gone if model.objects.exists()] == []


def test_a_worker_that_dies_or_a_stripe_that_is_away_costs_nothing_but_time(
    zora: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    donor = Donor.objects.get()
    donor.stripe_customer = "cus_zora"
    donor.save()
    asked: list[str] = []

    def away(customer: str) -> None:
        asked.append(customer)
        if len(asked) == 1:
            raise gateway.GatewayError("away", transient=True)

    monkeypatch.setattr(gateway, "delete_customer", away)
    staff = Reader.objects.create_user("officer@newsroom.example")
    now = timezone.now()
    erasure = erasing.begin(holding.person_at(ADDRESS), staff, now)
    assert not erasing.work_off(erasure.pk, now)
    erasure.refresh_from_db()
    assert "Stripe" in erasure.trouble
    # Nobody takes it up while its lease runs; afterwards the sweeper does.
    erasing.sweep(now + timedelta(minutes=1))
    assert asked == ["cus_zora"]
    killed = monkeypatch.context()
    with killed as patch:
        patch.setattr(erasing, "_finish", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            erasing.sweep(now + erasing.LEASE * 2)
    erasing.sweep(now + erasing.LEASE * 4)
    erasure.refresh_from_db()
    assert (erasure.per_cent, erasure.who, erasure.trouble) == (100, {}, "")
    assert asked == ["cus_zora", "cus_zora"]
    assert OutboxMail.objects.filter(kind=erasing.ERASED_MAIL).count() == 1


def test_what_the_law_has_stay_is_named_with_its_day_and_goes_on_it(zora: Reader) -> None:
    an_issuer()
    donor = Donor.objects.get()
    a_receipted_gift(a_campaign(), donor=donor, name="Zora Quimby")
    settle()
    disputed = a_gift(a_campaign(), 900, JUNE, donor=donor)
    disputed.payment.state = PaymentState.DISPUTED
    disputed.payment.save()
    now = timezone.now()
    erasure = erasing.begin(
        holding.person_of(zora), Reader.objects.create_user("o@newsroom.example"), now
    )
    assert erasing.work_off(erasure.pk, now)
    erasure.refresh_from_db()
    party = ReceiptParty.objects.get()
    assert {each["key"]: each["until"] for each in erasure.kept} == {
        "official receipts": party.keep_until.isoformat(),
        "disputed gifts": (timezone.localdate() + giving.DISPUTED_FOR).isoformat(),
    }
    OutboxMail.objects.filter(kind=erasing.ERASED_MAIL).delete()
    assert tables_naming(MARK) == {"campaigns_donor", "campaigns_receiptparty"}
    donor.refresh_from_db()
    after = donor.erase_after or date.min
    assert giving.erase_what_is_due(after) == 0  # still fought over
    disputed.payment.state = PaymentState.DISPUTE_LOST
    disputed.payment.save()
    assert giving.erase_what_is_due(after - timedelta(days=1)) == 0
    assert giving.erase_what_is_due(after) == 1
    assert tables_naming(MARK) == {"campaigns_receiptparty"}


def test_who_works_here_is_told_why_not_and_links_grow_old(browser: Client, zora: Reader) -> None:
    browser.post("/account/data/erase/")
    erasure = Erasure.objects.get()
    Erasure.objects.update(asked_at=timezone.now() - timedelta(days=1, minutes=1))
    old = Client().post(f"/account/erase/{erasure.token}/", follow=True)
    assert "This link no longer works" in old.content.decode()
    assert Comment.objects.exists()
    erasing.forget_what_is_over(timezone.now())
    assert not Erasure.objects.exists()
    assert "no longer works" in Client().get("/account/erase/nothing/").content.decode()
    zora.is_staff = True
    zora.save()
    answer = browser.post("/account/data/erase/")
    assert (answer.status_code, "You work in this newsroom" in answer.content.decode()) == (
        422,
        True,
    )


def test_the_officer_sees_the_days_left_and_answers(sign_in_as: SignIn) -> None:
    officer = sign_in_as("publisher")
    long_ago = (timezone.localdate() - timedelta(days=31)).isoformat()
    form = {"kind": "access", "who": " Ann ", "received_on": long_ago, "note": ""}
    assert officer.post("/desk/privacy/", form).status_code == 302
    assert "late" in officer.get("/desk/privacy/").content.decode()
    assert officer.post("/desk/privacy/", form | {"who": " "}).status_code == 422
    future = (timezone.localdate() + timedelta(days=1)).isoformat()
    assert officer.post("/desk/privacy/", form | {"received_on": future}).status_code == 422
    asked = AccessRequest.objects.get()
    assert (asked.who, asked.due_on) == ("Ann", asked.received_on + timedelta(days=30))
    assert officer.post(f"/desk/privacy/{asked.pk}/", {"answer": ""}).status_code == 422
    assert officer.post(f"/desk/privacy/{asked.pk}/", {"answer": "Sent."}).status_code == 302
    assert officer.get(f"/desk/privacy/{asked.pk}/").status_code == 404
    erasing.forget_what_is_over(timezone.now() + timedelta(days=366))
    asked.refresh_from_db()
    assert (asked.who, asked.answer) == ("", "")


def test_the_register_of_incidents_only_grows(sign_in_as: SignIn) -> None:
    officer = sign_in_as("administrator")
    today = timezone.localdate().isoformat()
    form = {"happened_on": today, "noticed_on": today, "what": "A laptop was left on a ferry."}
    assert officer.post("/desk/privacy/incidents/", form).status_code == 302
    first = Incident.objects.get()
    later = form | {"about": first.pk, "what": "It is back, and was locked.", "people": "0"}
    officer.post("/desk/privacy/incidents/", later)
    page = officer.get("/desk/privacy/incidents/").content.decode()
    assert "A laptop was left on a ferry." in page
    assert "It is back, and was locked." in page
    with pytest.raises(IntegrityError), transaction.atomic():
        Incident.objects.update(what="Nothing.")
    assert officer.post("/desk/privacy/incidents/", form | {"what": ""}).status_code == 422
    assert sign_in_as("editor").get("/desk/privacy/incidents/").status_code == 302


def test_staff_give_the_file_and_erase_for_somebody_who_wrote(
    sign_in_as: SignIn, zora: Reader
) -> None:
    officer = sign_in_as("publisher")
    asked = {"address": f" {ADDRESS.upper()} "}
    assert "Comments: 1" in officer.post("/desk/privacy/person/", asked).content.decode()
    file = officer.post("/desk/privacy/person/", asked | {"do": "file"})
    assert file["Content-Type"] == "application/zip"
    assert officer.post("/desk/privacy/person/", asked | {"do": "erase"}).status_code == 302
    assert Erasure.objects.get().asked_by == Reader.objects.get(email="publisher@newsroom.example")
    nobody = officer.post("/desk/privacy/person/", {"address": "nobody@example.org"})
    assert "Nothing is held" in nobody.content.decode()
    bad = officer.post("/desk/privacy/person/", {"address": "nobody\r\nBcc: all"})
    assert bad.status_code == 422
