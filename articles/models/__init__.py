"""What is stored: pages and people (`pages`, `people`, `article`, `body`), the record of what
was published (`record`), its heads told outside (`heads`), what readers say (`comments`) and
report (`reports`), the stories they follow (`follows`), what was taken from
them (`removals`), by what right pictures are shown
(`rights`), what search looks in (`search`), and translations to look at
(`translations`)."""

from articles.models.article import Address, Article, Byline, Pin
from articles.models.comments import (
    Comment,
    CommentAppeal,
    CommentEdit,
    Commenter,
    CommentReport,
    CommentState,
    WriterIs,
)
from articles.models.follows import Follow, FollowerNews
from articles.models.heads import RecordCheck, RecordHead
from articles.models.pages import FrontPage, Purpose, Section, StandingPage
from articles.models.people import Person, Topic
from articles.models.record import Change, Correction, Kind, Seal, Version
from articles.models.removals import (
    REMOVING,
    Ground,
    Removal,
    RemovalKind,
    RemovalRequest,
    RequestState,
)
from articles.models.reports import ErrorReport, ReportContact, ReportState
from articles.models.rights import ImageRights
from articles.models.search import SearchEntry
from articles.models.tallies import EntryTally, EntryWords
from articles.models.tips import Tip
from articles.models.translations import TranslationLook

__all__ = [
    "REMOVING",
    "Address",
    "Article",
    "Byline",
    "Change",
    "Comment",
    "CommentAppeal",
    "CommentEdit",
    "CommentReport",
    "CommentState",
    "Commenter",
    "Correction",
    "EntryTally",
    "EntryWords",
    "ErrorReport",
    "Follow",
    "FollowerNews",
    "FrontPage",
    "Ground",
    "ImageRights",
    "Kind",
    "Person",
    "Pin",
    "Purpose",
    "RecordCheck",
    "RecordHead",
    "Removal",
    "RemovalKind",
    "RemovalRequest",
    "ReportContact",
    "ReportState",
    "RequestState",
    "Seal",
    "SearchEntry",
    "Section",
    "StandingPage",
    "Tip",
    "Topic",
    "TranslationLook",
    "Version",
    "WriterIs",
]
