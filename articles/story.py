"""A story as its page shows it: the current version's own copy, with what stands around it."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe

from articles.addresses import absolute, person_path
from articles.models import Address, Kind
from articles.models.article import Label
from articles.translations import Alternate, public_alternates, read_alternates
from articles.versions import Content, body_taken_away, count_words
from newsroom.edge.language import language_prefix
from newsroom.prepared import Prepared

WORDS_A_MINUTE: Final = 230
POLICY_URL: Final = "/corrections/policy/"

NamedLink = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """`published_at` is the first publication, `modified_at` the latest one after it.

    `body` is the version's blocks (see `articles/versions.py`), `body_html` the same rendered.
    `lead_image` has url, absolute_url, srcset, width, height, alt, caption, credit.
    `version` is the number shown, 0 in a preview. `taken_away`: its text was, when it was
    retracted. `alternates` are its public translations.
    """

    id: int
    url: str
    absolute_url: str
    headline: str
    dek: str
    label: str
    label_shown: str
    section_title: str
    section_url: str
    location: str
    published_at: datetime
    modified_at: datetime | None
    bylines: list[NamedLink]
    credits: list[NamedLink]
    lead_image: dict[str, Any] | None
    body: list[dict[str, Any]]
    body_html: SafeString
    topics: list[NamedLink]
    content_warning: str
    developing: bool
    comments_open: bool
    mark: str | None
    language: str
    version: int
    alternates: list[Alternate] = field(default_factory=list)
    taken_away: bool = False

    @property
    def word_count(self) -> int:
        """Of the body."""
        return count_words(self.body)

    @property
    def minutes(self) -> int:
        """To read it."""
        return reading_minutes(self.word_count)


@dataclass(frozen=True, slots=True)
class Around:
    """What a story's page knows that its version does not."""

    id: int
    url: str
    published_at: datetime
    modified_at: datetime | None
    comments_open: bool
    version: int
    alternates: list[Alternate] = field(default_factory=list)


def find_story(path: str) -> Address | None:
    """The address with its live article and that article's current version: one query.

    None when no public story ever had this address; an address that is not `current` is an old
    one of its story.
    """
    found: Address | None = _AT.first(path)
    return found


_AT: Final = Prepared(
    lambda path: (
        Address.objects.filter(
            path=path, article__live=True, article__current_version__isnull=False
        )
        .select_related("article__current_version")
        .annotate(alternates=public_alternates("article"))
        .only(
            "path",
            "current",
            "article__comments_open",
            "article__comments_stay_open",
            "article__first_published_at",
            *(
                f"article__current_version__{name}"
                for name in ("article_id", "number", "published_at", "content", "body_html")
            ),
        )[:1]
    ),
    str,
)


def story_at(address: Address, mark: str | None) -> Story:
    """The story behind its current address; `mark` as `articles.entries.mark_of` gives it."""
    article = address.article
    version = article.current_version
    if version is None or article.first_published_at is None:
        raise ValueError(f"The story {article.pk} was never published.")
    return build_story(
        Around(
            id=article.pk,
            url=address.path,
            published_at=article.first_published_at,
            modified_at=version.published_at if version.number > 1 else None,
            comments_open=article.comments_open,
            version=version.number,
            # Of a removed story nobody asks for them.
            alternates=read_alternates(getattr(address, "alternates", [])),
        ),
        version.content,
        version.body_html,
        mark,
    )


def reading_minutes(words: int) -> int:
    return max(1, ceil(words / WORDS_A_MINUTE))


def build_story(around: Around, content: Content, body_html: str, mark: str | None) -> Story:
    """A retracted story has neither text, dek nor picture when its editor took them away."""
    taken_away = mark == Kind.RETRACTION and body_taken_away(content)
    if taken_away:
        content, body_html = content | {"body": [], "dek": "", "lead_image": None}, ""
    picture = content["lead_image"]
    return Story(
        id=around.id,
        url=around.url,
        absolute_url=absolute(around.url),
        headline=content["headline"],
        dek=content["dek"],
        label=content["label"],
        label_shown=str(Label(content["label"]).label),
        section_title=content["section"]["title"],
        section_url=content["section"]["url"],
        location=content["location"],
        published_at=around.published_at,
        modified_at=around.modified_at,
        bylines=_people(content["bylines"], content["language"]),
        credits=_people(content["credits"], content["language"]),
        lead_image=picture and {**picture, "absolute_url": absolute(picture["url"])},
        body=content["body"],
        # Rendered by our own block templates when the version was made.
        body_html=mark_safe(body_html),  # noqa: S308
        topics=[
            (each["name"], f"{language_prefix(content['language'])}/topics/{each['slug']}/")
            for each in content["topics"]
        ],
        content_warning=content["content_warning"],
        developing=content["developing"],
        comments_open=around.comments_open,
        mark=mark,
        language=content["language"],
        version=around.version,
        alternates=around.alternates,
        taken_away=taken_away,
    )


def policy_url(language: str | None = None) -> str:
    """The corrections policy, in the active language unless another is given."""
    return language_prefix(language) + POLICY_URL


def _people(people: list[dict[str, str]], language: str) -> list[NamedLink]:
    return [(each["name"], person_path(each["slug"], language)) for each in people]
