"""The rule itself, and what counts as words: pure, by table and by property."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.canonical import canonical, sha256
from articles.comparing import ChangedWords, changed_words, compare
from articles.corrections import Entry, Record, Shape, SilentEdit, judge
from articles.models import Change, Kind
from articles.sharing import quote_line, share_links
from articles.versions import Content, layout_hash, things_hash, words, words_hash
from articles.wording import links_of, paragraphs_of, split_words

NOW = datetime(2026, 6, 3, 10, 50, tzinfo=UTC)
OLD, MOVED, NEW = Shape("a", "1", "x"), Shape("a", "2", "x"), Shape("b", "3", "x")
SWAPPED = Shape("a", "2", "y")
FIRST = NOW - timedelta(days=1)


def noticed(moment: datetime, kind: str = Kind.CORRECTION) -> Entry:
    return Entry(kind, "Four.", "Five.", noticed_at=moment)


FIXED = Entry(Kind.CORRECTION, "Four.", "Five.")
RETRACTED = Entry(Kind.RETRACTION, "", "We withdraw it.")
MENDED = Entry(Kind.CLARIFICATION, "", "The entry of Monday was wrong.", supersedes=7)


@pytest.mark.parametrize(
    ("last", "new", "record", "change"),
    [
        (None, NEW, Record(), Change.FIRST),
        (OLD, OLD, Record(), None),
        (OLD, OLD, Record(minor_reason="Style."), None),
        (OLD, MOVED, Record(), Change.LAYOUT),
        (OLD, NEW, Record(minor_reason="Style."), Change.MINOR),
        (OLD, SWAPPED, Record(minor_reason="A sharper picture."), Change.MINOR),
        (OLD, SWAPPED, Record([FIXED]), Change.EXPLAINED),
        (OLD, NEW, Record([FIXED]), Change.EXPLAINED),
        (OLD, NEW, Record([FIXED], "And a comma."), Change.EXPLAINED),
        (OLD, NEW, Record([noticed(NOW), noticed(FIRST)]), Change.EXPLAINED),
        (OLD, OLD, Record([RETRACTED]), Change.EXPLAINED),
        (OLD, OLD, Record([MENDED]), Change.EXPLAINED),
        (OLD, NEW, Record([Entry(Kind.UPDATE, "", "x", NOW)]), Change.EXPLAINED),
    ],
)
def test_how_a_publication_goes_on_the_record(
    last: Shape | None, new: Shape, record: Record, change: Change | None
) -> None:
    assert judge(last, new, record, NOW) == change


@pytest.mark.parametrize(
    ("new", "record", "fault", "entry"),
    [
        (NEW, Record(), "unexplained", None),
        (NEW, Record(minor_reason=" "), "unexplained", None),
        (SWAPPED, Record(), "swapped", None),
        (NEW, Record([Entry(Kind.CORRECTION, " ", "Five.")]), "was", 0),
        (NEW, Record([FIXED, Entry(Kind.UPDATE, "Four.", " ")]), "now", 1),
        (NEW, Record([Entry("", "Four.", "Five.")]), "kind", 0),
        (
            NEW,
            Record([Entry(Kind.UPDATE, "", "x", NOW + timedelta(minutes=1))]),
            "future",
            0,
        ),
        (NEW, Record([noticed(NOW + timedelta(minutes=1))]), "noticed", 0),
        (NEW, Record([noticed(FIRST - timedelta(minutes=1))]), "noticed", 0),
        (NEW, Record([FIXED, noticed(NOW, Kind.UPDATE)]), "noticed", 1),
        (OLD, Record([FIXED]), "nothing-changed", 0),
        (MOVED, Record([RETRACTED, FIXED]), "nothing-changed", 1),
    ],
)
def test_what_is_refused_and_where_to_mend_it(
    new: Shape, record: Record, fault: str, entry: int | None
) -> None:
    with pytest.raises(SilentEdit) as refused:
        judge(OLD, new, record, NOW, FIRST)
    assert (refused.value.fault, refused.value.entry) == (fault, entry)
    assert str(refused.value).endswith(".")


def copy(**changed: Any) -> dict[str, Any]:
    return {
        "headline": "The kiln goes cold",
        "dek": "It burned for a winter.",
        "label": "news",
        "location": "Marrow Bay",
        "language": "en",
        "content_warning": "",
        "developing": False,
        "bylines": [{"name": "Ann Bell", "slug": "ann-bell"}],
        "credits": [],
        "section": {"title": "Energy", "url": "/energy/"},
        "topics": [],
        "lead_image": None,
        "body": [paragraph("One two."), {"kind": "heading", "text": "Three"}],
        **changed,
    }


def paragraph(*texts: str, html: str = "") -> dict[str, Any]:
    return {"kind": "text", "html": html, "paragraphs": list(texts), "links": []}


def picture(**changed: Any) -> dict[str, Any]:
    said = {"alt": "A kiln", "caption": "Cold.", "credit": "Ann Bell"}
    return {"image": 1, "file": "f1", "url": "/m/1.webp", "sources": [], **said, **changed}


@pytest.mark.parametrize(
    "changed",
    [
        {"headline": "The kiln is cold"},
        {"dek": ""},
        {"label": "opinion"},
        {"location": "Pellow Harbour"},
        {"content_warning": "Describes a fire."},
        {"bylines": [{"name": "Ann Belle", "slug": "ann-bell"}]},
        {"bylines": [], "credits": [{"name": "Ann Bell", "slug": "ann-bell"}]},
        {"body": [paragraph("Two one."), {"kind": "heading", "text": "Three"}]},
        {"body": [paragraph("One two.")]},
        {"lead_image": picture()},
    ],
)
def test_changed_words_change_the_words_hash(changed: dict[str, Any]) -> None:
    assert words_hash(copy(**changed)) != words_hash(copy())
    assert layout_hash(copy(**changed)) != layout_hash(copy())


@pytest.mark.parametrize(
    "changed",
    [
        {"body": [{"kind": "heading", "text": "Three"}, paragraph("One two.")]},
        {"body": [paragraph(" One\u00a0 two. "), {"kind": "heading", "text": "Three"}]},
        {"body": [paragraph("One", "two."), {"kind": "heading", "text": "Three"}]},
        {"body": [paragraph("One two.", html="<b>x</b>"), {"kind": "heading", "text": "Three"}]},
        {"section": {"title": "Water", "url": "/water/"}},
        {"topics": [{"name": "Wood", "slug": "wood"}]},
        {"developing": True},
    ],
)
def test_layout_alone_leaves_the_words_hash(changed: dict[str, Any]) -> None:
    assert words_hash(copy(**changed)) == words_hash(copy())
    assert layout_hash(copy(**changed)) != layout_hash(copy())


def test_a_swapped_picture_is_layout_and_its_files_addresses_are_nothing() -> None:
    before = copy(lead_image=picture())
    swapped = copy(lead_image=picture(file="f2", image=2))
    moved = copy(lead_image=picture(url="/elsewhere/1.webp", sources=[{"url": "x"}]))
    assert words_hash(swapped) == words_hash(before)
    assert layout_hash(swapped) != layout_hash(before)
    assert layout_hash(moved) == layout_hash(before)
    other_alt = copy(lead_image=picture(alt="Another kiln"))
    assert words_hash(other_alt) != words_hash(before)


def things(*blocks: Content, lead: Content | None = None) -> str:
    return things_hash(copy(body=list(blocks), lead_image=lead), {})


def linked(url: str, words: str = "See here.") -> Content:
    return {**paragraph(words), "links": [{"text": "here", "url": url}]}


def quote(**parts: str) -> Content:
    empty = dict.fromkeys(("attribution", "share_line", "accounts", "hashtags"), "")
    return {"kind": "pull_quote", "quote": "Cold.", **empty, **parts}


BODY_PICTURES = (
    {"kind": "image", **picture(file="f1", caption="The kiln.")},
    {"kind": "image", **picture(file="f2", caption="The mayor.")},
)
EMBEDS = (
    {"kind": "embed", "url": "https://v.example/1", "title": "A film", "caption": ""},
    {"kind": "embed", "url": "https://v.example/2", "title": "A map", "caption": ""},
)
# Before and after: every word and every thing is there in both.
EXCHANGED = {
    "two pictures between their captions": (
        BODY_PICTURES,
        (BODY_PICTURES[0] | {"file": "f2"}, BODY_PICTURES[1] | {"file": "f1"}),
    ),
    "a caption for a credit": (
        ({"kind": "image", **picture(caption="Ann Bell", credit="")},),
        ({"kind": "image", **picture(caption="", credit="Ann Bell")},),
    ),
    "two embeds between their titles": (
        EMBEDS,
        (EMBEDS[0] | {"url": EMBEDS[1]["url"]}, EMBEDS[1] | {"url": EMBEDS[0]["url"]}),
    ),
    "an attribution for a share line": (
        (quote(attribution="Mayor Otter"),),
        (quote(share_line="Mayor Otter"),),
    ),
    "a reader's name for his words": (
        ({"kind": "reader_comment", "text": "Ann", "name": "Bo"},),
        ({"kind": "reader_comment", "text": "Ann Bo", "name": ""},),
    ),
    "a related story for another": (
        ({"kind": "related", "story": 7, "line": ""},),
        ({"kind": "related", "story": 8, "line": ""},),
    ),
    "two links between their paragraphs": (
        (linked("/a/", "Ann is here."), linked("/b/", "Bo is here.")),
        (linked("/b/", "Ann is here."), linked("/a/", "Bo is here.")),
    ),
}


@pytest.mark.parametrize(("before", "after"), EXCHANGED.values(), ids=EXCHANGED.keys())
def test_what_is_exchanged_is_not_taken_for_layout_and_what_is_moved_is(
    before: tuple[Content, ...], after: tuple[Content, ...]
) -> None:
    assert words_hash(copy(body=list(before))) == words_hash(copy(body=list(after)))
    assert things(*before) != things(*after)
    assert things(paragraph("One."), *before) == things(*reversed(before), paragraph("Two."))
    spaced = [
        {key: f" {each} " if key == "caption" else each for key, each in b.items()} for b in before
    ]
    assert things(*spaced) == things(*before)


def test_a_lead_picture_swapped_counts_wherever_its_file_lies() -> None:
    assert things(lead=picture(file="f2")) != things(lead=picture())
    assert things(lead=picture(url="/elsewhere/1.webp", image=9)) == things(lead=picture())


def test_words_come_in_the_order_of_the_page() -> None:
    assert words(copy())[:6] == ["news", "The", "kiln", "goes", "cold", "It"]
    assert words(copy())[-3:] == ["One", "two.", "Three"]


@pytest.mark.parametrize(
    ("html", "paragraphs"),
    [
        ("<p>One <b>tw</b>o.</p><p> </p><ul><li>Three</li></ul>", ["One two.", "Three"]),
        ("<p>CO<sub>2</sub> &amp; soot</p>", ["CO2 & soot"]),
        ("<p>one<br/>two</p>", ["one", "two"]),
        ("bare", ["bare"]),
        ("<p>un<p>closed <i>tags", ["un", "closed tags"]),
        ("", []),
    ],
)
def test_rich_text_is_read_as_paragraphs(html: str, paragraphs: list[str]) -> None:
    assert paragraphs_of(html) == paragraphs


def test_links_are_read_with_their_words() -> None:
    [link] = links_of('<p>See <a href="/a/?b=1&amp;c=2">the  <i>map</i></a>.</p>')
    assert (link.text, link.url) == ("the map", "/a/?b=1&c=2")


@given(st.text())
def test_any_text_is_split_the_same_twice(text: str) -> None:
    assert split_words(" ".join(split_words(text))) == split_words(text)


@given(st.lists(st.text("ab ", max_size=8)), st.lists(st.text("ab ", max_size=8)))
def test_a_comparison_holds_every_word_of_both_texts(before: list[str], after: list[str]) -> None:
    pieces = [piece for paragraph in compare(before, after) for piece in paragraph]
    old = " ".join(text for op, text in pieces if op != "new").split()
    new = " ".join(text for op, text in pieces if op != "gone").split()
    assert old == " ".join(before).split()
    assert new == " ".join(after).split()


def test_a_comparison_shows_words_not_letters() -> None:
    assert compare(["It burned four cords.", "End."], ["It burned five cords.", "End."]) == [
        [("same", "It burned"), ("gone", "four"), ("new", "five"), ("same", "cords.")],
        [("same", "End.")],
    ]


def test_changed_words_are_listed_in_short() -> None:
    long = " ".join(f"w{n}" for n in range(40))
    found = changed_words(["a b c", "same"], ["a x c", "same", long])
    assert found[0] == ChangedWords("b", "x")
    assert found[1].before == ""
    assert found[1].after.endswith("w13 …")
    assert len(changed_words(["a"] * 20, ["b"] * 20)) == 8


def test_the_canonical_form_is_one() -> None:
    assert canonical({"b": [1, None, True], "a": "é"}) == '{"a":"é","b":[1,null,true]}'.encode()
    with pytest.raises(TypeError):
        canonical({"a": [1.5]})
    assert sha256("ab", "c") != sha256("a", "bc")


def test_a_quote_is_shared_with_its_line_accounts_and_hashtags() -> None:
    line = quote_line("“Mining out.”", "Alicia", "", "@standearth @cop", "#COP15")
    assert line == "“Mining out.” — Alicia @standearth @cop #COP15"
    assert quote_line("x", "y", "Says @standearth at #cop15.", "@standearth", "#COP15") == (
        "Says @standearth at #cop15."
    )
    share = share_links("Q & A", "https://news.example/a/", subject="The kiln")
    assert share.x == "https://x.com/intent/post?text=Q+%26+A&url=https%3A%2F%2Fnews.example%2Fa%2F"
    assert share.mastodon.endswith("#text=Q%20%26%20A%20https%3A//news.example/a/")
    assert share.copy_text == "Q & A https://news.example/a/"
    assert "subject=The%20kiln" in share.email
    assert "Q%20%26%20A" in share.email
