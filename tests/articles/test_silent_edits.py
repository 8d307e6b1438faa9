"""No published word changes in silence, whichever way it is tried."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.images.models import Image
from wagtail.models import GroupApprovalTask, Page, Workflow

from articles.corrections import Entry, Record, SilentEdit, set_pending
from articles.going_public import Refused
from articles.models import Article, Change, Correction, Kind, Section
from articles.publishing import publish
from articles.scheduling import publish_what_is_due
from articles.verifying import verify_record
from newsroom.readers.models import Reader
from tests.articles import newsroom

pytestmark = pytest.mark.django_db

FIVE = newsroom.body(newsroom.text("It burned five cords."))
EXPLAINED = Record([Entry(Kind.CORRECTION, "We said four cords.", "It burned five.")])


@pytest.fixture
def kiln(energy: Section) -> Article:
    return newsroom.story(energy, body=newsroom.body(newsroom.text("It burned four cords.")))


def public_words(article: Article) -> str:
    return Client().get(article.url).content.decode()


def refused_and_nothing_changed(article: Article) -> bool:
    row = Article.objects.get(pk=article.pk)
    return (
        row.versions.count() == 1
        and "four cords" in str(row.body)
        and "four cords" in public_words(row)
    )


def test_publishing_changed_words_is_refused(kiln: Article) -> None:
    with pytest.raises(SilentEdit, match="What changed"):
        newsroom.edit(kiln, body=FIVE)
    assert refused_and_nothing_changed(kiln)


def test_wagtails_own_action_is_refused(kiln: Article, editor: Reader) -> None:
    kiln.body = FIVE
    revision = kiln.save_revision(user=editor)
    with pytest.raises(SilentEdit):
        PublishPageRevisionAction(revision, user=editor).execute()
    with pytest.raises(SilentEdit):
        revision.publish(user=editor)
    assert refused_and_nothing_changed(kiln)


def test_saving_a_live_page_is_refused(kiln: Article) -> None:
    page = Article.objects.get(pk=kiln.pk)
    page.title = "Another headline"
    with pytest.raises(SilentEdit):
        page.save()
    with pytest.raises(SilentEdit):
        page.save(update_fields=["title"])
    assert refused_and_nothing_changed(kiln)


def test_saving_only_the_bylines_of_a_live_page_is_refused(kiln: Article) -> None:
    page = Article.objects.get(pk=kiln.pk)
    page.bylines.add(newsroom.line(newsroom.person("Ann Bell", "ann-bell")))
    with pytest.raises(SilentEdit):
        page.save(update_fields=["bylines"])


def test_unpublish_edit_publish_is_refused(kiln: Article) -> None:
    newsroom.unpublish(kiln)
    page = Article.objects.get(pk=kiln.pk)
    page.body = FIVE
    page.save()
    with pytest.raises(SilentEdit):
        publish(page, by=None)
    assert kiln.versions.count() == 1


def test_going_back_to_an_old_draft_is_refused(kiln: Article) -> None:
    old = kiln.get_latest_revision()
    newsroom.edit(kiln, body=FIVE, record=EXPLAINED)
    with pytest.raises(SilentEdit):
        old.publish()
    assert "five cords" in public_words(kiln)


def test_a_scheduled_change_is_refused_when_it_is_scheduled(kiln: Article) -> None:
    kiln.body = FIVE
    kiln.go_live_at = timezone.now() + timedelta(days=1)
    revision = kiln.save_revision()
    with pytest.raises(SilentEdit):
        revision.publish()
    assert Article.objects.get(pk=kiln.pk).scheduled_revision is None


def test_a_scheduled_change_brings_its_entry_at_the_moment_the_words_change(
    kiln: Article, editor: Reader
) -> None:
    schedule(kiln, EXPLAINED, editor)
    assert not Correction.objects.exists()
    due(kiln)
    publish_what_is_due()
    entry = Correction.objects.get()
    assert entry.issued_by == editor
    assert entry.after.published_at - entry.issued_at < timedelta(minutes=1)
    assert "five cords" in public_words(kiln)
    assert "We said four cords." in public_words(kiln)


def test_one_refusal_stops_no_other_scheduled_story(
    kiln: Article, energy: Section, editor: Reader
) -> None:
    schedule(kiln, EXPLAINED, editor)
    new = newsroom.draft(energy, "Ice", slug="ice")
    new.go_live_at = timezone.now() + timedelta(days=1)
    new.save_revision().publish()
    due(kiln, pending_record={})
    due(new)
    publish_what_is_due()
    assert refused_and_nothing_changed(kiln)
    assert Article.objects.get(slug="ice").live


def test_a_workflow_that_ends_publishes_with_what_was_said(kiln: Article, editor: Reader) -> None:
    workflow = Workflow.objects.get()
    kiln.body = FIVE
    set_pending(kiln, EXPLAINED)
    kiln.save_revision()
    state = workflow.start(kiln, editor)
    task: GroupApprovalTask = state.current_task_state.task.specific
    task.on_action(state.current_task_state, editor, "approve")
    assert kiln.versions.count() == 2
    assert "five cords" in public_words(kiln)


def test_a_workflow_that_ends_without_a_word_said_is_refused(kiln: Article, editor: Reader) -> None:
    kiln.body = FIVE
    kiln.save_revision()
    state = Workflow.objects.get().start(kiln, editor)
    task: GroupApprovalTask = state.current_task_state.task.specific
    with pytest.raises(SilentEdit):
        task.on_action(state.current_task_state, editor, "approve")


def test_readers_do_not_see_what_was_written_past_the_guard(kiln: Article) -> None:
    Page.objects.filter(pk=kiln.pk).update(title="Changed by hand")
    assert "Changed by hand" not in public_words(kiln)


def test_a_copy_starts_as_a_draft_without_a_past(kiln: Article, editor: Reader) -> None:
    newsroom.edit(kiln, body=FIVE, record=EXPLAINED)
    for keep_live in (True, False):
        made = kiln.copy(
            update_attrs={"slug": f"copy-{keep_live}", "title": "Copy"},
            keep_live=keep_live,
            user=editor,
        )
        copy = Article.objects.get(pk=made.pk)
        assert (copy.live, copy.current_version, copy.first_published_at) == (False, None, None)
        assert copy.url is None
        assert copy.pending_record == {}
        publish(copy, by=editor)
        assert copy.versions.get().change == Change.FIRST


def test_a_story_has_no_alias(kiln: Article) -> None:
    with pytest.raises(Refused, match="alias"):
        kiln.create_alias(update_slug="again")


def test_a_move_to_another_section_is_logged_by_itself(kiln: Article) -> None:
    water = newsroom.section("Water", "water")
    kiln.move(water, "last-child")
    last = kiln.versions.latest("number")
    assert (last.number, last.change) == (2, Change.LAYOUT)
    assert last.content["section"] == {"title": "Water", "url": "/water/"}
    assert Article.objects.get(pk=kiln.pk).url == kiln.url


def test_saving_drafts_shows_readers_nothing_and_asks_nothing(kiln: Article) -> None:
    kiln.title = "A draft of a headline"
    kiln.save_revision()
    kiln.locked = True
    kiln.save(update_fields=["locked"])
    assert refused_and_nothing_changed(kiln)


def test_publishing_the_same_again_makes_no_version(kiln: Article) -> None:
    first = kiln.versions.get()
    assert publish(kiln, by=None) == first
    page = Article.objects.get(pk=kiln.pk)
    page.save()
    assert kiln.versions.count() == 1


def test_a_change_of_layout_alone_is_logged_by_itself(energy: Section) -> None:
    one, two = newsroom.text("One."), newsroom.text("Two.")
    article = newsroom.story(energy, body=newsroom.body(one, two))
    version = newsroom.edit(article, body=newsroom.body(two, one))
    assert (version.number, version.change) == (2, Change.LAYOUT)
    assert not Correction.objects.exists()


def linked(where: str) -> str:
    return newsroom.body({"type": "text", "value": f'<p><a href="{where}">Two.</a></p>'})


def embedded(which: str) -> str:
    return newsroom.body(
        {"type": "embed", "value": {"url": f"https://youtu.be/{which}", "title": "A kiln"}}
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (linked("https://example.org/"), linked("https://example.net/")),
        (embedded("dQw4w9WgXcQ"), embedded("9bZkp7q19f0")),
    ],
)
def test_another_link_or_embed_under_the_same_words_asks_for_a_line(
    energy: Section, before: str, after: str
) -> None:
    article = newsroom.story(energy, body=before)
    with pytest.raises(SilentEdit, match="a link, an embed"):
        newsroom.edit(article, body=after)
    version = newsroom.edit(article, body=after, record=Record(minor_reason="It moved."))
    assert (version.change, version.minor_reason) == (Change.MINOR, "It moved.")


def test_a_power_made_a_plain_number_asks_for_a_line(energy: Section) -> None:
    def litres(written: str) -> str:
        block = {"type": "text", "value": f"<p>They lost {written} litres.</p>"}
        return newsroom.body(block)

    article = newsroom.story(energy, body=litres("10<sup>6</sup>"))
    with pytest.raises(SilentEdit):
        newsroom.edit(article, body=litres("106"))
    # What is only made bold asks for none.
    version = newsroom.edit(article, body=litres("<b>10<sup>6</sup></b>"))
    assert version.change == Change.LAYOUT
    assert newsroom.edit(article, body=litres("106"), record=Record(minor_reason="Set plain."))


def test_another_picture_under_the_same_words_asks_for_a_line(energy: Section) -> None:
    said = {"lead_image_alt": "A kiln", "lead_image_credit": "Bo Cray"}
    article = newsroom.story(energy, lead_image=newsroom.image(), **said)
    other = newsroom.image("Wide", 900, 300)
    with pytest.raises(SilentEdit, match="A picture"):
        newsroom.edit(article, lead_image=other)
    record = Record([Entry(Kind.CORRECTION, "We showed another kiln.", "This is ours.")])
    assert newsroom.edit(article, lead_image=other, record=record).change == Change.EXPLAINED


def test_what_is_exchanged_asks_for_a_line_and_what_is_moved_asks_for_none(
    energy: Section,
) -> None:
    kiln, mayor = newsroom.image("Kiln"), newsroom.image("Mayor", 900, 300)

    def shown(first: Image, second: Image, *, moved: bool = False) -> str:
        said = [(first, "The kiln."), (second, "The mayor.")]
        blocks = [
            {
                "type": "image",
                "value": {"image": image.pk, "alt": "A", "caption": caption, "credit": "B"},
            }
            for image, caption in said
        ]
        return newsroom.body(*(reversed(blocks) if moved else blocks))

    article = newsroom.story(energy, body=shown(kiln, mayor))
    with pytest.raises(SilentEdit, match="stands with other words"):
        newsroom.edit(article, body=shown(mayor, kiln))
    assert newsroom.edit(article, body=shown(kiln, mayor, moved=True)).change == Change.LAYOUT
    record = Record([Entry(Kind.CORRECTION, "We took one for the other.", "This is the mayor.")])
    changed = newsroom.edit(article, body=shown(mayor, kiln), record=record)
    assert changed.change == Change.EXPLAINED
    page = Client().get(f"{article.url}history/2-3/").content.decode()
    assert "stands the picture that stood with “The mayor.”" in page
    assert list(verify_record()) == []


def test_another_related_story_asks_for_a_line_and_the_history_names_both(
    energy: Section,
) -> None:
    ice, fire = newsroom.story(energy, "Ice"), newsroom.story(energy, "Fire")

    def pointing(to: Article) -> str:
        return newsroom.body({"type": "related", "value": {"story": to.pk, "line": "Read"}})

    article = newsroom.story(energy, body=pointing(ice))
    with pytest.raises(SilentEdit):
        newsroom.edit(article, body=pointing(fire))
    newsroom.edit(article, body=pointing(fire), record=Record(minor_reason="The other one."))
    page = Client().get(f"{article.url}history/1-2/").content.decode()
    found = page[page.index("Another related story is shown") :]
    assert found.index("Ice") < found.index("Fire")


def test_a_link_to_a_story_whose_address_changed_asks_nothing(energy: Section) -> None:
    other = newsroom.story(energy, "Ice", slug="ice")
    link = f'<p><a linktype="page" id="{other.pk}">Two.</a></p>'
    article = newsroom.story(energy, body=newsroom.body({"type": "text", "value": link}))
    newsroom.edit(other, slug="ice-out")
    assert newsroom.edit(article).change == Change.LAYOUT


def test_a_minor_edit_goes_on_the_record_with_its_reason(kiln: Article) -> None:
    with pytest.raises(SilentEdit):
        newsroom.edit(kiln, title="The kiln goes cald", record=Record(minor_reason="  "))
    version = newsroom.edit(kiln, title="The kiln goes cald", record=Record(minor_reason="Style."))
    assert (version.change, version.minor_reason) == (Change.MINOR, "Style.")


def test_what_was_said_counts_once(kiln: Article) -> None:
    newsroom.edit(kiln, body=FIVE, record=EXPLAINED)
    stale = {**kiln.pending_record}
    kiln.title = "The kiln is cold"
    kiln.pending_record = stale or {"base": 0, "entries": [], "minor_reason": "Again."}
    with pytest.raises(SilentEdit):
        publish(kiln, by=None)


def test_a_version_cannot_be_published_before_the_one_it_follows(kiln: Article) -> None:
    with pytest.raises(ValueError, match="before"):
        newsroom.edit(kiln, body=FIVE, record=EXPLAINED, moment=timezone.now() - timedelta(days=1))
    assert refused_and_nothing_changed(kiln)


def test_entries_take_the_moment_given_to_the_minute(energy: Section) -> None:
    before = timezone.now() - timedelta(days=9)
    article = newsroom.story(energy, moment=before)
    moment = before + timedelta(hours=3)
    version = newsroom.edit(article, body=FIVE, record=EXPLAINED, moment=moment)
    assert version.published_at == moment
    assert version.entries.get().issued_at == moment.replace(second=0, microsecond=0)
    assert Article.objects.get().first_published_at == before


def test_what_was_published_is_not_deleted(kiln: Article, desk: Client) -> None:
    answer = desk.post(f"/desk/pages/{kiln.pk}/delete/", follow=True)
    assert "stays on the record" in answer.content.decode()
    # A section's deletion asks first what becomes of its stories.
    section = kiln.get_parent()
    answer = desk.post(f"/desk/pages/{section.pk}/delete/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("section_removal", args=[section.pk])
    assert Article.objects.filter(pk=kiln.pk, live=True).exists()


def test_publishing_many_at_once_refuses_with_a_sentence(kiln: Article, desk: Client) -> None:
    kiln.body = FIVE
    kiln.save_revision()
    answer = desk.post(f"/desk/bulk/wagtailcore/page/publish/?id={kiln.pk}", follow=True)
    assert "Published words of this story changed" in answer.content.decode()
    assert refused_and_nothing_changed(kiln)


def test_a_draft_that_speaks_of_a_deleted_person_still_opens(kiln: Article, desk: Client) -> None:
    gone = newsroom.person("Ann Bell", "ann-bell")
    image = newsroom.image()
    kiln.bylines.add(newsroom.line(gone))
    kiln.lead_image = image
    kiln.save_revision()
    gone.delete()
    image.delete()
    assert desk.get(f"/desk/pages/{kiln.pk}/edit/").status_code == 200


def schedule(article: Article, record: Record, by: Reader) -> None:
    article.body = FIVE
    article.go_live_at = timezone.now() + timedelta(days=1)
    set_pending(article, Record(record.entries, record.minor_reason, by.pk))
    article.save_revision(user=by).publish(user=by)


def due(article: Article, **content: object) -> None:
    """Let the time of its scheduled draft come, with parts of the draft replaced."""
    past = timezone.now() - timedelta(seconds=1)
    revision = Article.objects.get(pk=article.pk).scheduled_revision
    revision.content |= {"go_live_at": past.isoformat(), **content}
    type(revision).objects.filter(pk=revision.pk).update(
        approved_go_live_at=past, content=revision.content
    )
