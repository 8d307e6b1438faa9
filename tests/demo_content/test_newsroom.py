"""What the demo newsroom's other content promises: people, pages, comments, giving, pictures."""

import io
from collections import Counter

import pytest
from PIL import Image

from newsroom.branding.models import Branding
from newsroom.demo.build.comments import DECIDED_AFTER
from newsroom.demo.content import load
from newsroom.demo.content.shapes import Campaign
from newsroom.demo.pictures import SCENES, UnknownScene, draw, portrait

CONTENT = load()
DAY = 24 * 60


def test_people_topics_and_sections_are_in_the_numbers_a_small_newsroom_has():
    assert 7 <= len(CONTENT.people) <= 9
    assert 10 <= len(CONTENT.topics) <= 15
    for found in (CONTENT.people, CONTENT.topics, CONTENT.sections, CONTENT.stories):
        slugs = [item.slug for item in found]
        assert len(slugs) == len(set(slugs))


def test_every_topic_is_used_and_every_person_has_a_biography():
    used = {slug for story in CONTENT.stories for slug in story.topics}
    assert {topic.slug for topic in CONTENT.topics} == used
    assert all(person.biography.count(".") >= 2 for person in CONTENT.people)


def test_every_standing_page_is_there_and_the_policy_names_every_kind_of_entry():
    assert [page.slug for page in CONTENT.newsroom.pages] == [
        "about",
        "ownership",
        "contact",
        "privacy",
        "terms",
        "comment-guidelines",
    ]
    policy = str(CONTENT.newsroom.corrections_policy.blocks).lower()
    for kind in ("correction", "clarification", "update", "retraction", "minor edit"):
        assert f"<b>{kind}.</b>" in policy
    assert CONTENT.newsroom.corrections_email in policy


def test_comments_are_many_about_real_stories_and_some_wait_or_were_rejected_with_a_reason():
    states = Counter(comment.state for comment in CONTENT.comments)
    assert len(CONTENT.comments) >= 35
    assert states["held"] >= 3
    assert states["rejected"] == 2
    assert states["reported"] == 1
    for comment in CONTENT.comments:
        story = CONTENT.story(comment.story)
        until_today = story.days_ago * DAY - story.hour * 60 - story.minute
        assert 0 < comment.minutes_after < until_today
        assert bool(comment.reason) == (comment.state == "rejected")


def test_some_comments_answer_one_that_was_shown_by_then_a_reporters_among_them():
    replies = [comment for comment in CONTENT.comments if comment.answers]
    for reply in replies:
        number = CONTENT.comments.index(reply)
        [answered] = [
            comment
            for comment in CONTENT.comments[:number]
            if comment.story == reply.story and comment.text.startswith(reply.answers)
        ]
        assert answered.state == "approved"
        assert reply.minutes_after - answered.minutes_after > max(DECIDED_AFTER)
    ours = {person.email for person in CONTENT.people}
    assert len(replies) == 4
    assert len([reply for reply in replies if reply.email in ours]) == 1


def test_a_trusted_reader_was_read_before_and_a_comment_came_back_by_enough_reports():
    [trusted] = [comment for comment in CONTENT.comments if comment.trusted]
    theirs = [comment for comment in CONTENT.comments if comment.email == trusted.email]
    assert trusted in theirs[1:]
    assert theirs[-1] == trusted
    assert {comment.state for comment in theirs} == {"approved"}
    wanted = Branding._meta.get_field("comments_reports").default
    for comment in CONTENT.comments:
        assert len(comment.reports) == (wanted if comment.state == "reported" else 0)


def test_every_address_is_at_an_example_domain():
    addresses = [comment.email for comment in CONTENT.comments]
    addresses += [person.email for person in CONTENT.people]
    addresses += [CONTENT.newsroom.email, CONTENT.newsroom.corrections_email]
    assert all(address.isascii() and address.endswith(".example") for address in addresses)


@pytest.mark.parametrize("campaign", [CONTENT.campaign, CONTENT.default_campaign])
def test_a_campaign_says_why_and_what_for(campaign: Campaign):
    assert 3 <= len(campaign.case) <= 6
    assert list(campaign.presets) == sorted(set(campaign.presets))
    assert len(campaign.gift_lines) >= 3
    assert campaign.questions
    assert campaign.banner.count(".") == 1


def test_only_the_default_campaign_has_no_goal():
    assert CONTENT.campaign.goal == 10_000_000
    assert CONTENT.default_campaign.goal is None
    assert len(CONTENT.campaign.questions) >= 4


def test_there_are_names_for_more_donors_than_the_demo_has_and_none_comes_twice():
    donors = CONTENT.donors
    size = len(donors.first_names) * len(donors.last_names)
    assert size >= 600
    assert len({donors.name(number) for number in range(size)}) == size
    assert len(donors.messages) == 40


@pytest.mark.parametrize("scene", sorted(SCENES))
def test_every_scene_draws_at_the_size_asked_and_again_the_same(scene: str):
    first = draw(scene, 320, 213, 4)
    assert Image.open(io.BytesIO(first)).size == (320, 213)
    assert draw(scene, 320, 213, 4) == first
    assert draw(scene, 320, 213, 6) != first


def test_a_scene_draws_in_other_proportions_too():
    for size in ((400, 210), (300, 300), (200, 320)):
        assert Image.open(io.BytesIO(draw("river", *size, 2))).size == size


def test_a_scene_nobody_painted_is_refused():
    with pytest.raises(UnknownScene):
        draw("volcano", 320, 213, 1)


def test_everybody_has_a_portrait_of_their_own():
    faces = {portrait(person.slug, 96) for person in CONTENT.people}
    assert len(faces) == len(CONTENT.people)
