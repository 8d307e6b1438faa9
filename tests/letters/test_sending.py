"""A letter goes to each of its readers once, to nobody who should not get it, and can be ended."""

import json
import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.test import Client

from campaigns.models import Donation, Donor
from newsroom.audit.models import AuditEntry
from newsroom.letters import corrections, readying, results, sending, signing_up
from newsroom.letters.models import Fate, Letter, LetterCorrection, LetterState, Recipient
from newsroom.mail import holds
from newsroom.mail.models import OutboxMail
from tests.articles import newsroom
from tests.campaigns_made import a_campaign
from tests.desk.people import signed_in
from tests.letters.made import a_newsletter, a_reader, now, path_in
from tests.mail.post import deliver_due
from tests.reporting.made import correct

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_day(settings) -> None:
    settings.LETTERS_QUIET = (0, 0)
    settings.LETTER_RATES = {}
    settings.STAFF_SECOND_FACTOR = False


@pytest.fixture
def story(db):
    return newsroom.story(newsroom.section(), "The ferry that left early")


def block(kind: str, value) -> dict:
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def a_letter(newsletter, *blocks, **fields) -> Letter:
    made = {"subject": "What the river said", "preheader": "Four stories"} | fields
    body = json.dumps(blocks or [block("text", "<p>Good <b>morning</b>.</p>")])
    return Letter.objects.create(newsletter=newsletter, body=body, **made)


def send(letter: Letter) -> Letter:
    readying.set_ready(letter, now(), newsroom.editor(), now())
    sending.work(letter.pk, now())
    return Letter.objects.get(pk=letter.pk)


def fates(letter: Letter) -> dict[str, str]:
    rows = Recipient.objects.filter(letter=letter)
    return {r.subscriber.email: r.why or r.fate for r in rows.select_related("subscriber")}


def test_a_letter_goes_once_to_each_reader_as_mail_that_can_be_ended_by_one_click(
    newsletter, story, server, settings
) -> None:
    settings.LETTERS_FROM_EMAIL = "Newsroom <letters@news.example>"
    campaign = a_campaign()
    newsletter.from_name, newsletter.reply_to = "Odile at the Boat", "odile@news.example"
    newsletter.save()
    readers = [a_reader(f"r{n}@example.org", newsletter) for n in range(3)]
    a_reader("other@example.org", a_newsletter("Weekend"))
    letter = a_letter(
        newsletter,
        block("text", '<p>Good <b>morning</b>, see <a href="https://example.org/a?b=1&amp;c=2">it</a>.</p>'),
        block("stories", {"stories": [story.pk]}),
        block("campaign", {"campaign": campaign.pk, "words": "Keep us on the water."}),
    )  # fmt: skip
    letter = send(letter)
    for _ in range(2):
        sending.work(letter.pk, now())
    assert letter.state == LetterState.SENT
    assert sorted(m["To"] for m in server.taken) == [f"r{n}@example.org" for n in range(3)]
    mail = next(m for m in server.taken if m["To"] == "r0@example.org")
    assert mail["From"] == "Odile at the Boat <letters@news.example>"
    assert mail["Reply-To"] == "odile@news.example"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Id"].startswith(f"<{newsletter.slug}.letters.")
    assert mail["Auto-Submitted"] is None
    key = Recipient.objects.get(subscriber=readers[0]).key
    assert str(key) in mail["Message-ID"]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert len(html.encode()) < 100_000
    for words in ("What the river said", "The ferry that left early", "Keep us on the water.",
                  "$0 raised of $1,000", "Unsubscribe"):  # fmt: skip
        assert words in text
        assert words in html
    assert "Good morning" in text
    assert "your-own" not in text + html

    # The link to the story leads there and is counted; the one to give says where it began.
    client = Client(headers={"User-Agent": "Mozilla/5.0", "Accept": "text/html"})
    links = re.findall(r"https?://[^/\s]+(/letters/go/\S+/)", text)
    targets = [client.get(link)["Location"] for link in links]
    path = story.addresses.get(current=True).path
    assert "https://example.org/a?b=1&c=2" in targets
    assert f"{site.BASE_URL}{path}" in targets
    assert f"{site.BASE_URL}{campaign.give_url}?via=letter-{letter.pk}" in targets
    Client().head(links[0])
    Client(headers={"User-Agent": "Barracuda scan"}).get(links[0])
    found = results.count(letter.pk)
    assert (found["clicks"], found["clicks_by_programs"]) == (3, 2)
    assert client.get(f"/letters/go/{letter.pk}/99/").status_code == 404

    # One click ends it; the web has the letter, without anybody's own links.
    end = re.search(r"<https?://[^/]+(/\S+)>", mail["List-Unsubscribe"])[1]
    Client(enforce_csrf_checks=True).post(end, {"List-Unsubscribe": "One-Click"})
    assert results.count(letter.pk)["unsubscribed"] == 1
    page = Client().get(path_in(text, f"/letters/{newsletter.slug}/"))
    assert page.status_code == 200
    assert "The ferry that left early" in page.content.decode()
    assert readers[0].token not in page.content.decode()
    assert "What the river said" in Client().get(f"/letters/{newsletter.slug}/").content.decode()
    again = send(a_letter(newsletter, subject="The next one"))
    assert "r0@example.org" not in fates(again)


def test_whoever_must_not_get_it_is_left_out_at_the_moment_of_sending(newsletter, server) -> None:
    campaign = a_campaign()
    for name in ("gave", "debit", "left", "held", "gone", "plain"):
        a_reader(f"{name}@example.org", newsletter)
    for name, state in (("gave", "received"), ("debit", "processing"), ("plain", "failed")):
        donor = Donor.objects.create(email=f"{name}@example.org")
        Donation.objects.create(
            attempt=uuid.uuid4(), campaign=campaign, donor=donor, amount=500, currency="cad",
            state=state, started_at=now(),
        )  # fmt: skip
    letter = a_letter(newsletter, purpose="appeal", campaign=campaign)
    readying.set_ready(letter, now(), newsroom.editor(), now())
    sending.fill(letter.pk, now())
    # All of this happens after the rows were written, before their mail.
    left = signing_up.Subscriber.objects.get(email="left@example.org")
    signing_up.unsubscribe(left.subscriptions.get().token, now())
    holds.hold("held@example.org", "no such user", now())
    signing_up.erase_address("gone@example.org", now())
    sending.work(letter.pk, now())
    assert [m["To"] for m in server.taken] == ["plain@example.org"]
    skipped = results.count(letter.pk)["skipped"]
    assert skipped == {
        "gave to this campaign": 2, "unsubscribed": 1, "mail to it came back": 1,
        "the address was forgotten": 1,
    }  # fmt: skip
    second = send(a_letter(newsletter, purpose="reminder", campaign=campaign))
    assert fates(second)["plain@example.org"] == "had an appeal that day"


def test_a_sender_that_dies_in_the_middle_doubles_nobody_and_loses_nobody(
    newsletter, server, monkeypatch
) -> None:
    emails = [f"r{n}@example.org" for n in range(12)]
    for email in emails:
        a_reader(email, newsletter)
    letter = a_letter(newsletter)
    readying.set_ready(letter, now(), newsroom.editor(), now())
    whole, sent = sending._end, []

    def dies(each, held, fate, **values):
        sent.append(each)
        if len(sent) == 5:
            raise KeyboardInterrupt
        whole(each, held, fate, **values)

    monkeypatch.setattr(sending, "_end", dies)
    with pytest.raises(KeyboardInterrupt):
        sending.work(letter.pk, now())
    monkeypatch.setattr(sending, "_end", whole)
    assert len(server.taken) == 5
    # The batch is free again when its lease ends, the one in doubt when its own does.
    soon, later = now() + timedelta(seconds=61), now() + sending.LEASE + timedelta(seconds=1)
    sending.send_some(letter.pk, soon)
    assert len(server.taken) == 11 + 1
    assert not sending.finish(letter.pk, soon)
    sending.send_some(letter.pk, later)
    assert sending.finish(letter.pk, later)
    assert {m["To"] for m in server.taken} == set(emails)
    # What was in doubt went twice, with one Message-ID, and is counted.
    assert len(server.taken) == 13
    assert len(set(server.message_ids)) == 12
    assert results.count(letter.pk)["again"] == 1


def test_pausing_stops_the_next_mail_and_going_on_sends_the_rest(newsletter, server) -> None:
    for n in range(4):
        a_reader(f"r{n}@example.org", newsletter)
    letter, editor = a_letter(newsletter), newsroom.editor()
    readying.set_ready(letter, now(), editor, now())
    sending.fill(letter.pk, now())
    sending.send_some(letter.pk, now(), most=2)
    readying.pause(letter, editor)
    sending.send_some(letter.pk, now(), most=2)
    assert len(server.taken) == 2
    readying.resume(letter, editor)
    sending.send_some(letter.pk, now() + timedelta(seconds=61))
    sending.finish(letter.pk, now())
    assert len({m["To"] for m in server.taken}) == len(server.taken) == 4
    assert Letter.objects.get().state == LetterState.SENT
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"readied", "paused", "resumed"} <= verbs


def test_what_the_server_refuses_for_good_is_not_tried_again_and_no_mailbox_is_held(
    newsletter, server
) -> None:
    for n in range(3):
        a_reader(f"r{n}@example.org", newsletter)
    server.refusals = [
        ("RCPT", "550 5.1.1 no such user"),
        ("RCPT", "451 4.7.1 later"),
    ]
    letter = send(a_letter(newsletter))
    assert len(server.taken) == 1
    rows = list(Recipient.objects.filter(letter=letter).order_by("id"))
    assert sorted(r.fate for r in rows) == ["accepted", "failed", "owed"]
    failed = next(r for r in rows if r.fate == Fate.FAILED)
    assert holds.is_held(failed.subscriber.email)
    assert letter.state == LetterState.SENDING
    sending.send_some(letter.pk, now() + timedelta(minutes=2))
    sending.finish(letter.pk, now())
    assert len(server.taken) == 2
    assert Letter.objects.get().state == LetterState.SENT


def test_a_letter_to_many_waits_for_a_second_person(newsletter, server, settings) -> None:
    settings.LETTERS_SECOND_PERSON = 1
    for n in range(2):
        a_reader(f"r{n}@example.org", newsletter)
    letter, first = a_letter(newsletter), newsroom.editor()
    readying.set_ready(letter, now(), first, now())
    assert sending.sweep(now()) == 0
    with pytest.raises(readying.NotReady, match="somebody else"):
        readying.agree(letter, first, now())
    readying.agree(letter, newsroom.editor(), now())
    sending.work(letter.pk, now())
    assert len(server.taken) == 2
    with pytest.raises(readying.NotReady):
        readying.call_back(letter, first)


def test_the_words_are_sealed_when_it_goes_out(newsletter, story, server) -> None:
    a_reader("ann@example.org", newsletter)
    letter = a_letter(newsletter, block("stories", {"stories": [story.pk]}))
    at = now() + timedelta(hours=2)
    readying.set_ready(letter, at, newsroom.editor(), now())
    assert sending.sweep(now()) == 0
    assert sending.sweep(at) == 1
    html = Letter.objects.get().html
    Letter.objects.filter(pk=letter.pk).update(body="[]")
    sending.fill(letter.pk, now())
    sending.send_some(letter.pk, now())
    assert Letter.objects.get().html == html
    assert "The ferry that left early" in server.text()


def test_a_letter_that_could_not_be_read_is_not_sent(newsletter) -> None:
    editor = newsroom.editor()
    long = "<p>" + "word " * 30_000 + "</p>"
    gone = '<p><a href="/2020/01/01/never-was/">x</a></p>'
    letters = [
        a_letter(newsletter, block("text", long)),
        a_letter(newsletter, block("text", gone)),
        a_letter(newsletter, block("stories", {"stories": []})),
        a_letter(newsletter, purpose="appeal"),
    ]
    for bad in letters:
        with pytest.raises(readying.NotReady):
            readying.set_ready(bad, now(), editor, now())
        assert Letter.objects.get(pk=bad.pk).state == LetterState.DRAFT


def test_a_correction_is_in_the_next_letter_once_and_a_retraction_goes_at_once(
    newsletter, story, server
) -> None:
    for name in ("ann", "ben", "cyd"):
        a_reader(f"{name}@example.org", newsletter)
    other = a_newsletter("Weekend")
    a_reader("dan@example.org", other)
    send(a_letter(newsletter, block("stories", {"stories": [story.pk]})))
    correct(story, "update")
    corrections.notice(now())
    assert not LetterCorrection.objects.exists()
    correct(story, "correction")
    for _ in range(2):
        corrections.notice(now())
    assert LetterCorrection.objects.count() == 1
    server.taken.clear()
    send(a_letter(newsletter, subject="The next day"))
    assert "It carried fifty people." in server.text()
    assert "Correction: The ferry that left early" in server.text()
    server.taken.clear()
    send(a_letter(newsletter, subject="And the next", purpose="breaking"))
    assert "It carried fifty people." not in server.text()

    # Who came later never got the story; who left is left alone.
    a_reader("new@example.org", newsletter)
    ben = signing_up.Subscriber.objects.get(email="ben@example.org")
    signing_up.unsubscribe(ben.subscriptions.get().token, now())
    correct(story, "retraction")
    corrections.notice(now())
    server.taken.clear()
    for _ in range(2):
        sending.sweep(now())
        for letter in Letter.objects.filter(purpose="correction"):
            sending.work(letter.pk, now())
    assert sorted(m["To"] for m in server.taken) == ["ann@example.org", "cyd@example.org"]
    assert server.taken[0]["Subject"] == "Retraction: The ferry that left early"


def test_an_editor_composes_looks_tests_and_sends_on_the_desk(
    newsletter, story, server, settings
) -> None:
    a_reader("ann@example.org", newsletter)
    publisher, editor = signed_in("publisher"), signed_in("editor")
    letter = a_letter(newsletter, block("stories", {"stories": [story.pk]}))
    for page in ("/desk/letters/", "/desk/letters/new/", f"/desk/letters/edit/{letter.pk}/",
                 "/desk/newsletters/", "/desk/letter-corrections/", "/desk/letter-providers/",
                 f"/desk/letter/{letter.pk}/"):  # fmt: skip
        assert editor.get(page).status_code == 200, page
    assert publisher.get("/desk/held-addresses/").status_code == 200
    for form in ("light", "dark", "text"):
        preview = editor.get(f"/desk/letter/{letter.pk}/preview/{form}/")
        assert "The ferry that left early" in preview.content.decode()
    editor.post(f"/desk/letter/{letter.pk}/test/", {"to": "me@newsroom.example"})
    deliver_due()
    assert server.taken[-1]["Subject"] == "[Test] What the river said"
    assert OutboxMail.objects.get(kind=readying.TEST).to == "me@newsroom.example"
    editor.post(f"/desk/letter/{letter.pk}/ready/", {"at": ""})
    assert Letter.objects.get().state == LetterState.DRAFT
    publisher.post(f"/desk/letter/{letter.pk}/ready/", {"at": "yesterday"})
    assert Letter.objects.get().state == LetterState.DRAFT
    publisher.post(f"/desk/letter/{letter.pk}/ready/", {"at": ""})
    sending.work(letter.pk, now())
    page = publisher.get(f"/desk/letter/{letter.pk}/").content.decode()
    assert "Accepted by the receiving server" in page
    assert editor.get(f"/desk/letters/edit/{letter.pk}/").status_code == 302
    results.count_all(now())
    assert Letter.objects.get().figures["accepted"] == 1


def test_the_bar_in_a_letter_is_one_picture_for_everybody(client) -> None:
    campaign = a_campaign()
    answer = client.get(f"/letters/bar/{campaign.pk}-fr.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content[:4] == b"\x89PNG"
    assert "s-maxage" in answer["Cache-Control"]
    assert client.get(f"/letters/bar/{campaign.pk}-xx.png").status_code == 404
    assert client.get("/letters/bar/999999-en.png").status_code == 404


def test_after_a_year_of_silence_one_question_is_asked_and_silence_ends_the_letters(
    newsletter,
) -> None:
    for name in ("silent", "stays"):
        a_reader(f"{name}@example.org", newsletter)
    later = now() + timedelta(days=366)
    assert signing_up.ask_to_stay(now() + timedelta(days=364)) == 0
    assert signing_up.ask_to_stay(later) == 2
    assert signing_up.ask_to_stay(later) == 0
    stays = OutboxMail.objects.get(kind=signing_up.TO_STAY, to="stays@example.org")
    Client().post(path_in(stays.text, "/letters/mine/"), {"do": "stay"})
    signing_up.Subscriber.objects.filter(email="stays@example.org").update(heard_at=later)
    signing_up.ask_to_stay(later + timedelta(days=31))
    active = signing_up.Subscription.objects.filter(standing="active")
    assert [each.subscriber.email for each in active] == ["stays@example.org"]


def test_a_french_letter_with_its_campaign_is_ready() -> None:
    letter = a_letter(
        a_newsletter("La semaine", language="fr"),
        block("campaign", {"campaign": a_campaign().pk, "words": ""}),
    )
    assert readying.look(letter, now()).faults == []
