"""All of the demo newsroom but its gifts, in the order in which each part needs the one before."""

from dataclasses import dataclass
from datetime import datetime

from campaigns.models import Campaign
from newsroom.demo.build import (
    campaign,
    comments,
    corrections,
    own_words,
    pages,
    people,
    reports,
    stories,
    translations,
)
from newsroom.demo.build.calendar import Calendar
from newsroom.demo.build.gallery import Gallery
from newsroom.demo.build.showing import Showing
from newsroom.demo.content import DemoContent, load
from newsroom.readers.models import Reader


@dataclass(frozen=True, slots=True)
class Newsroom:
    """What the gifts need to know. `articles` are the stories' ids by slug."""

    content: DemoContent
    calendar: Calendar
    articles: dict[str, int]
    campaign: Campaign
    staff: Reader


def write_newsroom(now: datetime, showing: Showing) -> Newsroom:
    """Make what is missing. Raises `CannotBuild`."""
    content = load()
    calendar = campaign.calendar_of(content, now)
    editor, staff = people.sign_ins(content)
    sections = pages.found(content, editor)
    appeal = campaign.open_campaigns(content, calendar, staff)
    campaign.finish_one(content, calendar, staff)
    own_words.say(content)
    gallery = Gallery(content.newsroom.name, editor)
    gallery.hang(content, showing.part("Pictures", gallery.missing(content)).step)
    cast = people.gather(content, gallery, editor, staff)
    drafts = showing.part("Stories", len(content.every_story) - len(stories.found(content)))
    articles = stories.draft_all(content, sections, cast, gallery, drafts.step)
    owed = corrections.missing(content, articles, calendar)
    published = showing.part("Publications", len(owed))
    corrections.replay(owed, articles, cast, gallery, published.step)
    translations.look_at_some(articles, cast.editor, calendar)
    pages.open_with_lead(articles, editor)
    said = comments.missing(content, articles)
    written = showing.part("Comments", len(said))
    comments.write_all(said, content, articles, calendar, editor, written.step)
    told = reports.missing(content, articles)
    heard = showing.part("Error reports", len(told))
    reports.report_all(told, content, articles, calendar, editor, heard.step)
    reports.follow_some(articles)
    return Newsroom(content, calendar, articles, appeal, staff)
