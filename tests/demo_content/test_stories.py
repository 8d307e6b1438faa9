"""What a stranger who reads the demo newsroom is promised of its stories."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from articles.embeds import PROVIDERS, embed_of
from newsroom.demo import content
from newsroom.demo.content import EditDoesNotFit, apply_edit, load, publications, words
from newsroom.demo.content.blocks import (
    Bullets,
    Embed,
    Image,
    Picture,
    PullQuote,
    Quoted,
    Related,
    Text,
)
from newsroom.demo.content.shapes import Change, Edit, Story
from newsroom.demo.pictures import SCENES

SEED = Path(__file__).parents[3] / "shared" / "seed"
DAY = 24 * 60
RESERVED = {"people", "topics", "corrections", "campaigns", "give", "account", "desk", "stripe"}

CONTENT = load()
STORIES = CONTENT.stories
every_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.slug)


def paragraphs(story: Story) -> list[str]:
    return [p for block in story.body if isinstance(block, Text) for p in block.paragraphs]


def length(story: Story) -> int:
    items = [i for block in story.body if isinstance(block, Bullets) for i in block.items]
    return sum(len(text.split()) for text in [*paragraphs(story), *items])


def pictures(story: Story) -> list[Picture]:
    return [story.lead, *(block.picture for block in story.body if isinstance(block, Image))]


def minutes_until_today(story: Story) -> int:
    """Minutes from publication to the midnight before the demo is built."""
    return story.days_ago * DAY - story.hour * 60 - story.minute


def all_words(story: Story) -> str:
    fields = ("headline", "dek", "lead_caption", "body")
    return "\n".join(text for field in fields for text in words(story, field))


def test_the_newsroom_has_eighteen_stories_two_of_them_long_reads_and_all_four_labels():
    assert len(STORIES) == 18
    assert sum(length(story) >= 1500 for story in STORIES) == 2
    assert {story.label for story in STORIES} == {"news", "analysis", "explainer", "opinion"}


@every_story
def test_a_story_is_of_real_length(story: Story):
    assert 600 <= length(story) <= 1100 or length(story) >= 1500


@every_story
def test_headline_and_dek_fit_where_they_are_shown_after_every_edit(story: Story):
    for published, _ in publications(story):
        assert 20 <= len(published.headline) <= 90
        assert 40 <= len(published.dek) <= 260


@every_story
def test_every_edit_finds_the_words_it_replaces_exactly_once_when_replayed_in_order(story: Story):
    last = None
    for published, _ in publications(story):
        assert last is None or all_words(published) != all_words(last)
        last = published


@every_story
def test_an_edit_carries_entries_or_a_reason_and_comes_after_the_one_before_it(story: Story):
    moments = [edit.minutes_after for edit in story.edits]
    assert moments == sorted(set(moments))
    for edit in story.edits:
        assert bool(edit.entries) != edit.is_minor
        assert 0 < edit.minutes_after < minutes_until_today(story)
        for entry in edit.entries:
            assert entry.was_wrong.endswith(".")
            assert entry.is_right.endswith(".")


def test_every_kind_of_entry_can_be_seen_several_times():
    kinds = Counter(
        entry.kind for story in STORIES for edit in story.edits for entry in edit.entries
    )
    assert kinds["correction"] >= 3
    assert kinds["clarification"] >= 3
    assert kinds["update"] >= 3
    assert 1 <= kinds["retraction"] <= 2
    assert sum(edit.is_minor for story in STORIES for edit in story.edits) >= 3


def test_one_story_has_two_entries_on_one_day_and_one_publication_has_two_at_once():
    def entries_on_the_first_day(story: Story) -> list[Edit]:
        left = DAY - story.hour * 60 - story.minute
        return [edit for edit in story.edits if edit.entries and edit.minutes_after < left]

    assert any(len(entries_on_the_first_day(story)) >= 2 for story in STORIES)
    assert any(len(edit.entries) == 2 for story in STORIES for edit in story.edits)


def test_a_retracted_story_says_so_in_its_headline_and_keeps_its_text():
    for story in STORIES:
        for published, edit in publications(story):
            if edit and any(entry.kind == "retraction" for entry in edit.entries):
                assert published.headline.startswith("Retracted:")
                assert length(published) >= length(story)


@every_story
def test_every_slug_a_story_names_exists(story: Story):
    people = {person.slug for person in CONTENT.people}
    assert story.section in {section.slug for section in CONTENT.sections}
    assert 1 <= len(story.bylines) <= 3
    assert set(story.bylines) <= people
    assert {edit.issued_by for edit in story.edits} <= people
    assert story.topics
    assert set(story.topics) <= {topic.slug for topic in CONTENT.topics}
    assert story.keep_reading
    assert set(story.keep_reading) <= {other.slug for other in STORIES} - {story.slug}


@every_story
def test_every_picture_has_alt_text_caption_and_credit_and_a_scene_that_can_be_drawn(story: Story):
    for picture in pictures(story):
        assert picture.scene in SCENES
        assert len(picture.alt) > 30
        assert picture.alt.endswith(".")
        assert picture.caption
        assert picture.credit


def test_no_picture_is_shown_twice():
    shown = Counter((p.scene, p.seed) for story in STORIES for p in pictures(story))
    assert shown.most_common(1)[0][1] == 1


@every_story
def test_a_quotation_made_to_be_shared_is_in_the_story_and_has_all_it_needs(story: Story):
    text = " ".join(paragraphs(story))
    for block in story.body:
        if isinstance(block, PullQuote):
            spoken = re.split(r"(?<=[.?!])\s", block.quote)
            assert all(sentence.rstrip(".?!") in text for sentence in spoken)
            assert block.attribution
            assert len(block.share_text) <= 240
            assert all(account.startswith("@") for account in block.accounts)
            assert block.hashtags
            assert not any(tag.startswith("#") for tag in block.hashtags)


def test_most_stories_have_one_quotation_to_share():
    counts = [sum(isinstance(b, PullQuote) for b in story.body) for story in STORIES]
    assert max(counts) == 1
    assert sum(counts) >= 15


def test_three_stories_hold_an_embed_an_earlier_story_or_a_readers_words():
    def of(kind: type) -> list[tuple[Story, Any]]:
        return [(s, block) for s in STORIES for block in s.body if isinstance(block, kind)]

    services = [embed_of(embed.url, PROVIDERS) for _story, embed in of(Embed)]
    assert sorted(e.provider for e in services if e) == ["Datawrapper", "YouTube"]
    assert all(embed.title and embed.caption for _story, embed in of(Embed))
    assert len(of(Related)) == 2
    for story, related in of(Related):
        assert STORIES.index(CONTENT.story(related.story)) > STORIES.index(story)
    [(story, quoted)] = of(Quoted)
    [said] = [c for c in CONTENT.comments if (c.text, c.name) == (quoted.text, quoted.name)]
    assert said.state == "approved"
    written = minutes_until_today(CONTENT.story(said.story)) - said.minutes_after
    assert written > minutes_until_today(story)


def test_no_two_stories_share_a_paragraph():
    counted = Counter(p for story in STORIES for p in paragraphs(story))
    assert [p for p, times in counted.items() if times > 1] == []


def test_the_stories_are_spread_over_two_months_most_of_them_recent():
    ages = [story.days_ago for story in STORIES]
    assert min(ages) >= 1
    assert 50 <= max(ages) <= 60
    assert sum(age <= 35 for age in ages) >= 14


@every_story
def test_prose_is_typographic_and_holds_only_the_inline_marks_allowed(story: Story):
    text = all_words(story)
    bare = re.sub(r'<a href="/[^"]*">|</?[abi]>', "", text)
    assert not re.search(r"[<>\"']", bare)
    assert " - " not in bare


def test_no_eight_words_in_a_row_come_from_the_page_we_were_given():
    if not SEED.is_dir():
        pytest.skip("the page is not here")

    def runs(text: str) -> set[tuple[str, ...]]:
        found = re.findall(r"[a-zà-ÿ0-9]+", text.lower().replace("’", "").replace("'", ""))
        return {tuple(found[at : at + 8]) for at in range(len(found) - 7)}

    theirs: set[tuple[str, ...]] = set()
    for page in SEED.rglob("*.txt"):
        theirs |= runs(page.read_text("utf-8"))
    here = Path(content.__file__).parent
    ours: set[tuple[str, ...]] = set()
    for file in here.rglob("*.toml"):
        ours |= runs(file.read_text("utf-8"))
    assert theirs & ours == set()


def test_an_edit_that_does_not_fit_is_refused():
    story = STORIES[0]
    missing = Change("headline", "words that are not there", "others")
    with pytest.raises(EditDoesNotFit):
        apply_edit(story, Edit(5, story.bylines[0], (missing,), (), "spelling"))


def test_sections_do_not_take_an_address_the_site_needs():
    assert len(CONTENT.sections) == 4
    assert RESERVED.isdisjoint(section.slug for section in CONTENT.sections)
    assert {section.slug for section in CONTENT.sections} == {story.section for story in STORIES}
