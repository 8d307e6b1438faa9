"""The place to write a comment, at /comments/<article id>/.

The story's page is the same for everybody, so what is one reader's own comes from here: as a
fragment fetched into that page, or as a page of its own where no script runs. Never cached.
"""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles import appeals
from articles.addresses import current_path
from articles.comment_edits import edit_comment
from articles.commenters import is_banned, standing
from articles.comments import (
    LONGEST,
    CommentRefused,
    CommentsClosed,
    may_edit,
    takes_comments,
    write_comment,
)
from articles.models import Article, Comment, CommentState, Purpose, StandingPage
from articles.own_comments import comments_of
from articles.removals import headline_of
from newsroom.branding.models import Branding
from newsroom.edge.headers import uncached
from newsroom.edge.rates import allowed

RATE = "5/10 minutes"


@require_http_methods(["GET", "HEAD", "POST"])
def comments(request: HttpRequest, article_id: int) -> HttpResponse:
    """GET: the form or the line to sign in. POST `text`: hold the comment,
    an answer to the one whose id is `reply`; with `edit` (the id of one's own) change that one.

    A POST from the page answers 303 to the page that says so, one from a script the fragment;
    422 when the text cannot be taken, 403 closed or not signed in, 429 too many at once.
    """
    articles = Article.objects.select_related("current_version")
    article = get_object_or_404(articles, pk=article_id, live=True, current_version__isnull=False)
    path = current_path(article)
    if path is None:
        raise Http404
    if request.method != "POST":
        return _answer(request, article, path, held="held" in request.GET)
    text, answered = request.POST.get("text", ""), _answered(request, article)
    changed = _edited(request, article)
    if not request.user.is_authenticated:
        return _answer(request, article, path, status=403, text=text)
    if not allowed("comment", RATE, str(request.user.pk)):
        error = _("That was many comments in a short time. Please wait ten minutes.")
        return _answer(request, article, path, status=429, text=text, error=error)
    try:
        if changed is not None:
            edit_comment(changed, request.user, text, timezone.now())
        else:
            asks = bool(request.POST.get("asks"))
            write_comment(article, request.user, text, timezone.now(), answered, asks_byline=asks)
    except CommentsClosed as refusal:
        return _answer(request, article, path, status=403, text=text, error=str(refusal))
    except CommentRefused as refusal:
        return _answer(request, article, path, status=422, text=text, error=str(refusal))
    if wants_fragment(request):
        return _answer(request, article, path, held=True)
    response = HttpResponseRedirect(f"{reverse('comments', args=[article.pk])}?held")
    response.status_code = 303
    return uncached(response)


def _answered(request: HttpRequest, article: Article) -> Comment | None:
    """The comment that `reply` names, when it is shown under this story."""
    text = request.POST.get("reply") or request.GET.get("reply", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        return None
    shown = Comment.objects.filter(article=article, state=CommentState.APPROVED)
    return shown.select_related("reader").filter(pk=int(text)).first()


def _edited(request: HttpRequest, article: Article) -> Comment | None:
    """The reader's own comment that `edit` names, while it may be changed."""
    text = request.POST.get("edit") or request.GET.get("edit", "")
    if not (request.user.is_authenticated and text.isascii() and text.isdigit()) or len(text) > 18:
        return None
    own = Comment.objects.filter(article=article, reader=request.user.pk, pk=int(text)).first()
    return own if own and (may_edit(own, timezone.now()) or request.method == "POST") else None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal(request: HttpRequest, article_id: int, comment_id: int) -> HttpResponse:
    """The writer of a rejected comment asks for a second look. GET: comment, reason and the form.
    POST `words`: 303 to the account; 422 with the sentence beside the field."""
    assert request.user.is_authenticated
    own = Comment.objects.filter(article=article_id, reader=request.user.pk)
    comment = get_object_or_404(own.select_related("article__current_version"), pk=comment_id)
    words, error = request.POST.get("words", ""), ""
    if request.method == "POST":
        try:
            appeals.appeal(comment, words, timezone.now())
        except appeals.AppealRefused as refusal:
            error = str(refusal)
        else:
            messages.success(request, _("Your appeal waits: somebody else decides on it."))
            response = HttpResponseRedirect(f"{reverse('reader_account')}#comments")
            response.status_code = 303
            return uncached(response)
    context = {
        "comment": comment,
        "headline": headline_of(comment.article),
        "words": words,
        "error": error,
        "longest": appeals.LONGEST,
    }
    page = render(request, "articles/comments/appeal.html", context, status=422 if error else 200)
    return uncached(page)


def _guidelines() -> str:
    """Where the newsroom says what is welcome; empty where it says nothing."""
    pages = StandingPage.objects.live().filter(purpose=Purpose.COMMENTS)
    page = pages.filter(locale__language_code=(get_language() or "en")[:2]).first()
    return (page.url or "") if page else ""


def wants_fragment(request: HttpRequest) -> bool:
    """Asked for by our script (static/js/comment-box.js), not followed as a link."""
    return "fragment" in request.GET or request.headers.get("X-Requested-With") == "fetch"


def _answer(
    request: HttpRequest,
    article: Article,
    path: str,
    *,
    status: int = 200,
    text: str = "",
    error: str = "",
    held: bool = False,
) -> HttpResponse:
    """The fragment or the page. Context: see templates/articles/comments/box.html."""
    reader = request.user if request.user.is_authenticated else None
    now = timezone.now()
    how = standing(reader) if reader else None
    own = comments_of(reader, article.pk) if reader else []
    # Who came to answer somebody comes back to that, with what they answer before them.
    replying = request.get_full_path() if request.GET.get("reply") else ""
    next_ = replying or f"{path}#comments"
    context = {
        "story_url": path,
        "headline": headline_of(article),
        "open": takes_comments(article, now, Branding.load().comments_days),
        "answered": _answered(request, article) if not held else None,
        "banned": how if how and is_banned(how, now) else None,
        "trusted": bool(how and how.trusted_at),
        "reader": reader,
        "action": reverse("comments", args=[article.pk]),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': next_})}",
        "own": [c for c in own if c.state != CommentState.APPROVED or c.editable],
        "edited": _edited(request, article) if not held else None,
        # Shown before somebody's first comment anywhere.
        "first_time": reader is not None and not Comment.objects.filter(reader=reader).exists(),
        "guidelines_url": _guidelines() if reader else "",
        "may_ask": article.bylines.filter(person__reader__isnull=False).exists(),
        "text": text,
        "error": error,
        "held": held,
        "longest": LONGEST,
    }
    name = "box" if wants_fragment(request) else "page"
    response = render(request, f"articles/comments/{name}.html", context, status=status)
    response["Vary"] = "X-Requested-With, Cookie"
    return uncached(response)
