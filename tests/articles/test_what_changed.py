"""What the panel “What changed” promises an editor: suggestions that count only when taken up, as
many entries as needed, replacing a mistaken one, and nothing said is lost."""

import pytest
from django.test import Client

from articles.corrections import Entry, Record, pending
from articles.models import Article, Correction, Section, Version
from articles.passages import passages, suggested_kind
from articles.publishing import publish
from tests.articles import newsroom
from tests.articles.desk_form import PUBLISH, errors, save, typed

FOUR = "It burned four cords."
FIVE = "It burned five cords."
HEADLINE = "The kiln goes cold"


@pytest.fixture
def kiln(energy: Section) -> Article:
    return newsroom.story(
        energy, HEADLINE, slug="kiln", body=newsroom.body(newsroom.text(FOUR, "The ice is out."))
    )


def form(desk: Client, article: Article) -> dict[str, object]:
    """What the page's form holds: the values of its fields when it is opened."""
    bound = desk.get(f"/desk/pages/{article.pk}/edit/").context["form"]
    return {name: bound[name].value() or "" for name in bound.fields if name.startswith("entry_")}


def words(*paragraphs: str, **said: object) -> dict[str, object]:
    return typed(HEADLINE, *paragraphs, slug="kiln", **said)


def test_the_sentences_that_changed_are_suggested() -> None:
    before = ["One stays. It burned four cords. Two stays.", "Gone."]
    after = ["One stays. It burned five cords. Two stays.", "Gone.", "New paragraph. Of two."]
    found = passages(before, after)
    assert [(each.was, each.now) for each in found] == [
        ("It burned four cords.", "It burned five cords."),
        ("", "New paragraph. Of two."),
    ]
    assert ("gone", "four") in found[0].pieces
    assert ("new", "five") in found[0].pieces


def test_a_sentence_put_between_two_changes_neither() -> None:
    (found,) = passages(["One. Two."], ["One. Between. Two."])
    assert (found.was, found.now) == ("", "Between.")


def test_words_far_from_the_change_are_left_out() -> None:
    far = " ".join(["word"] * 40)
    (found,) = passages([f"{far} four {far}"], [f"{far} five {far}"])
    assert all(len(text.split()) <= 13 for _op, text in found.pieces)
    assert found.pieces[0][1].startswith("…")
    assert found.pieces[-1][1].endswith("…")


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("It burned four cords.", "It burned five cords.", "correction"),
        ("It burned 4 cords.", "It burned 5 cords.", "correction"),
        ("Ann Marten spoke.", "Ann Marton spoke.", "correction"),
        ("It burned.", "It burned. It is out now.", "update"),
        ("It recieved wood.", "It received wood.", "minor"),
        ("It burned, then", "It burned then", "minor"),
        ("the same", "the same", None),
    ],
)
def test_what_a_change_looks_like_is_a_start(before: str, after: str, kind: str | None) -> None:
    assert suggested_kind(passages([before], [after])) == kind


def test_a_refused_form_comes_back_with_the_sentences_filled_in(
    desk: Client, kiln: Article
) -> None:
    refused = save(desk, kiln, words(FIVE, "The ice is out."), **PUBLISH)
    page = refused.context["form"]
    assert (page["entry_0_was"].value(), page["entry_0_now"].value()) == (FOUR, FIVE)
    assert page["entry_0_kind"].value() == ""


def test_a_suggestion_nobody_took_up_is_not_said(desk: Client, kiln: Article) -> None:
    save(desk, kiln, words(FIVE, "The ice is out."))
    offered = form(desk, kiln)
    assert (offered["entry_0_was"], offered["entry_0_now"]) == (FOUR, FIVE)
    data = words(FIVE, "The ice is out.") | offered
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["entry_0_kind"]
    assert errors(save(desk, kiln, data | {"minor_reason": "Style."}, **PUBLISH)) == {}
    assert not Correction.objects.exists()


def test_a_suggestion_counts_once_its_kind_is_chosen(desk: Client, kiln: Article) -> None:
    save(desk, kiln, words(FIVE, "The ice is out."))
    data = words(FIVE, "The ice is out.") | form(desk, kiln) | {"entry_0_kind": "correction"}
    assert errors(save(desk, kiln, data, **PUBLISH)) == {}
    entry = Correction.objects.get()
    assert (entry.was, entry.now) == (FOUR, FIVE)


def test_there_is_always_room_for_one_more_entry(desk: Client, kiln: Article) -> None:
    said: dict[str, str] = {}
    for row in range(5):
        said |= {f"entry_{row}_kind": "update", f"entry_{row}_now": f"News {row}."}
        assert errors(save(desk, kiln, words(FIVE, **said))) == {}
        assert f"entry_{row + 1}_kind" in form(desk, kiln)
    assert errors(save(desk, kiln, words(FIVE, **said), **PUBLISH)) == {}
    assert Correction.objects.count() == 5


def test_a_mistaken_entry_is_replaced_by_another(desk: Client, kiln: Article) -> None:
    said = {"entry_0_kind": "correction", "entry_0_was": "Three.", "entry_0_now": "Five."}
    save(desk, kiln, words(FIVE, **said), **PUBLISH)
    mistaken = Correction.objects.get()
    assert "Five." in desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    said = {
        "entry_0_kind": "correction",
        "entry_0_was": "We said that we had written three.",
        "entry_0_now": "We had written four.",
        "entry_0_supersedes": str(mistaken.pk),
    }
    assert errors(save(desk, kiln, words(FIVE, **said), **PUBLISH)) == {}
    later = Correction.objects.latest("number")
    assert later.supersedes == mistaken
    # What was replaced once is not offered again.
    choices = desk.get(f"/desk/pages/{kiln.pk}/edit/").context["form"]["entry_0_supersedes"]
    assert [value for value, _label in choices.field.choices] == ["", str(later.pk)]


def test_an_entry_of_another_story_cannot_be_replaced(desk: Client, kiln: Article) -> None:
    other = newsroom.story(kiln.get_parent().specific, "Ice", slug="ice")
    newsroom.edit(other, title="Ices", record=Record([Entry("correction", "Ice.", "Ices.")]))
    foreign = Correction.objects.get()
    said = {"entry_0_kind": "update", "entry_0_now": "x", "entry_0_supersedes": str(foreign.pk)}
    assert "entry_0_supersedes" in errors(save(desk, kiln, words(FIVE, **said), **PUBLISH))


def another_publication(kiln: Article) -> Version:
    """Somebody publishes another change of the live story while a draft waits."""
    live = Article.objects.get(pk=kiln.pk)
    latest = live.latest_revision
    live.dek = "A dek that nobody expected."
    version = publish(live, by=None, record=Record([Entry("update", "", "It has a dek.")]))
    # The draft that waited is the newest again, as when its editor had it open meanwhile.
    draft = latest.as_object()
    draft.dek = live.dek
    draft.save_revision()
    return version


def test_what_was_said_before_another_publication_is_set_aside_and_offered_again(
    desk: Client, kiln: Article
) -> None:
    said = {"entry_0_kind": "correction", "entry_0_was": "Four.", "entry_0_now": "Five."}
    save(desk, kiln, words(FIVE, **said))
    another_publication(kiln)
    page = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "Another publication came between" in page
    offered = form(desk, kiln)
    assert (offered["entry_0_kind"], offered["entry_0_now"]) == ("correction", "Five.")

    dek = {"dek": "A dek that nobody expected."}
    data = words(FIVE, "The ice is out.") | offered | dek
    assert list(errors(save(desk, kiln, data, **PUBLISH))) == ["entry_0_kind"]
    # Saving the draft meanwhile (as autosave does) loses nothing.
    assert errors(save(desk, kiln, data)) == {}
    assert not pending(Article.objects.get(pk=kiln.pk).get_latest_revision_as_object())
    assert form(desk, kiln)["entry_0_now"] == "Five."

    assert errors(save(desk, kiln, data | {"entry_0_holds": "on"}, **PUBLISH)) == {}
    last = Correction.objects.latest("id")
    assert (last.kind, last.was, last.now, last.before.number) == (
        "correction",
        "Four.",
        "Five.",
        2,
    )


def test_what_was_published_is_not_offered_again(desk: Client, kiln: Article) -> None:
    said = {"entry_0_kind": "update", "entry_0_now": "Five."}
    save(desk, kiln, words(FIVE, **said), **PUBLISH)
    save(desk, kiln, words("It burned six cords."))
    page = desk.get(f"/desk/pages/{kiln.pk}/edit/").content.decode()
    assert "Another publication came between" not in page
