"""What the demo's French pages promise: each translates one of its own stories."""

import re

import pytest

from newsroom.demo.content import load, publications, words
from newsroom.demo.content.blocks import Image, Text
from newsroom.demo.content.shapes import Story

CONTENT = load()
FRENCH = CONTENT.french
OURS = {story.slug: story for story in CONTENT.stories}
every_story = pytest.mark.parametrize("story", FRENCH.stories, ids=lambda story: story.slug)


def pictures(story: Story) -> list[tuple[str, int]]:
    shown = [story.lead, *(block.picture for block in story.body if isinstance(block, Image))]
    return [(picture.scene, picture.seed) for picture in shown]


def text(story: Story) -> str:
    fields = ("headline", "dek", "lead_caption", "body")
    return "\n".join(each for field in fields for each in words(story, field))


@every_story
def test_a_translation_has_its_storys_pictures_people_and_counterpart_section(story: Story):
    original = OURS[story.translates]
    section = {each.slug: each.translates for each in FRENCH.sections}[story.section]
    assert section == original.section
    assert (story.bylines, story.credits) == (original.bylines, original.credits)
    assert pictures(story) == pictures(original)[: len(pictures(story))]
    assert set(story.topics) <= {topic.slug for topic in FRENCH.topics}
    assert set(story.keep_reading) <= {other.slug for other in FRENCH.stories} - {story.slug}


@every_story
def test_a_translation_comes_after_its_story_and_is_of_real_length(story: Story):
    original = OURS[story.translates]
    moments = [(-each.days_ago, each.hour, each.minute) for each in (original, story)]
    assert moments == sorted(moments)
    prose = [p for block in story.body if isinstance(block, Text) for p in block.paragraphs]
    assert 500 <= len(" ".join(prose).split()) <= 1100
    assert len(list(publications(story))) == len(story.edits) + 1


@every_story
def test_french_is_set_with_its_own_marks_and_unbroken_spaces(story: Story):
    said = text(story)
    for _published, edit in publications(story):
        said += "".join(e.was_wrong + e.is_right for e in edit.entries) if edit else ""
    assert not re.search(r"[\"'“”]", said)
    assert not re.search(r"«(?!\u00a0)|(?<!\u00a0)[»:%$](?!//)", re.sub(r"\d\d:\d\d", "", said))
    assert not re.search(r"\d \d{3}", said)


def test_two_translations_were_corrected_and_readers_wrote_in_french():
    assert sum(bool(story.edits) for story in FRENCH.stories) == 2
    assert len(FRENCH.comments) == 3


def test_every_standing_page_and_section_is_there_in_french():
    ours = {page.slug for page in CONTENT.newsroom.pages} | {"corrections-policy"}
    assert {page.slug for page in FRENCH.pages} == ours
    assert {each.translates for each in FRENCH.sections} == {each.slug for each in CONTENT.sections}
