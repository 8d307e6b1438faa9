"""Readers report a comment that should not stand; enough of them bring it back to the desk."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from articles.comments import CommentRefused, tidied
from articles.models import Comment, CommentReport, CommentState
from newsroom.audit import log
from newsroom.branding.models import Branding

SHORTEST: Final = 3
LONGEST: Final = 300


def report_comment(comment: Comment, reason: str, moment: datetime) -> CommentReport:
    """Take a reader's report of a comment that is shown. With as many as the newsroom sets it
    stands no longer under the story until an editor decides. Raises CommentRefused."""
    reason = " ".join(tidied(reason).split())
    if len(reason) < SHORTEST:
        raise CommentRefused(_("Please say why."))
    if len(reason) > LONGEST:
        raise CommentRefused(
            _("This is too long: please keep it to %(most)d characters.") % {"most": LONGEST}
        )
    with transaction.atomic():
        comment = Comment.objects.select_for_update(of=("self",)).get(pk=comment.pk)
        if comment.state != CommentState.APPROVED:
            raise CommentRefused(_("This comment is not shown any more."))
        report = CommentReport.objects.create(comment=comment, reason=reason, reported_at=moment)
        open_reports = comment.reports.filter(settled=False).count()
        if open_reports >= max(1, Branding.load().comments_reports):
            comment.state = CommentState.REPORTED
            comment.save(update_fields=["state"])
            log.record(
                None,
                "reported",
                comment,
                "Readers' reports brought a comment back",
                article=comment.article_id,
            )
    return report
