"""Who follows a story hears of each correction once, and is left alone after one click."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from articles import following
from articles.corrections import Entry, Record
from articles.models import Article, Follow, FollowerNews
from articles.tasks import forget_readers, sweep_news, tell_followers
from newsroom.mail import outbox
from newsroom.mail.models import OutboxMail
from newsroom.readers.accounts import find_or_open
from newsroom.readers.models import Reader
from tests.articles import newsroom
from tests.mail.post import deliver_due
from tests.mail.servers import MailServer
from tests.reporting.made import correct, mails, now

pytestmark = pytest.mark.django_db
FROM_US = {"Sec-Fetch-Site": "same-origin"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


def place(story: Article) -> str:
    return f"{story.addresses.get(current=True).path}follow/"


def ask(story: Article, email: str = "ann@example.org", client: Client | None = None, **fields):
    return (client or Client()).post(place(story), {"email": email, **fields}, headers=FROM_US)


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"https?://[^/]+(\S*/follow/\S+/)", mail.text)
    assert found
    return found[1]


def follower(story: Article, email: str = "ann@example.org", **fields) -> Follow:
    earlier = now() - timedelta(minutes=1)
    made = following.ask_to_follow(story, email, earlier, **fields)
    following.confirm(made, earlier)
    OutboxMail.objects.filter(kind="follow to confirm").delete()
    return made


def tell() -> None:
    sweep_news()


def test_the_form_is_the_same_bytes_for_everybody(story: Article, desk: Client) -> None:
    pages = [client.get(place(story)) for client in (Client(), desk)]
    assert pages[0].content == pages[1].content
    assert not pages[0].cookies
    assert "s-maxage" in pages[0]["Cache-Control"]


def test_nothing_is_sent_to_an_address_before_its_owner_confirms(story: Article) -> None:
    answer = ask(story)
    assert (answer.status_code, answer["Location"]) == (303, f"{place(story)}asked/")
    (question,) = mails("follow to confirm")
    correct(story)
    tell()
    assert mails("story changed") == []

    client, address = Client(), link_in(question)
    assert "Yes, follow it" in client.get(address).content.decode()
    assert Follow.objects.get().confirmed_at is None
    assert "You follow this story" in client.post(address).content.decode()
    confirmed = Follow.objects.get().confirmed_at
    assert confirmed is not None
    client.post(address)
    assert Follow.objects.get().confirmed_at == confirmed
    # They read the story as it is now.
    tell()
    assert mails("story changed") == []
    correct(story)
    tell()
    assert [mail.to for mail in mails("story changed")] == ["ann@example.org"]


def test_one_mail_tells_all_entries_of_a_publication(story: Article) -> None:
    follower(story)
    entries = [
        Entry("update", "", "The ferry was found."),
        Entry("correction", "We wrote <forty>.", "It carried fifty people."),
    ]
    newsroom.edit(story, record=Record(entries), body=newsroom.body(newsroom.text("Fifty.")))
    tell()
    tell()
    (mail,) = mails("story changed")
    assert mail.subject == "Correction: The ferry that left early"
    for words in ("The ferry was found.", "It carried fifty people.", "/corrections/policy/"):
        assert words in mail.text
        assert words in mail.html
    assert "We wrote &lt;forty&gt;." in mail.html


def test_a_minor_edit_is_no_news(story: Article) -> None:
    follower(story)
    record = Record(minor_reason="A comma.")
    newsroom.edit(story, record=record, body=newsroom.body(newsroom.text("Fifty,")))
    tell()
    assert mails() == []
    assert not FollowerNews.objects.exists()


def test_who_chose_corrections_alone_hears_of_no_update(story: Article) -> None:
    follower(story, "ann@example.org", updates_too=False)
    follower(story, "ben@example.org")
    correct(story, "update")
    tell()
    assert [mail.to for mail in mails()] == ["ben@example.org"]
    for kind in ("correction", "clarification", "retraction"):
        correct(story, kind)
    tell()
    assert [mail.to for mail in mails()].count("ann@example.org") == 3


def test_another_story_is_not_theirs(story: Article) -> None:
    follower(story)
    correct(newsroom.story(story.get_parent(), "Another"))
    tell()
    assert mails() == []


def test_each_hears_in_the_language_they_asked_in(story: Article) -> None:
    follower(story, language="fr")
    correct(story)
    tell()
    (mail,) = mails()
    assert mail.language == "fr"
    assert "/fr/follow/" in mail.text


def test_a_thousand_followers_are_told_once_each_whoever_dies_on_the_way(
    story: Article, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = now() - timedelta(hours=1)
    monkeypatch.setattr(following, "BATCH", 7)
    Follow.objects.bulk_create(
        Follow(article=story, email=f"r{number}@example.org", confirmed_at=earlier)
        for number in range(30)
    )
    correct(story)
    (news,) = FollowerNews.objects.all()
    assert mails() == []
    assert following.tell(news.pk, now())
    assert len(mails()) == 7

    # The next batch is cut off in its middle: nothing of it is kept, and it is begun again.
    whole, calls = outbox.owe, []

    def dies(*args, **kwargs):
        calls.append(args)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return whole(*args, **kwargs)

    monkeypatch.setattr(following, "owe", dies)
    with pytest.raises(KeyboardInterrupt):
        following.tell(news.pk, now())
    assert len(mails()) == 7
    monkeypatch.setattr(following, "owe", whole)
    for _ in range(3):
        tell_followers(news.pk)
    assert sorted(mail.to for mail in mails()) == sorted(
        f"r{number}@example.org" for number in range(30)
    )
    news.refresh_from_db()
    assert news.done_at is not None


def test_publishing_owes_one_row_however_many_follow(
    story: Article, django_assert_num_queries, monkeypatch: pytest.MonkeyPatch
) -> None:
    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            correct(story)
        return len(seen)

    correct(story)
    alone = queries()
    earlier = now() - timedelta(hours=1)
    Follow.objects.bulk_create(
        Follow(article=story, email=f"r{number}@example.org", confirmed_at=earlier)
        for number in range(300)
    )
    assert queries() == alone


def test_a_refused_publication_tells_nobody(story: Article) -> None:
    from articles.corrections import SilentEdit

    follower(story)
    with pytest.raises(SilentEdit):
        newsroom.edit(story, body=newsroom.body(newsroom.text("Fifty.")))
    assert not FollowerNews.objects.exists()


def test_one_click_in_the_mail_program_stops_it(story: Article, server: MailServer) -> None:
    follower(story)
    correct(story)
    tell()
    (mail,) = mails("story changed")
    outbox.deliver(mail.pk, now())
    (message,) = server.taken
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<https?://[^/]+(/follow/\S+/)>", message["List-Unsubscribe"].strip())
    assert found
    # As a mail provider's server sends it: no cookie, no origin, no page seen before.
    answer = Client(enforce_csrf_checks=True).post(found[1], {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not Follow.objects.exists()
    correct(story)
    tell()
    assert len(mails("story changed")) == 1


def test_mail_that_is_no_series_offers_no_stop(server: MailServer, story: Article) -> None:
    ask(story)
    outbox.deliver(mails()[0].pk, now())
    assert server.taken[0]["List-Unsubscribe"] is None


def test_opening_the_link_stops_nothing_and_its_button_does_however_often(
    story: Article,
) -> None:
    made = follower(story)
    client, address = Client(), f"/follow/{made.token}/"
    page = client.get(address)
    assert "Stop all mail about this story" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert Follow.objects.count() == 1
    for _ in range(2):
        assert "No more mail" in client.post(address).content.decode()
    assert "No more mail" in client.get(address).content.decode()
    assert not Follow.objects.exists()


def test_a_follower_can_choose_to_hear_of_less(story: Article) -> None:
    made = follower(story)
    Client().post(f"/follow/{made.token}/", {"choice": "corrections"})
    assert Follow.objects.get().updates_too is False
    Client().post(f"/follow/{made.token}/", {"choice": "all"})
    assert Follow.objects.get().updates_too is True


@pytest.mark.parametrize("token", ["x", "0" * 43, "../../account", "%00", "é", "a" * 5000])
def test_a_forged_link_stops_nobody_and_confirms_nobody(story: Article, token: str) -> None:
    follower(story)
    following.ask_to_follow(story, "ben@example.org", now())
    for ending in ("", "confirm/"):
        Client().post(f"/follow/{token}/{ending}")
    assert Follow.objects.count() == 2
    assert Follow.objects.filter(confirmed_at=None).count() == 1


def test_a_confirmation_replayed_after_stopping_brings_nobody_back(story: Article) -> None:
    ask(story)
    address = link_in(mails()[0])
    Client().post(address)
    following.stop(Follow.objects.get().token)
    answer = Client().post(address)
    assert answer.status_code == 404
    assert "no longer works" in answer.content.decode()
    assert not Follow.objects.exists()


def test_nobody_learns_whether_an_address_follows_nor_changes_its_choice(
    story: Article,
) -> None:
    follower(story)
    known, unknown = ask(story, choice="corrections"), ask(story, "ben@example.org")
    assert known["Location"] == unknown["Location"]
    assert Follow.objects.get(email="ann@example.org").updates_too is True
    assert [mail.to for mail in mails()] == ["ben@example.org"]


@pytest.mark.parametrize(
    "email", ["", "ann", "ann@example.org\r\nBcc: all@example.org", "a, b@example.org", "x" * 9000]
)
def test_what_is_no_address_is_said_so(story: Article, email: str) -> None:
    answer = ask(story, email)
    assert answer.status_code == 422
    assert not Follow.objects.exists()
    assert mails() == []


def test_one_mailbox_is_asked_a_few_times_a_day_however_many_ask(story: Article) -> None:
    for number in range(8):
        Client(REMOTE_ADDR=f"192.0.2.{number}").post(
            place(story), {"email": "Ann@example.org"}, headers=FROM_US
        )
    assert len(mails("follow to confirm")) == 6


def test_a_signed_in_reader_follows_as_many_stories_as_they_like(story: Article) -> None:
    reader = find_or_open("ann@example.org")
    assert reader is not None
    reader.emailaddress_set.update(verified=True)
    for number in range(8):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        client.force_login(reader, backend=BACKEND)
        other = newsroom.story(story.get_parent(), f"Story {number}")
        ask(other, client=client)
    assert Follow.objects.filter(reader=reader).count() == 8


def test_who_stops_is_forgotten_in_what_was_sent_and_in_what_is_owed(
    story: Article, server: MailServer
) -> None:
    ann, ben = follower(story), follower(story, "ben@example.org")
    correct(story)
    following.tell(FollowerNews.objects.get().pk, now())
    deliver_due()
    correct(story)
    following.tell(FollowerNews.objects.latest("pk").pk, now())
    sent = len(server.taken)
    following.stop(ann.token)
    assert not OutboxMail.objects.filter(to__iexact=ann.email).exists()
    gone = OutboxMail.objects.filter(to="")
    assert sorted(gone.values_list("state", flat=True)) == ["cancelled", "sent"]
    assert all((each.text, each.html, each.stop_url) == ("", "", "") for each in gone)
    deliver_due()
    assert [mail["To"] for mail in server.taken[sent:]] == [ben.email]
    assert OutboxMail.objects.filter(to=ben.email, state="sent").count() == 2


def test_another_site_signs_nobody_up(story: Article) -> None:
    client = Client(enforce_csrf_checks=True)
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = client.post(place(story), {"email": "ann@example.org"}, headers=headers)
    assert answer.status_code == 403
    assert not Follow.objects.exists()


def test_a_signed_in_reader_follows_with_a_proven_address_at_once(story: Article) -> None:
    reader = find_or_open("ann@example.org")
    assert reader is not None
    client = Client()
    client.force_login(reader, backend=BACKEND)
    ask(story, client=client)
    assert Follow.objects.get().confirmed_at is None  # not proven yet
    reader.emailaddress_set.update(verified=True)
    assert ask(story, client=client)["Location"] == "/account/#follows"
    assert Follow.objects.get().confirmed_at is not None
    ask(story, "ben@example.org", client=client)
    assert Follow.objects.get(email="ben@example.org").confirmed_at is None


def test_the_account_page_shows_what_one_follows_and_ends_it(story: Article) -> None:
    reader = find_or_open("ann@example.org")
    assert reader is not None
    reader.emailaddress_set.update(verified=True)
    client = Client()
    client.force_login(reader, backend=BACKEND)
    mine, other = follower(story), follower(story, "ben@example.org")
    page = client.get("/account/").content.decode()
    assert "The ferry that left early" in page
    client.post("/account/follows/", {"follow": other.pk, "do": "stop"})
    client.post("/account/follows/", {"follow": "x", "do": "stop"})
    assert Follow.objects.count() == 2
    client.post("/account/follows/", {"follow": mine.pk, "do": "corrections"})
    mine.refresh_from_db()
    assert mine.updates_too is False
    client.post("/account/follows/", {"follow": mine.pk, "do": "stop"})
    assert list(Follow.objects.all()) == [other]
    assert Client().post("/account/follows/", {"follow": other.pk}).status_code == 302


def test_addresses_are_erased_and_those_never_confirmed_forgotten(
    story: Article, editor: Reader
) -> None:
    follower(story)
    assert following.erase_address("ANN@example.org") == 1
    following.ask_to_follow(story, "ben@example.org", now() - timedelta(days=3))
    following.ask_to_follow(story, "cleo@example.org", now())
    forget_readers()
    assert [each.email for each in Follow.objects.all()] == ["cleo@example.org"]
    Follow.objects.create(article=story, email="dora@example.org", reader=editor)
    Follow.objects.filter(reader=editor).delete()


def test_followers_of_a_story_that_left_the_site_get_no_mail(story: Article) -> None:
    follower(story)
    correct(story)
    newsroom.unpublish(story)
    tell()
    assert mails("story changed") == []
    assert FollowerNews.objects.get().done_at is not None
