"""What readers' search looks in: one row for each published story, from its current version."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models


class SearchEntry(models.Model):
    """`words` are the stems of `version` (headline weighs A, dek B, body C), accents folded.

    A row whose version is no longer the story's current one is not shown (`articles/search.py`).
    `section`, `people` and `topics` are slugs, as the version has them.
    """

    article = models.OneToOneField(
        "articles.Article",
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="search_entry",
    )
    version = models.ForeignKey("articles.Version", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=12)
    section = models.CharField(max_length=255)
    people = ArrayField(models.CharField(max_length=255))
    topics = ArrayField(models.CharField(max_length=255))
    published_at = models.DateTimeField()
    words = SearchVectorField()

    class Meta:
        default_permissions = ()
        indexes = [
            GinIndex(fields=["words"], name="search_words", fastupdate=False),
            models.Index(fields=["language", "-published_at"], name="search_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} in {self.language}"
