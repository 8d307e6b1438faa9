"""What brings money, the way there, and what the banner does: pages of a campaign's figures."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required

from campaigns import funnel, planning
from campaigns.models import Campaign
from campaigns.sources import VIEWS, sources
from newsroom.furniture import acting, desk_page

# As many days as one page of the funnel lists.
MOST_DAYS = 62
NAMES = {
    "article": gettext_lazy("Story last read"),
    "first_article": gettext_lazy("Story the visit began with"),
    "section": gettext_lazy("Section"),
    "author": gettext_lazy("Writer"),
    "letter": gettext_lazy("Letter"),
    "via": gettext_lazy("Banner, button, letter"),
    "referrer": gettext_lazy("How the visit came"),
    "device": gettext_lazy("Device"),
    "language": gettext_lazy("Language"),
    "frequency": gettext_lazy("Once or monthly"),
    "donor": gettext_lazy("First-time or earlier donor"),
}


def day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class PeriodForm(forms.Form):
    """The days looked at, both included; in the address, so that a view can be sent."""

    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=day_input())
    until = forms.DateField(label=gettext_lazy("To"), required=False, widget=day_input())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned

    def period(self, first: date, last: date) -> tuple[date, date]:
        """What was asked for, else from `first` to `last`."""
        asked = self.cleaned_data if self.is_valid() else {}
        last = asked.get("until") or max(last, asked.get("since") or last)
        since = asked.get("since") or min(first, last)
        self.shown = {"since": since, "until": last}
        return since, last

    def filled(self) -> "PeriodForm":
        """The same form with the days that are shown, where nothing in it is wrong."""
        if self.errors:
            return self
        typed = {name: value for name, value in self.data.items() if value}
        return type(self)({**self.shown, **typed})


class SourcesForm(PeriodForm):
    by = forms.ChoiceField(label=gettext_lazy("By"), required=False, choices=list(NAMES.items()))

    field_order = ("by", "since", "until")


class HoldoutForm(forms.Form):
    share = forms.IntegerField(
        label=gettext_lazy("Of 100 page loads, without the banner"),
        min_value=0,
        max_value=50,
        help_text=gettext_lazy(
            "0 ends it. A small share, such as 10, costs little; it takes longer to tell."
        ),
    )


@permission_required("campaigns.view_analytics")
def what_brings_money(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One view at a time, chosen in the address."""
    found = get_object_or_404(Campaign, pk=campaign_id)
    form = SourcesForm({"by": "article", **request.GET.dict()})
    form.is_valid()
    view = form.cleaned_data.get("by") or "article"
    since, until = form.period(_first_day(found), _today(found))
    page = desk_page(
        _("%(campaign)s: what brings money") % {"campaign": found.title},
        icon="view",
        trail=_trail(found),
        campaign=found,
        currency=found.currency,
        form=form.filled(),
        view=view,
        view_name=NAMES[view],
        views=[(name, words, name == view) for name, words in NAMES.items() if name in VIEWS],
        found=sources(found, view, since, until),
        since=since,
        until=until,
        sees_stories=request.user.has_perm("campaigns.view_analytics"),
    )
    return render(request, "campaigns/desk/sources.html", page)


@permission_required("campaigns.view_analytics")
def way_to_a_gift(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The funnel, and what the banner does where a holdout runs or ran."""
    found = get_object_or_404(Campaign, pk=campaign_id)
    form = PeriodForm(request.GET)
    today = _today(found)
    since, until = form.period(max(_first_day(found), today - timedelta(days=29)), today)
    if form.is_valid() and (until - since).days >= MOST_DAYS:
        form.add_error("since", _("At most %(days)d days at a time.") % {"days": MOST_DAYS})
        since = until - timedelta(days=MOST_DAYS - 1)
    page = desk_page(
        _("%(campaign)s: the way to a gift") % {"campaign": found.title},
        icon="view",
        trail=_trail(found),
        campaign=found,
        form=form.filled(),
        funnel=funnel.funnel(found, since, until, timezone.now()),
        holdout=funnel.holdout(found, _first_day(found), today),
        share=HoldoutForm(initial={"share": found.holdout}),
        may_hold_out=request.user.has_perm("campaigns.change_campaign"),
        since=since,
        until=until,
    )
    return render(request, "campaigns/desk/funnel.html", page)


@permission_required("campaigns.change_campaign")
def hold_out(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Set on how many of a hundred page loads the banner is not shown."""
    found = get_object_or_404(Campaign, pk=campaign_id)
    form = HoldoutForm(request.POST or None, initial={"share": found.holdout})
    if request.method == "POST" and form.is_valid():
        planning.set_holdout(found, form.cleaned_data["share"], by=acting(request))
        messages.success(request, _("Saved: stories follow within a few seconds."))
        return redirect("campaigns_desk:funnel", found.pk)
    page = desk_page(
        _("%(campaign)s: leaving the banner out") % {"campaign": found.title},
        icon="view",
        trail=[
            *_trail(found),
            (reverse("campaigns_desk:funnel", args=[found.pk]), _("The way to a gift")),
        ],
        campaign=found,
        form=form,
    )
    return render(
        request, "campaigns/desk/holdout.html", page, status=422 if form.is_bound else 200
    )


def _first_day(campaign: Campaign) -> date:
    return campaign.starts_at.astimezone(campaign.zone).date()


def _today(campaign: Campaign) -> date:
    return timezone.now().astimezone(campaign.zone).date()


def _trail(campaign: Campaign) -> list[tuple[str, str]]:
    return [
        (reverse("campaigns_desk:campaigns"), _("Campaigns")),
        (reverse("campaigns_desk:analytics", args=[campaign.pk]), campaign.title),
    ]
