"""A reader says which letters come: nothing before they confirmed, and one click ends it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsroom.account.forgetting import forget_address
from newsroom.letters import bounces, consent, signing_up
from newsroom.letters.models import Consent, Newsletter, Standing, Subscriber, Subscription
from newsroom.mail import holds, outbox
from newsroom.mail.addresses import key_of, normal
from newsroom.mail.models import AddressHold, MailState, OutboxMail
from tests.articles import newsroom
from tests.letters.made import FROM_US, a_newsletter, a_reader, now, path_in

pytestmark = pytest.mark.django_db


def sign_up(email: str, *newsletters: Newsletter, client: Client | None = None, **fields):
    data = {"email": email, "letters": [each.pk for each in newsletters], **fields}
    return (client or Client()).post("/letters/", data, headers=FROM_US)


def active(email: str) -> list[str]:
    found = Subscription.objects.filter(subscriber__email=email, standing=Standing.ACTIVE)
    return sorted(found.values_list("newsletter__name", flat=True))


def test_a_letter_comes_only_after_its_reader_confirmed_and_the_yes_is_a_record(
    newsletter: Newsletter,
) -> None:
    other = a_newsletter("Weekend")
    answer = sign_up(" Ann+boat@Example.ORG ", newsletter, other, source="article")
    assert (answer.status_code, answer["Location"]) == (303, "/letters/asked/")
    (mail,) = OutboxMail.objects.filter(kind=signing_up.TO_CONFIRM)
    assert mail.to == "ann+boat@example.org"
    assert active(mail.to) == []
    assert not Consent.objects.exists()

    link = path_in(mail.text, "/letters/confirm/")
    client = Client(enforce_csrf_checks=True)
    page = client.get(link)
    assert "Yes, send them to me" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert active(mail.to) == []
    assert client.post(link).status_code == 200
    assert active(mail.to) == ["The Morning Boat", "Weekend"]
    client.post(link)
    given = Consent.objects.filter(address_key=key_of("ANN+boat@example.org"))
    assert {(each.newsletter.name, each.source, each.express) for each in given} == {
        ("The Morning Boat", "article", True),
        ("Weekend", "article", True),
    }
    assert given.count() == 2
    assert "Send me The Morning Boat, Weekend by e-mail." in given[0].wording
    with pytest.raises(DatabaseError):
        Consent.objects.update(express=False)


def test_an_old_link_brings_nobody_back(newsletter: Newsletter) -> None:
    sign_up("ann@example.org", newsletter)
    link = path_in(OutboxMail.objects.get().text, "/letters/confirm/")
    Client().post(link)
    subscription = Subscription.objects.get()
    Client().post(f"/letters/stop/{subscription.token}/")
    answer = Client().post(link)
    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()
    assert active("ann@example.org") == []


def test_a_mail_provider_ends_it_by_one_post_without_origin_or_cookie(
    newsletter: Newsletter,
) -> None:
    other = a_newsletter("Weekend")
    reader = a_reader("ann@example.org", newsletter, other)
    link = f"/letters/stop/{reader.subscriptions.get(newsletter=newsletter).token}/"
    page = Client().get(link)
    assert "Stop “The Morning Boat”?" in page.content.decode()
    assert len(active("ann@example.org")) == 2
    provider = Client(enforce_csrf_checks=True)
    for _ in range(2):
        answer = provider.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "comes no more" in answer.content.decode()
    assert active("ann@example.org") == ["Weekend"]
    assert [each.act for each in consent.record_of("ann@example.org")] == [
        "given", "given", "withdrawn",
    ]  # fmt: skip
    forged = provider.post("/letters/stop/nobodys-token/", {"List-Unsubscribe": "One-Click"})
    assert forged.status_code == 200
    assert active("ann@example.org") == ["Weekend"]


def test_a_stranger_learns_nothing_of_who_gets_what(newsletter: Newsletter) -> None:
    a_reader("ann@example.org", newsletter)
    answers = [sign_up(email, newsletter) for email in ("ann@example.org", "ben@example.org")]
    assert answers[0].status_code == answers[1].status_code == 303
    assert answers[0].content == answers[1].content
    assert answers[0]["Location"] == answers[1]["Location"]
    mails = dict(OutboxMail.objects.values_list("to", "text"))
    assert "You get these letters already" in mails["ann@example.org"]
    assert "/letters/confirm/" in mails["ben@example.org"]
    assert active("ann@example.org") == ["The Morning Boat"]


@pytest.mark.parametrize(
    "email",
    ["", "ann", "ann@", "a b@example.org", "ann@example.org\nBcc: x@example.org", "<b>@x.org",
     "jörg@example.org", "x" * 400 + "@example.org"],
)  # fmt: skip
def test_what_is_no_address_is_said_beside_the_field(newsletter: Newsletter, email: str) -> None:
    answer = sign_up(email, newsletter)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.content.decode()
    assert not Subscriber.objects.exists()
    assert not OutboxMail.objects.exists()


def test_addresses_of_every_shape_are_one_mailbox_however_written(newsletter: Newsletter) -> None:
    for email in ("info@bücher.example", "INFO@xn--bcher-kva.example ", "x@mailinator.com"):
        assert sign_up(email, newsletter).status_code == 303
    emails = set(Subscriber.objects.values_list("email", flat=True))
    assert emails == {"info@xn--bcher-kva.example", "x@mailinator.com"}
    assert normal("Info@BÜCHER.example") == "info@xn--bcher-kva.example"


def test_without_a_choice_the_form_asks_for_one(newsletter: Newsletter) -> None:
    for chosen in ([], ["999999"], ["x"], ["9" * 40]):
        answer = Client().post(
            "/letters/", {"email": "a@example.org", "letters": chosen}, headers=FROM_US
        )
        assert answer.status_code == 422
        assert 'id="letters-error"' in answer.content.decode()
    assert sign_up("b@example.org", a_newsletter(open=False)).status_code == 422


def test_nobody_can_have_a_mailbox_asked_again_and_again(newsletter: Newsletter) -> None:
    answers = [sign_up("ann@example.org", newsletter).status_code for _ in range(5)]
    assert answers == [303, 303, 303, 303, 429]


def test_a_form_that_does_not_come_from_us_is_asked_again_with_all_it_held(
    newsletter: Newsletter,
) -> None:
    other = a_newsletter("Weekend")
    data = {"email": "ann@example.org", "letters": [newsletter.pk, other.pk]}
    answer = Client().post("/letters/", data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert answer.content.decode().count('name="letters"') == 2
    assert not Subscriber.objects.exists()


def test_on_their_own_page_a_reader_chooses_and_stops_everything(newsletter: Newsletter) -> None:
    other = a_newsletter("Weekend")
    reader = a_reader("ann@example.org", newsletter)
    page = f"/letters/mine/{reader.token}/"
    client = Client(enforce_csrf_checks=True)
    assert "ann@example.org" in client.get(page).content.decode()
    client.post(page, {"letters": [other.pk], "zone": "America/Vancouver"})
    assert active("ann@example.org") == ["Weekend"]
    assert Subscriber.objects.get().zone == "America/Vancouver"
    assert client.post(page, {"letters": [other.pk], "zone": "Mars/North"}).status_code == 422
    client.post(page, {"do": "stop"})
    assert active("ann@example.org") == []
    client.post(page, {"letters": [newsletter.pk], "zone": ""})
    assert active("ann@example.org") == ["The Morning Boat"]
    assert Client().get("/letters/mine/nobody/").status_code == 200


def test_mail_that_came_back_holds_letters_and_receipts_and_a_complaint_letters_alone(
    newsletter: Newsletter, settings, server
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": "hook:secret"}
    a_reader("dead@example.org", newsletter)
    a_reader("angry@example.org", newsletter)
    hook = "/mail/events/postmark/"
    bounce = {
        "RecordType": "Bounce", "Type": "HardBounce", "Email": "dead@example.org",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "BouncedAt": "2026-11-20T10:00:00Z", "Description": "no such mailbox",
    }  # fmt: skip
    complaint = bounce | {
        "RecordType": "SpamComplaint", "Type": "SpamComplaint", "Email": "angry@example.org",
    }  # fmt: skip
    soft = bounce | {"Type": "SoftBounce", "Email": "full@example.org"}
    wrong = {"Authorization": "Basic aG9vazp3cm9uZw=="}
    right = {"Authorization": "Basic aG9vazpzZWNyZXQ="}

    def post(said, headers):
        client = Client(enforce_csrf_checks=True)
        return client.post(hook, said, content_type="application/json", headers=headers)

    assert post(bounce, wrong).status_code == 400
    assert not holds.is_held("dead@example.org")
    for _ in range(2):
        assert {post(said, right).status_code for said in (bounce, complaint, soft)} == {200}
    assert AddressHold.objects.count() == 1
    assert active("angry@example.org") == []
    assert active("dead@example.org") == ["The Morning Boat"]

    names = {"newsletters": [], "known": True, "confirm_url": "/", "mine_url": "/", "days": 7}
    for who in ("dead", "angry"):
        mail = outbox.owe("receipt", f"r:{who}", f"{who}@example.org", "letters_confirm", names)
        outbox.deliver(mail.pk, now() + timedelta(seconds=1))
    assert OutboxMail.objects.get(to="dead@example.org").state == MailState.FAILED
    assert OutboxMail.objects.get(to="angry@example.org").state == MailState.SENT
    settings.ANYMAIL = {}
    assert post(bounce, right).status_code == 404


@pytest.mark.parametrize(
    ("kind", "reason", "said", "hard"),
    [
        ("bounced", "bounced", "HardBounce", True),
        ("bounced", "bounced", "SoftBounce", False),
        ("bounced", "bounced", "Transient", False),
        ("bounced", "timed_out", "", False),
        ("bounced", "invalid", "550 no such user", True),
        ("rejected", "invalid", "", True),
        ("rejected", "spam", "", False),
        ("deferred", "bounced", "", False),
        ("delivered", "", "", False),
    ],
)
def test_only_what_can_never_arrive_holds_an_address(kind, reason, said, hard) -> None:
    assert bounces.is_hard(kind, reason, said) is hard


def test_who_confirms_anew_is_written_to_again(newsletter: Newsletter) -> None:
    reader = a_reader("ann@example.org", newsletter)
    bounces.complained("ann@example.org", now())
    holds.hold("ann@example.org", "no such user", now())
    a_reader("ann@example.org", newsletter)
    assert active(reader.email) == ["The Morning Boat"]
    assert not holds.is_held("ann@example.org")


def test_an_address_that_asks_to_be_forgotten_is_in_no_row_but_stays_off_the_lists(
    newsletter: Newsletter,
) -> None:
    a_reader("zoraida.q@example.org", newsletter)
    sign_up("zoraida.q@example.org", newsletter)
    assert forget_address("Zoraida.Q@example.org").letters == 1
    with connection.cursor() as cursor:
        for model in (Subscriber, Subscription, Consent, OutboxMail):
            cursor.execute(
                f'SELECT count(*) FROM "{model._meta.db_table}" t '
                "WHERE t::text ILIKE %s", ["%zoraida%"]
            )  # fmt: skip
            assert cursor.fetchone() == (0,)
    assert [each.act for each in consent.record_of("zoraida.q@example.org")] == [
        "given", "withdrawn",
    ]  # fmt: skip


def test_who_never_confirms_is_forgotten(newsletter: Newsletter) -> None:
    sign_up("late@example.org", newsletter)
    a_reader("ann@example.org", newsletter)
    assert signing_up.tend(now() + timedelta(days=6)) == 0
    assert signing_up.tend(now() + timedelta(days=8)) == 1
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["ann@example.org"]
    a_reader("ann@example.org", newsletter)
    signing_up.unsubscribe(Subscription.objects.get().token, now())
    assert signing_up.tend(now() + timedelta(days=61)) == 0
    assert signing_up.tend(now() + timedelta(days=91)) == 1


def test_pages_that_offer_a_letter_are_the_same_for_everybody_and_stay_cacheable(
    newsletter: Newsletter,
) -> None:
    own = newsroom.section("Harbour", "harbour")
    a_newsletter("The Harbour Letter", section=own)
    a_newsletter("La lettre", language="fr", slug="la-lettre")
    story = newsroom.story(own, "The ferry that left early")
    known = Client()
    known.force_login(newsroom.editor(), backend="django.contrib.auth.backends.ModelBackend")
    path = story.addresses.get(current=True).path
    shown = {}
    for page in ("/letters/", "/", path, f"/letters/{newsletter.slug}/", "/letters/asked/",
                 f"/letters/{newsletter.slug}/embed/", "/fr/letters/"):  # fmt: skip
        answers = [client.get(page) for client in (Client(), known)]
        assert answers[0].content == answers[1].content, page
        assert not answers[0].cookies
        assert "s-maxage" in answers[0]["Cache-Control"]
        shown[page] = answers[0].content.decode()
    assert "The Harbour Letter" in shown[path]
    assert "The Morning Boat" in shown["/"]
    assert "La lettre" in shown["/fr/letters/"]
    assert "The Morning Boat" not in shown["/fr/letters/"]
    assert Client().get("/letters/la-lettre/").status_code == 404
    with CaptureQueriesContext(connection) as few:
        Client().get("/letters/")
    for number in range(20):
        a_newsletter(f"Another {number}")
    Client().get("/letters/")
    with CaptureQueriesContext(connection) as many:
        Client().get("/letters/")
    assert len(many) == len(few)


def test_the_form_stands_in_a_frame_of_another_site_and_answers_there(
    newsletter: Newsletter,
) -> None:
    frame = f"/letters/{newsletter.slug}/embed/"
    page = Client().get(frame)
    assert "frame-ancestors *" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    answer = Client().post(frame, {"email": "ann@example.org"}, headers=FROM_US)
    assert "A mail is on its way" in answer.content.decode()
    assert Subscription.objects.get().source == "embed"
    assert (
        "This does not look"
        in Client().post(frame, {"email": "ann"}, headers=FROM_US).content.decode()
    )


def test_the_account_shows_the_letters_of_proven_addresses_and_signs_up_without_asking(
    newsletter: Newsletter,
) -> None:
    from allauth.account.models import EmailAddress

    from newsroom.readers.accounts import find_or_open

    reader = find_or_open("ann@example.org")
    EmailAddress.objects.filter(user=reader).update(verified=True)
    a_reader("other@example.org", newsletter)
    client = Client()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert "You get no letters from us" in client.get("/account/").content.decode()
    sign_up("ann@example.org", newsletter, client=client)
    assert active("ann@example.org") == ["The Morning Boat"]
    assert not OutboxMail.objects.filter(to="ann@example.org").exists()
    page = client.get("/account/").content.decode()
    assert "The Morning Boat" in page
    assert "other@example.org" not in page
