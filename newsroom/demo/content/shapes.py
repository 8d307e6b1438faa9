"""The shapes of the demo newsroom's content: plain frozen values, nothing of Django.

Text is already typographic (curly quotation marks, dashes). Paragraphs and list items may hold
inline ``<b>``, ``<i>`` and ``<a href>``; every other field is plain text. Amounts are minor units
of Canadian dollars. Moments are given as distances: whole days before the moment at which the
demo is built (with an hour and minute in the newsroom's own time zone) for a story, and whole
minutes after a story's first publication for what happens to it later.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from newsroom.demo.content.blocks import Block, Picture

Label: TypeAlias = Literal["news", "analysis", "explainer", "opinion"]
EntryKind: TypeAlias = Literal["correction", "clarification", "update", "retraction"]
Field: TypeAlias = Literal["headline", "dek", "body", "lead_caption"]
Outcome: TypeAlias = Literal["new", "held", "corrected", "unchanged", "duplicate"]
CommentState: TypeAlias = Literal["approved", "held", "rejected", "reported"]


@dataclass(frozen=True, slots=True)
class Change:
    """``old`` occurs exactly once in ``field`` as published at that point; ``new`` replaces it."""

    field: Field
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One correction entry. ``was_wrong`` and ``is_right`` are sentences for the reader; for an
    update they say what the story lacked and what it holds now."""

    kind: EntryKind
    was_wrong: str
    is_right: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One publication after the first: words changed, and either entries or a minor edit's reason.

    ``issued_by`` is a person's slug. Exactly one of ``entries`` and ``minor_reason`` is set.
    """

    minutes_after: int
    issued_by: str
    changes: tuple[Change, ...]
    entries: tuple[Entry, ...]
    minor_reason: str

    @property
    def is_minor(self) -> bool:
        return bool(self.minor_reason)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as first published, with the edits that followed, oldest first.

    ``section``, ``bylines``, ``topics`` and ``keep_reading`` are slugs; ``credits`` are the names
    shown after "With files from". ``translates`` is the slug of the story that this one is the
    translation of, in the language of its section.
    """

    slug: str
    label: Label
    section: str
    headline: str
    dek: str
    bylines: tuple[str, ...]
    credits: tuple[str, ...]
    topics: tuple[str, ...]
    location: str
    days_ago: int
    hour: int
    minute: int
    lead: Picture
    body: tuple[Block, ...]
    keep_reading: tuple[str, ...]
    edits: tuple[Edit, ...]
    translates: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """An error that a reader reports, ``minutes_after`` the story's first publication.

    ``sentence`` is quoted from the story as it stood then, or empty; ``email`` may be empty.
    ``entry`` is the number of the story's entry that corrected it, ``words`` the editor's answer,
    ``repeats`` how the problem of the report that a duplicate repeats begins.
    """

    story: str
    problem: str
    minutes_after: int
    outcome: Outcome
    sentence: str = ""
    email: str = ""
    entry: int = 0
    words: str = ""
    repeats: str = ""


@dataclass(frozen=True, slots=True)
class Comment:
    """``minutes_after`` counts from the story's first publication; ``reason`` is set only for a
    rejected comment.

    ``answers`` is how the comment that it replies to begins; ``trusted`` says that its writer was
    trusted by then, so that it was shown at once; ``reports`` are the reasons of readers who
    reported it, as many as bring it back to the desk.
    """

    story: str
    name: str
    email: str
    minutes_after: int
    text: str
    state: CommentState = "approved"
    reason: str = ""
    answers: str = ""
    trusted: bool = False
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """``translates`` is the slug of the section in the site's main language."""

    slug: str
    name: str
    description: str
    translates: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """``pictures.portrait(slug, size)`` draws the portrait."""

    slug: str
    name: str
    role: str
    biography: str
    email: str
    account: str


@dataclass(frozen=True, slots=True)
class StandingPage:
    """``slug`` is its purpose; ``address`` where it stands when that is another."""

    slug: str
    title: str
    blocks: tuple[Block, ...]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Newsroom:
    name: str
    tagline: str
    about: str
    address: str
    email: str
    corrections_email: str
    time_zone: str
    corrections_policy: StandingPage
    pages: tuple[StandingPage, ...]


@dataclass(frozen=True, slots=True)
class GiftLine:
    """What a gift of ``amount`` minor units pays for."""

    amount: int
    pays_for: str


@dataclass(frozen=True, slots=True)
class Question:
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Match:
    """What ``sponsor`` adds to gifts, up to ``cap`` minor units; when is set by who builds."""

    sponsor: str
    percent: int
    cap: int


@dataclass(frozen=True, slots=True)
class Cheque:
    """A gift by cheque, ``days_ago`` before the demo was first built; ``amount`` in cents."""

    name: str
    amount: int
    days_ago: int


@dataclass(frozen=True, slots=True)
class Campaign:
    """``goal`` and ``presets`` are minor CAD; the default campaign has no goal (``None``).

    ``banner`` is one sentence; a deadline is set by whoever builds the demo.
    """

    slug: str
    title: str
    goal: int | None
    banner: str
    case: tuple[str, ...]
    gift_lines: tuple[GiftLine, ...]
    questions: tuple[Question, ...]
    presets: tuple[int, ...]
    thank_you: str
    match: Match | None = None
    milestones: tuple[GiftLine, ...] = ()
    stretch: GiftLine | None = None
    # Of one that is over: what became of the money, and the gifts that came by cheque.
    outcome: tuple[str, ...] = ()
    cheques: tuple[Cheque, ...] = ()


@dataclass(frozen=True, slots=True)
class Donors:
    """Pools to draw invented donors from; a message may name a story by its slug."""

    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    messages: tuple[str, ...]

    def name(self, number: int) -> tuple[str, str]:
        """First and last name of donor ``number``; distinct for each number below the product
        of the two pools' sizes."""
        first = number % len(self.first_names)
        last = (number + number // len(self.first_names)) % len(self.last_names)
        return self.first_names[first], self.last_names[last]


@dataclass(frozen=True, slots=True)
class Translated:
    """What there is in ``language`` of the newsroom; ``stories`` each translate one of ours,
    ``people`` are (slug, role, biography)."""

    language: str
    tagline: str
    about: str
    campaign: Campaign
    default_campaign: Campaign
    people: tuple[tuple[str, str, str], ...]
    sections: tuple[Section, ...]
    topics: tuple[Topic, ...]
    pages: tuple[StandingPage, ...]
    stories: tuple[Story, ...]
    comments: tuple[Comment, ...]


@dataclass(frozen=True, slots=True)
class DemoContent:
    newsroom: Newsroom
    sections: tuple[Section, ...]
    topics: tuple[Topic, ...]
    people: tuple[Person, ...]
    stories: tuple[Story, ...]
    comments: tuple[Comment, ...]
    reports: tuple[Report, ...]
    campaign: Campaign
    default_campaign: Campaign
    finished: Campaign
    donors: Donors
    french: Translated

    @property
    def every_story(self) -> tuple[Story, ...]:
        """In both languages."""
        return (*self.stories, *self.french.stories)

    @property
    def every_comment(self) -> tuple[Comment, ...]:
        return (*self.comments, *self.french.comments)

    def story(self, slug: str) -> Story:
        """Raises ``KeyError`` when no story has that slug."""
        for story in self.every_story:
            if story.slug == slug:
                return story
        raise KeyError(slug)
