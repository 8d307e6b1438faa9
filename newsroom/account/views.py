"""The reader's page: the public name, followed stories, own comments with their state, own
donations."""

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from articles import following
from articles.commenters import is_banned, standing
from articles.own_comments import comments_of
from newsroom.account.forms import PublicNameForm
from newsroom.account.giving import gifts_of, recurring_of, years_of
from newsroom.account.tax import SHOWN, address_links, receipts_of
from newsroom.edge.rates import allowed
from newsroom.letters import signing_up
from newsroom.readers.models import Reader

# A name stands under each of their comments: another one makes all of those pages anew.
RENAMING: Final = "5/hour"


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
@login_required
def reader(request: HttpRequest) -> HttpResponse:
    """GET shows the page; POST changes the public name."""
    assert request.user.is_authenticated
    person = Reader.objects.get(pk=request.user.pk)
    how = standing(person)
    form = PublicNameForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid() and _may_rename(form, person):
        form.save()
        messages.success(request, _("Your name and language are saved."))
        return redirect("reader_account")
    return render(
        request,
        "account/reader.html",
        {
            "email": person.email,
            "name_form": form,
            "comments": comments_of(person),
            "banned": how if is_banned(how, timezone.now()) else None,
            "trusted": how.trusted_at is not None,
            "follows": following.follows_of(person),
            "letters": signing_up.letters_shown(person),
            "donations": gifts_of(person),
            "recurring": recurring_of(person),
            "years": years_of(person),
            "tax_receipts": receipts_of(person)[:SHOWN],
            "receipt_addresses": address_links(person),
        },
        status=422 if form.is_bound else 200,
    )


def _may_rename(form: PublicNameForm, person: Reader) -> bool:
    renames = "public_name" in form.changed_data
    if not renames or allowed("public name", RENAMING, str(person.pk)):
        return True
    form.add_error(
        "public_name",
        _("You changed your name a few times just now. Please try again in an hour."),
    )
    return False


@require_POST
@cache_control(private=True, no_store=True)
@login_required
def follows(request: HttpRequest) -> HttpResponse:
    """What to hear of a followed story (`do` is "all" or "corrections"), or "stop"."""
    assert request.user.is_authenticated
    person = Reader.objects.get(pk=request.user.pk)
    wanted, do = request.POST.get("follow", ""), request.POST.get("do", "")
    own = following.followed_by(person)
    found = own.filter(pk=int(wanted)).first() if wanted.isascii() and wanted.isdigit() else None
    if found and do == "stop":
        following.stop(found.token)
        messages.success(request, _("You get no more mail about that story."))
    elif found and do in ("all", "corrections"):
        following.choose(found, updates_too=do == "all")
        messages.success(request, _("Your choice is saved."))
    return redirect(f"{reverse('reader_account')}#follows")
