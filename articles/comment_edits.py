"""A writer's own edit window: what a comment said before stays for moderators."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles import spam
from articles.commenters import standing
from articles.comments import CommentRefused, fitting, may_edit, said_of
from articles.models import Comment, CommentEdit, CommentState
from newsroom.readers.models import Reader


def edit_comment(comment: Comment, reader: Reader, text: str, moment: datetime) -> Comment:
    """Put the reader's own comment right. What an editor approved before it said this waits for
    one again, unless the reader is trusted and it looks like no spam. Raises CommentRefused."""
    text = fitting(text)
    with transaction.atomic():
        found = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk, reader=reader)
        if not may_edit(found, moment):
            raise CommentRefused(_("This comment can no longer be changed."))
        if found.text == text:
            return found
        same = Comment.objects.filter(article=found.article_id, reader=reader, text=text)
        if same.exists():
            raise CommentRefused(_("You have already written this under this story."))
        CommentEdit.objects.create(comment=found, text=found.text, edited_at=moment)
        said = said_of(reader, text, moment)
        found.text, found.edited_at = text, moment
        found.score, found.held_because = spam.score(said), ""
        if not found.writer_is:
            found.held_because = spam.why_held(said)
            if standing(reader).trusted_at is None or found.held_because:
                found.state = CommentState.HELD
        found.save(update_fields=["text", "edited_at", "score", "held_because", "state"])
    return found
