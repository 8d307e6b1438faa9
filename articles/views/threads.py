"""A story's comments on pages of their own, the same for everybody, and the report of one."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from articles.comment_reports import LONGEST, report_comment
from articles.comments import CommentRefused, anchor
from articles.models import Comment, CommentState
from articles.threads import ORDERS, discussion
from articles.views.asked_again import takes_forms
from articles.views.story import story_address
from newsroom.edge.headers import public, uncached
from newsroom.edge.rates import address_of, allowed

FRESH_SECONDS = 30
RATE = "6/10 minutes"
# One visitor's reports of one comment count once.
ONCE = "1/1 day"
# Fewer digits than PostgreSQL's largest key has.
MOST_DIGITS = 18


@require_safe
def thread(request: HttpRequest, **_parts: object) -> HttpResponse:
    """The comments after the one whose id is in `?after=`; without it all from the first on.
    `?sort=` is one of `threads.ORDERS`."""
    found = story_address(request, "comments/")
    if isinstance(found, HttpResponse):
        return found
    text = request.GET.get("after", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Http404
    order = request.GET.get("sort", "")
    if order not in ORDERS:
        raise Http404
    talk = discussion(found.article_id, int(text or 0), order=order)
    if talk is None:
        raise Http404
    version = found.article.current_version
    context = {
        "story_url": found.path,
        "headline": version.headline if version else "",
        "comments": talk.comments,
        "more_comments_url": _more(found.path, order, talk.after),
        "order": order,
        "article_id": found.article_id,
        "first": not text,
    }
    return public(request, render(request, "articles/comments/thread.html", context), FRESH_SECONDS)


def _more(path: str, order: str, after: int) -> str:
    sort = f"sort={order}&" if order else ""
    return f"{path}comments/?{sort}after={after}" if after else ""


@takes_forms(("reason",))
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, comment_id: int, **_parts: object) -> HttpResponse:
    """GET: the form to say why. POST: take it, 303 to the thanks; 422 without a reason, 429 when
    one visitor reports too often."""
    ending = f"comments/{comment_id}/report/"
    found = story_address(request, ending)
    if isinstance(found, HttpResponse):
        return found
    comments = Comment.objects.select_related("reader").filter(state=CommentState.APPROVED)
    comment = comments.filter(article=found.article_id, pk=comment_id).first()
    thanks = "thanks" in request.GET
    if comment is None and not thanks:
        raise Http404
    if request.method != "POST" or comment is None:
        page = _report_page(request, found.path, ending, comment, thanks=thanks)
        return public(request, page, FRESH_SECONDS)
    who = address_of(request)
    if not allowed("comment report", RATE, who):
        return uncached(_report_page(request, found.path, ending, comment, 429, often=True))
    try:
        reason = request.POST.get("reason", "")
        if len(reason.strip()) < 3 or allowed("comment reported", ONCE, who, str(comment.pk)):
            report_comment(comment, reason, timezone.now())
    except CommentRefused as refusal:
        page = _report_page(request, found.path, ending, comment, 422, error=str(refusal))
        return uncached(page)
    response = HttpResponse(status=303)
    response["Location"] = f"{found.path}{ending}?thanks"
    return uncached(response)


def _report_page(
    request: HttpRequest,
    story_url: str,
    ending: str,
    comment: Comment | None,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {
        "story_url": story_url,
        "action": f"{story_url}{ending}",
        "name": comment.reader.name_shown if comment else "",
        "text": comment.text if comment else "",
        "back": f"{story_url}#{anchor(comment.pk) if comment else 'comments'}",
        "reason": request.POST.get("reason", ""),
        "longest": LONGEST,
        **more,
    }
    return render(request, "articles/comments/report.html", context, status=status)
