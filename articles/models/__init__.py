"""What is stored: pages and people (`pages`, `people`, `article`, `body`), the record of what
was published (`record`), and what readers say (`comments`)."""

from articles.models.article import Address, Article, Byline, Pin
from articles.models.comments import Comment, CommentState
from articles.models.pages import FrontPage, Purpose, Section, StandingPage
from articles.models.people import Person, Topic
from articles.models.record import Change, Correction, Kind, Seal, Version

__all__ = [
    "Address",
    "Article",
    "Byline",
    "Change",
    "Comment",
    "CommentState",
    "Correction",
    "FrontPage",
    "Kind",
    "Person",
    "Pin",
    "Purpose",
    "Seal",
    "Section",
    "StandingPage",
    "Topic",
    "Version",
]
