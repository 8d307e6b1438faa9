"""A reader's own data: what is held, the file of all of it, and being erased."""

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from newsroom.account import erasing
from newsroom.account.holding import archive, counts, person_of, what_stays
from newsroom.account.models import DAYS_TO_ANSWER, Erasure
from newsroom.edge.headers import uncached
from newsroom.edge.rates import allowed
from newsroom.readers.models import Reader

# Each reads all there is.
RATE_OF_FILES = "10/hour"
RATE_OF_MAILS = "4/day"


def _reader(request: HttpRequest) -> Reader:
    assert request.user.is_authenticated
    return Reader.objects.get(pk=request.user.pk)


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def held(request: HttpRequest) -> HttpResponse:
    """What is held, by kind; the way to the file and to being erased."""
    person = person_of(_reader(request))
    context = {"held": counts(person), "addresses": person.addresses, "days": DAYS_TO_ANSWER}
    return render(request, "account/data.html", context)


@require_safe
@cache_control(private=True, no_store=True)
@login_required
def download(request: HttpRequest) -> HttpResponse:
    """The ZIP file of everything; 429 when asked for too often."""
    reader, now = _reader(request), timezone.now()
    if not allowed("everything", RATE_OF_FILES, str(reader.pk)):
        person = person_of(reader)
        context = {"held": counts(person), "addresses": person.addresses, "often": True}
        return render(request, "account/data.html", context, status=429)
    response = HttpResponse(archive(person_of(reader), now), content_type="application/zip")
    name = f"everything-{timezone.localdate().isoformat()}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
@login_required
def erase(request: HttpRequest) -> HttpResponse:
    """GET says what goes and what stays. POST sends the mail whose link begins it: a session left
    open somewhere is not enough to lose everything. 422 for staff, 429 too often."""
    reader = _reader(request)
    person = person_of(reader)
    context = {"kept": what_stays(person), "held": counts(person), "email": reader.email}
    if request.method != "POST":
        return render(request, "account/erase.html", context)
    if not allowed("erase", RATE_OF_MAILS, str(reader.pk)):
        return render(request, "account/erase.html", context | {"often": True}, status=429)
    try:
        erasing.ask(person, reader.email, get_language() or "en", timezone.now())
    except erasing.CannotErase as refusal:
        return render(request, "account/erase.html", context | {"error": refusal}, status=422)
    return render(request, "account/erase.html", context | {"sent": True})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """From the mail, known by its token alone. GET: a button, or how far it has come. POST begins,
    and says the same when pressed again."""
    erasure = Erasure.objects.filter(token=token).first()
    if request.method == "POST" and erasure:
        if erasing.confirm(erasure, timezone.now()) and request.user.is_authenticated:
            logout(request)
        return uncached(redirect("reader_erase_confirm", token=token))
    if "state" in request.GET and erasure:
        state = {"done": erasure.finished_at is not None, "per_cent": erasure.per_cent}
        return uncached(JsonResponse(state))
    response = render(request, "account/erasing.html", _state_of(erasure))
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return uncached(response)


def _state_of(erasure: Erasure | None) -> dict[str, object]:
    if erasure is None:
        return {"step": "gone"}
    if erasure.finished_at:
        step = "done"
    elif erasure.confirmed_at:
        step = "going"
    else:
        step = "ask" if erasure.may_be_confirmed(timezone.now()) else "gone"
    kept = (
        erasing.planned(erasure)
        if step == "ask"
        else [erasing.kept_of(each) for each in erasure.kept]
    )
    return {"step": step, "erasure": erasure, "kept": kept}
