"""A published story goes from the site only with a reason, a second person, and a word at its
address; a version's words may be withheld, never silently."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, PageViewRestriction

from articles.corrections import Entry, Record
from articles.going_public import Leaving, Refused
from articles.models import (
    Article,
    Follow,
    Kind,
    Removal,
    RemovalKind,
    RemovalRequest,
    Section,
    StandingPage,
)
from articles.publishing import publish
from articles.removal_requests import agree, ask, decline
from articles.removals import remove, withhold
from articles.scheduling import publish_what_is_due
from articles.verifying import verify_record
from newsroom.audit.models import AuditEntry
from newsroom.readers.models import Reader
from tests.articles import newsroom

pytestmark = pytest.mark.django_db
REASON = "The family of the witness is in danger."


@pytest.fixture
def fresh(energy: Section) -> Article:
    return newsroom.story(energy, "The kiln goes cold", slug="kiln")


@pytest.fixture
def old(energy: Section) -> Article:
    return newsroom.story(
        energy, "The old kiln", slug="old", moment=timezone.now() - timedelta(days=30)
    )


@pytest.fixture
def second(db: None) -> Reader:
    return newsroom.editor("Second Person")


def why(by: Reader | None = None, agreed: Reader | None = None, **fields: Any) -> Leaving:
    told = {"kind": RemovalKind.UNPUBLISHED, "ground": "safety", "reason": REASON} | fields
    return Leaving(by=by, agreed_by=agreed, **told)


def is_live(article: Article) -> bool:
    return Article.objects.get(pk=article.pk).live


def clean() -> bool:
    return list(verify_record()) == []


def go_by_unpublish(article: Article) -> None:
    article.unpublish()


def go_by_unpublish_of_the_bare_page(article: Article) -> None:
    Page.objects.get(pk=article.pk).unpublish()


def go_by_save(article: Article) -> None:
    article.live = False
    article.save()


def go_by_saving_one_field(article: Article) -> None:
    article.live = False
    article.save(update_fields=["live"])


def go_by_update(article: Article) -> None:
    Article.objects.filter(pk=article.pk).update(live=False)


def go_by_sql(article: Article) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wagtailcore_page SET live = false WHERE id = %s", [article.pk])


def go_by_delete(article: Article) -> None:
    article.delete()


def go_by_its_section(article: Article) -> None:
    article.get_parent().specific.unpublish()


def go_by_its_section_with_all_below(article: Article) -> None:
    from wagtail.actions.unpublish_page import UnpublishPageAction

    section = article.get_parent().specific
    UnpublishPageAction(section, include_descendants=True).execute(skip_permission_checks=True)


def go_by_the_front_page(article: Article) -> None:
    article.get_parent().get_parent().specific.unpublish()


def go_by_restriction(article: Article) -> None:
    PageViewRestriction.objects.create(page=article, restriction_type="login")


def go_by_restriction_of_the_section(article: Article) -> None:
    PageViewRestriction.objects.create(page=article.get_parent(), restriction_type="login")


WAYS = [value for name, value in list(globals().items()) if name.startswith("go_by_")]


@pytest.mark.parametrize("go", WAYS, ids=lambda go: go.__name__)
def test_no_way_takes_a_public_story_from_readers_silently(fresh: Article, go: Any) -> None:
    with pytest.raises((Refused, DatabaseError)), transaction.atomic():
        go(Article.objects.get(pk=fresh.pk))
    assert is_live(fresh)
    assert Client().get(fresh.url).status_code == 200
    assert clean()


@pytest.mark.parametrize("whole_section", [False, True])
def test_a_public_story_is_not_made_private_by_the_desk_nor_by_a_row(
    fresh: Article, desk: Client, *, whole_section: bool
) -> None:
    page = fresh.get_parent() if whole_section else fresh
    desk.post(
        f"/desk/pages/{page.pk}/privacy/",
        {"restriction_type": "password", "password": "birch", "groups": []},
    )
    assert not PageViewRestriction.objects.exists()
    # A row put there past every signal hides nothing: readers get stories by their addresses.
    PageViewRestriction.objects.bulk_create(
        [PageViewRestriction(page_id=page.pk, restriction_type="password", password="birch")]
    )
    assert newsroom.PARAGRAPH in Client().get(fresh.url).content.decode()
    assert clean()


@pytest.mark.parametrize("act", ["unpublish", "delete"])
def test_the_desk_offers_the_removal_instead(fresh: Article, desk: Client, act: str) -> None:
    answer = desk.post(f"/desk/pages/{fresh.pk}/{act}/", follow=True)
    assert "Remove from the site" in answer.content.decode()
    assert is_live(fresh)


def test_who_wants_to_unpublish_is_asked_why_at_once(fresh: Article, desk: Client) -> None:
    answer = desk.get(f"/desk/pages/{fresh.pk}/unpublish/", follow=True)
    assert answer.redirect_chain[-1][0].startswith(f"/desk/removals/story/{fresh.pk}/")
    assert "Remove from the site" in answer.content.decode()
    front = fresh.get_parent().get_parent()
    page = StandingPage(title="Terms", slug="our-terms", body="<p>One.</p>")
    front.add_child(instance=page)
    asked = desk.get(f"/desk/pages/{page.pk}/unpublish/").content.decode()
    assert "Are you sure you want to unpublish this page?" in asked
    strangers = Client().get(f"/desk/pages/{fresh.pk}/unpublish/")
    assert strangers.status_code == 302
    assert "removals" not in strangers.headers["Location"]


def test_bulk_unpublish_says_one_by_one(fresh: Article, desk: Client) -> None:
    answer = desk.post(f"/desk/bulk/wagtailcore/page/unpublish/?id={fresh.pk}", follow=True)
    assert "one by one" in answer.content.decode()
    assert is_live(fresh)


def test_a_story_of_today_goes_with_a_reason_and_its_address_says_so(
    fresh: Article, desk: Client, client: Client
) -> None:
    url = fresh.url
    answer = desk.post(f"/desk/removals/story/{fresh.pk}/", {"ground": "safety", "reason": ""})
    assert answer.status_code == 422
    assert is_live(fresh)
    desk.post(f"/desk/removals/story/{fresh.pk}/", {"ground": "safety", "reason": REASON})
    page = client.get(url)
    assert page.status_code == 410
    text = page.content.decode()
    assert "The kiln goes cold" in text
    assert REASON in text
    assert newsroom.PARAGRAPH not in text
    assert client.get(f"{url}history/").status_code == 200
    assert REASON in client.get(f"{url}history/").content.decode()
    assert url not in client.get("/feed.atom").content.decode()
    assert url not in client.get("/sitemap.xml").content.decode()
    assert AuditEntry.objects.filter(verb="removed").exists()
    assert clean()


def test_what_the_law_demands_answers_451(fresh: Article, client: Client) -> None:
    url = fresh.url
    remove(fresh, why(ground="law"))
    assert client.get(url).status_code == 451


@pytest.mark.parametrize("ground", ["law", "safety", "rights"])
def test_what_had_to_go_is_not_repeated_by_its_entries(
    fresh: Article, client: Client, ground: str
) -> None:
    entry = Record([Entry(Kind.CORRECTION, "We named Ann Otter.", "It was somebody else.")])
    newsroom.edit(fresh, dek="Another dek", record=entry)
    url = fresh.url
    assert "Ann Otter" in client.get("/corrections/").content.decode()
    remove(fresh, why(ground=ground))
    for address in (url, "/corrections/", "/corrections/?q=Otter", "/corrections/feed.atom", "/"):
        assert "Ann Otter" not in client.get(address).content.decode(), address


def test_old_addresses_and_comparisons_say_it_too_and_entries_stay(
    fresh: Article, client: Client
) -> None:
    first = fresh.url
    entry = Record([Entry(Kind.CORRECTION, "We said cold.", "It is warm.")])
    newsroom.edit(fresh, title="The kiln is warm", slug="warm", record=entry)
    second = fresh.url
    remove(fresh, why(ground="mistake"))
    for address in (first, second, f"{second}history/1-2/"):
        answer = client.get(address)
        assert answer.status_code == 410
        assert "We said cold." in answer.content.decode()
    assert "We said cold." in client.get("/corrections/").content.decode()
    assert "We said cold." in client.get("/corrections/feed.atom").content.decode()


def test_an_older_story_waits_for_a_second_person(
    old: Article, editor: Reader, second: Reader, client: Client
) -> None:
    url = old.url
    with pytest.raises(Refused, match="second person"):
        remove(old, why(editor))
    with pytest.raises((Refused, IntegrityError)), transaction.atomic():
        remove(old, why(editor, editor))
    assert ask(old, why(editor)) is None
    asked = RemovalRequest.objects.get()
    with pytest.raises(Refused, match="waits already"):
        ask(old, why(editor))
    with pytest.raises(Refused, match="yourself"):
        agree(asked.pk, editor)
    reporter = newsroom.editor("No Right", is_superuser=False)
    with pytest.raises(Refused, match="standards editor"):
        agree(asked.pk, reporter)
    assert client.get(url).status_code == 200
    removal = agree(asked.pk, second)
    assert removal is not None
    assert (removal.asked_by, removal.agreed_by) == (editor, second)
    assert client.get(url).status_code == 410
    with pytest.raises(Refused, match="decided already"):
        agree(asked.pk, second)
    assert clean()


def test_declining_changes_nothing(old: Article, editor: Reader, second: Reader) -> None:
    ask(old, why(editor))
    decline(RemovalRequest.objects.get().pk, second)
    assert is_live(old)
    assert not Removal.objects.exists()


def test_the_second_person_agrees_on_the_desk(
    old: Article, editor: Reader, second: Reader, desk: Client
) -> None:
    desk.post(f"/desk/removals/story/{old.pk}/", {"ground": "safety", "reason": REASON})
    asked = RemovalRequest.objects.get()
    queue = desk.get("/desk/removals/").content.decode()
    assert "The old kiln" in queue
    assert "Removals (1)" in queue
    own = desk.get(f"/desk/removals/{asked.pk}/").content.decode()
    assert 'value="agree"' not in own
    desk.post(f"/desk/removals/{asked.pk}/", {"decision": "agree"})
    assert is_live(old)
    desk.force_login(second, backend="django.contrib.auth.backends.ModelBackend")
    assert 'value="agree"' in desk.get(f"/desk/removals/{asked.pk}/").content.decode()
    desk.post(f"/desk/removals/{asked.pk}/", {"decision": "agree"})
    assert not is_live(old)


def test_a_return_is_on_the_record(fresh: Article, client: Client, editor: Reader) -> None:
    url = fresh.url
    remove(fresh, why())
    with pytest.raises(DatabaseError), transaction.atomic():
        Article.objects.filter(pk=fresh.pk).update(live=True)
    publish(Article.objects.get(pk=fresh.pk), by=editor)
    assert client.get(url).status_code == 200
    assert [each.kind for each in Removal.objects.order_by("number")] == ["unpublished", "returned"]
    history = client.get(f"{url}history/").content.decode()
    assert REASON in history
    assert "Published again" in history
    assert clean()


def test_expiry_asks_why_on_the_form_and_again_a_second_person(
    fresh: Article, old: Article, client: Client, editor: Reader, second: Reader
) -> None:
    url, old_url = fresh.url, old.url
    for story in (fresh, old):
        story.expire_at = timezone.now() + timedelta(minutes=5)
        story.expire_reason = "The offer in it ended."
        publish(story, by=editor)
    asked = RemovalRequest.objects.get()
    assert asked.article == old
    passed = timezone.now() - timedelta(minutes=1)
    Article.objects.update(expire_at=passed)
    RemovalRequest.objects.update(due_at=passed)
    publish_what_is_due()
    assert client.get(url).status_code == 410
    assert "The offer in it ended." in client.get(url).content.decode()
    assert client.get(old_url).status_code == 200
    agree(asked.pk, second)
    assert client.get(old_url).status_code == 410
    assert clean()


def test_an_expiry_without_a_reason_leaves_the_story(fresh: Article) -> None:
    Article.objects.filter(pk=fresh.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    publish_what_is_due()
    assert is_live(fresh)


def test_the_database_keeps_removals(fresh: Article) -> None:
    remove(fresh, why())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Removal.objects.update(reason="Another")


def test_a_removal_changed_by_hand_is_found(fresh: Article) -> None:
    remove(fresh, why())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE articles_removal DISABLE TRIGGER USER")
        cursor.execute("UPDATE articles_removal SET reason = 'Another'")
    assert "removal 1 is not what was sealed" in " ".join(map(str, verify_record()))


def gone_without_a_row(article: Article) -> None:
    """As it could be before removals were recorded."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE wagtailcore_page SET live = false WHERE id = %s", [article.pk])
        cursor.execute("SET session_replication_role = origin")


def test_a_story_that_went_before_removals_were_recorded_says_so_at_its_address(
    fresh: Article, old: Article, editor: Reader, client: Client
) -> None:
    left = timezone.now() - timedelta(days=7)
    PageLogEntry.objects.create(
        page=old, action="wagtail.unpublish", timestamp=left, label="x", content_type=None
    )
    for story in (fresh, old):
        gone_without_a_row(story)
    found = [str(each) for each in verify_record()]
    assert len(found) == 2
    assert all("nothing in its record says why" in each for each in found)

    migration = import_module("articles.migrations.0019_earlier_removals_and_own_finds")
    with connection.schema_editor() as schema:
        migration.hold_the_chain(apps, schema)
        migration.record_earlier_removals(apps, schema)
        migration.record_earlier_removals(apps, schema)

    assert clean()
    known, unknown = Removal.objects.get(article=old), Removal.objects.get(article=fresh)
    assert known.happened_at == left
    assert "When is not known" not in known.reason
    assert "When is not known" in unknown.reason
    url = fresh.addresses.get(current=True).path
    assert client.get(url).status_code == 410
    assert "before we recorded why" in client.get(url).content.decode()
    publish(Article.objects.get(pk=fresh.pk), by=editor)
    assert client.get(url).status_code == 200
    assert clean()


SECRET = "Witness Halloran lives at nine Quarry Lane."


@pytest.fixture
def told(energy: Section) -> Article:
    """Version 2 of three says what it should not; the entries quote it."""
    article = newsroom.story(energy, "The kiln goes cold", slug="kiln")
    added = Record([Entry(Kind.UPDATE, "", f"We added: {SECRET}")])
    newsroom.edit(article, body=newsroom.body(newsroom.text(SECRET)), record=added)
    taken = Record([Entry(Kind.CORRECTION, f"We said: {SECRET}", "We should not have.")])
    newsroom.edit(article, body=newsroom.body(newsroom.text("Nothing.")), record=taken)
    return article


def test_the_words_of_a_withheld_version_are_nowhere_and_the_history_says_so(
    told: Article, client: Client, editor: Reader, second: Reader
) -> None:
    url = told.url
    version = told.versions.get(number=2)
    pages = (
        url,
        f"{url}history/",
        f"{url}history/1-2/",
        f"{url}history/2-3/?view=side",
        f"{url}history/1-3/",
        "/",
        "/corrections/",
        "/corrections/?q=Halloran",
        "/corrections/feed.atom",
        "/corrections/feed.json",
        "/energy/corrections.atom",
        "/corrections/log.json",
        "/feed.atom",
    )
    assert any("Halloran" in client.get(page).content.decode() for page in pages)
    assert (
        ask(told, why(editor, kind="withheld", ground="law", reason="By order."), version) is None
    )
    agree(RemovalRequest.objects.get().pk, second)
    for page in pages:
        text = client.get(page).content.decode().replace("?q=Halloran", "")
        assert "Quarry Lane" not in text, page
    history = client.get(f"{url}history/").content.decode()
    assert "The words of this version are withheld." in history
    assert "By order." in history
    assert client.get(f"{url}history/1-2/").status_code == 451
    assert client.get(f"{url}history/1-3/").status_code == 200
    found = client.get("/corrections/?q=Halloran").content.decode()
    assert "We should not have." not in found
    assert clean()


def test_a_withholding_is_lifted_by_two_people_on_the_record(
    told: Article, client: Client, editor: Reader, second: Reader
) -> None:
    version = told.versions.get(number=2)
    withhold(version, why(editor, second, kind="withheld"))
    ask(told, why(second, kind="lifted"), version)
    agree(RemovalRequest.objects.get().pk, editor)
    assert client.get(f"{told.url}history/1-2/").status_code == 200
    assert [each.kind for each in Removal.objects.order_by("number")] == ["withheld", "lifted"]
    assert clean()


HEADLINE = "Halloran of Quarry Lane saw the fire"


@pytest.fixture
def gone(energy: Section, editor: Reader, second: Reader) -> Article:
    """Removed by mistake's ground; headline and words of its last version tell too much."""
    article = newsroom.story(energy, "The kiln goes cold", slug="kiln")
    said = Record([Entry(Kind.CORRECTION, "We said cold.", "Quarry Lane burned.")])
    newsroom.edit(article, title=HEADLINE, record=said)
    remove(article, why(editor, second, ground="mistake"))
    return Article.objects.get(pk=article.pk)


def test_the_headline_of_a_removed_story_is_withheld_with_its_last_version(
    gone: Article, client: Client, editor: Reader, second: Reader, desk: Client
) -> None:
    url = gone.addresses.get(current=True).path
    reader = newsroom.editor("Rea", is_superuser=False, is_staff=False)
    Follow.objects.create(
        article=gone, email=reader.email, reader=reader, confirmed_at=timezone.now()
    )
    signed_in = Client()
    signed_in.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    pages = (
        (client, url),
        (client, f"{url}history/"),
        (client, f"{url}history/1-2/"),
        (client, "/corrections/"),
        (client, "/corrections/feed.atom"),
        (client, "/corrections/feed.json"),
        (client, "/energy/corrections.atom"),
        (client, "/search/?q=Halloran"),
        (client, "/"),
        (signed_in, "/account/"),
    )
    shown = [path for who, path in pages if "Quarry Lane" in who.get(path).content.decode()]
    assert url in shown
    assert "/corrections/" in shown
    assert "/account/" in shown
    asked = {"kind": "withheld", "version": "2", "ground": "safety", "reason": "A witness."}
    desk.post(f"/desk/removals/story/{gone.pk}/", asked)
    agree(RemovalRequest.objects.get().pk, second)
    for who, path in pages:
        assert "Quarry Lane" not in who.get(path).content.decode(), path
    assert "A story whose headline is withheld" in client.get(url).content.decode()
    assert "A witness." in client.get(f"{url}history/").content.decode()
    assert clean()


def test_a_story_comes_back_without_its_withheld_words_or_not_at_all(
    gone: Article, editor: Reader, second: Reader
) -> None:
    version = gone.versions.get(number=2)
    ask(gone, why(editor, kind="withheld"), version)
    agree(RemovalRequest.objects.get().pk, second)
    with pytest.raises(Refused, match="are withheld"):
        publish(Article.objects.get(pk=gone.pk), by=editor)
    assert not is_live(gone)
    back = Article.objects.get(pk=gone.pk)
    said = Record([Entry(Kind.CORRECTION, "A name.", "No name.")])
    newsroom.edit(back, title="A fire was seen", by=editor, record=said)
    assert "A fire was seen" in Client().get(back.url).content.decode()
    assert "Quarry Lane" not in Client().get(f"{back.url}history/").content.decode()
    with pytest.raises(Refused, match="are withheld"):
        newsroom.edit(back, title=HEADLINE, record=said)
    assert clean()


def test_a_story_whose_words_a_withheld_version_has_too_can_still_be_published(
    energy: Section, editor: Reader, second: Reader
) -> None:
    # Another picture, or another section, makes a version with the same words.
    story = newsroom.story(energy, "The kiln goes cold", slug="kiln")
    story.move(newsroom.section("Courts", "courts"), "last-child")
    story = Article.objects.get(pk=story.pk)
    withhold(story.versions.get(number=1), why(editor, second, kind="withheld"))
    story.comments_open = not story.comments_open
    publish(story, by=editor)
    Article.objects.get(pk=story.pk).move(Section.objects.get(pk=energy.pk), "last-child")
    assert story.versions.count() == 3
    assert clean()


def test_a_version_is_not_withheld_once_its_story_is_back(
    gone: Article, editor: Reader, second: Reader
) -> None:
    ask(gone, why(editor, kind="withheld"), gone.versions.get(number=2))
    publish(Article.objects.get(pk=gone.pk), by=editor)
    with pytest.raises(Refused, match="correct the story"):
        agree(RemovalRequest.objects.get().pk, second)


def test_nobody_withholds_alone_nor_what_readers_see(
    told: Article, editor: Reader, second: Reader
) -> None:
    with pytest.raises(Refused, match="second person"):
        withhold(told.versions.get(number=2), why(editor, editor, kind="withheld"))
    with pytest.raises(Refused, match="correct the story"):
        withhold(told.versions.get(number=3), why(editor, second, kind="withheld"))
    with pytest.raises(Refused, match="correct the story"):
        ask(told, why(editor, kind="withheld"), told.versions.get(number=3))
