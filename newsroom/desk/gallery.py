"""The gallery: every public component in each of its states, for developers and visual tests.

It stores nothing and reads nothing but the navigation; in production there is no such page.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.entries import EntryLine
from articles.listing import Card
from articles.models import CommentState, Kind
from articles.models.article import Label
from articles.own_comments import OwnComment
from articles.sharing import share_links
from articles.threads import CommentShown
from campaigns.forms import GiveForm
from campaigns.milestones import Mark
from campaigns.models import Campaign
from campaigns.progress import OpenMatch, Progress

NOW = datetime(2026, 5, 22, 15, 5, tzinfo=UTC)
GOAL = 10_000_000

CAMPAIGN = Campaign(
    title="Keep four reporters in the field",
    slug="sample-of-the-gallery",
    appeal="Four reporters, four provinces, one summer of fire and water. Help keep them there.",
    goal=GOAL,
    currency="cad",
    starts_at=NOW - timedelta(days=30),
    ends_at=datetime(2026, 6, 4, 4, tzinfo=UTC),
    amounts=[2500, 5000, 10000, 25000],
)


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """`/gallery/`: 404 in production, unless it is being debugged."""
    if settings.PRODUCTION and not settings.DEBUG:
        raise Http404
    wrong = GiveForm(CAMPAIGN, {"own_amount": "twenty", "public_name": "M."})
    wrong.is_valid()
    link = "https://newsroom.example/"
    return render(
        request,
        "gallery.html",
        {
            "campaign": CAMPAIGN,
            "bars": bars(),
            "give_url": CAMPAIGN.give_url,
            "cards": cards(),
            "entries": entries(),
            "comments": comments(),
            "comment_count": len(comments()),
            "own_comments": own_comments(),
            "quote": {
                "quote": "Everybody on the river has a paper that says the water is theirs.",
                "attribution": "A water bailiff, retired",
            },
            "share": share_links("Everybody on the river has a paper", link),
            "form": wrong,
            "presets": wrong.presets,
            "action": "",
            "policy_url": "/corrections/policy/",
            "history_url": "/",
        },
    )


def bars() -> list[tuple[str, Progress]]:
    """Each state of the bar with what it is called here."""
    halfway = Progress(
        raised=3_712_050,
        goal=GOAL,
        currency="cad",
        donors=287,
        ends_at=CAMPAIGN.ends_at,
        last_day=CAMPAIGN.last_day,
        as_of=NOW,
    )
    ended = NOW + timedelta(days=30)
    return [
        ("0 %", replace(halfway, raised=0, donors=0)),
        ("3 %", replace(halfway, raised=300_000, donors=1)),
        ("37 %", halfway),
        ("99 %, the last day", replace(halfway, raised=9_999_999, as_of=_last_day())),
        ("100 %", replace(halfway, raised=GOAL, donors=812)),
        ("250 %", replace(halfway, raised=25_000_000, donors=2140)),
        ("Ended below the goal", replace(halfway, as_of=ended)),
        ("Ended above it", replace(halfway, raised=10_412_000, donors=902, as_of=ended)),
        (
            "Matched, with room",
            replace(
                halfway,
                matched=412_000,
                match=OpenMatch("The Larch Fund", 100, 1_000_000, 588_000, "cad"),
            ),
        ),
        ("Matched, used up", replace(halfway, matched=1_000_000)),
        ("No deadline", replace(halfway, ends_at=None, last_day=None)),
        (
            "On to the stretch goal",
            replace(
                halfway,
                raised=11_200_000,
                stretch=15_000_000,
                stretch_words="A boat for the winter",
                marks=(Mark(GOAL, "", "goal", NOW - timedelta(days=9)),),
            ),
        ),
        (
            "A milestone just reached",
            replace(
                halfway,
                marks=(Mark(3_500_000, "A second photographer", reached_at=NOW),),
            ),
        ),
        (
            "Fell back below the goal",
            replace(
                halfway,
                raised=9_990_000,
                marks=(Mark(GOAL, "", "goal", NOW - timedelta(days=9)),),
            ),
        ),
    ]


def _last_day() -> datetime:
    last_day = CAMPAIGN.last_day
    assert last_day is not None
    return last_day


def cards() -> list[Card]:
    """A story of each label, with and without a mark."""
    plain = Card(
        id=1,
        url="#news",
        headline="The river they promised twice",
        dek="More of the river has been licensed than flows in it.",
        label=Label.NEWS.value,
        label_shown=str(Label.NEWS.label),
        section_title="Land & Water",
        section_url="#section",
        published_at=NOW,
        modified_at=NOW,
        authors=[("Rosalind Haldane", "#person"), ("Jonas Kettleborough", "#person")],
        image_url="",
        image_alt="",
        image_width=None,
        image_height=None,
        mark=None,
    )
    shown = [plain]
    for label in Label:
        if label is not Label.NEWS:
            shown.append(replace(plain, label=label.value, label_shown=str(label.label)))
    shown.append(replace(plain, mark="correction", dek=""))
    shown.append(replace(plain, mark="retraction", authors=[]))
    return shown


def entries() -> list[EntryLine]:
    """An entry of each kind, the last one replacing another."""
    first = EntryLine(
        number=1,
        kind=Kind.UPDATE.value,
        kind_shown=str(Kind.UPDATE.label),
        was="",
        now="Adds the province’s statement, received after publication.",
        issued_at=NOW,
        recorded_at=NOW,
        signature="Ines Marchetti, standards editor",
        anchor="entry-1",
        before_after_url="#before-and-after",
        story_headline="The river they promised twice",
        story_url="#story",
        after=2,
    )
    unclear = _entry(first, 2, Kind.CLARIFICATION, "That the river “ran dry”.", "Water still ran.")
    wrong = _entry(first, 3, Kind.CORRECTION, "93 of 418 intakes have meters.", "39 have.")
    gone = _entry(first, 4, Kind.RETRACTION, "The story as a whole.", "We have withdrawn it.")
    return [gone, replace(wrong, supersedes=2), unclear, first]


def _entry(like: EntryLine, number: int, kind: Kind, was: str, now: str) -> EntryLine:
    return replace(
        like,
        number=number,
        kind=kind.value,
        kind_shown=str(kind.label),
        was=was,
        now=now,
        anchor=f"entry-{number}",
        issued_at=NOW + timedelta(hours=number),
    )


def comments() -> list[CommentShown]:
    return [
        CommentShown("Marguerite D.", "Nobody has come to read a meter.", NOW, "comment-1"),
        CommentShown("H. L.", "First paragraph.\n\nAnd a second one.", NOW, "comment-2"),
        CommentShown(
            "Ann", "They came twice.", NOW, "comment-3", answers="comment-2", answers_name="H. L."
        ),
    ]


def own_comments() -> list[OwnComment]:
    """A reader's own comment in each state."""
    return [
        OwnComment(
            text="What the writer sees of it.",
            created_at=NOW,
            state=state.value,
            state_shown=str(state.label),
            reason="It names a private person." if state is CommentState.REJECTED else "",
            headline="The river they promised twice",
            url="#story",
        )
        for state in CommentState
    ]
