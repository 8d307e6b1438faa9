"""A campaign's matches on the desk: what sponsors promised, what of it was added."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import HeaderButton

from campaigns.desk.forms import amount_in, as_typed
from campaigns.models import Campaign, Match
from campaigns.planning import MatchRefused, end_of, first_instant, last_day, store_match
from newsroom.furniture import acting, desk_page

ICON = "group"


class MatchForm(forms.ModelForm):
    """A match as staff think of it: money as people write it, days in the campaign's time zone."""

    percent = forms.IntegerField(
        label=gettext_lazy("Added to each gift, per cent"),
        min_value=1,
        max_value=1000,
        help_text=gettext_lazy("100 doubles a gift, 50 adds half of it."),
    )
    cap_typed = forms.CharField(label=gettext_lazy("At most, in all"), max_length=40)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=AdminDateInput,
        required=False,
        help_text=gettext_lazy("Empty: as long as the campaign runs, or until it is used up."),
    )

    class Meta:
        model = Match
        fields = ["sponsor", "percent"]
        help_texts = {"sponsor": gettext_lazy("As readers see it: “The Larch Fund”.")}

    field_order = ["sponsor", "percent", "cap_typed", "first_day", "last_day"]

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        match = self.instance
        if match.pk:
            zone = match.campaign.zone
            self.initial = {
                **self.initial,
                "cap_typed": as_typed(match.cap, match.campaign.currency),
                "first_day": match.starts_at.astimezone(zone).date(),
                "last_day": last_day(match.ends_at, zone),
            }
        else:
            self.initial["first_day"] = timezone.now().astimezone(match.campaign.zone).date()

    def clean_cap_typed(self) -> int:
        return amount_in(self.cleaned_data["cap_typed"], self.instance.campaign.currency)

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        for name, day in (("first_day", first), ("last_day", last)):
            if day and not 2000 <= day.year <= 2199:
                self.add_error(name, _("Enter a day between the years 2000 and 2199."))
        if first and last and last < first:
            raise ValidationError({"last_day": _("The last day is before the first.")})
        if self.errors or not first:
            return data
        match, zone = self.instance, self.instance.campaign.zone
        # A day left as it was keeps its instant.
        if not (match.pk and first == self.initial["first_day"]):
            match.starts_at = first_instant(first, zone)
        if not (match.pk and last == self.initial["last_day"]):
            match.ends_at = end_of(last, zone) if last else None
        match.cap = data["cap_typed"]
        return data


@permission_required("campaigns.view_match")
def index(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """All matches of a campaign, the newest first: there are a handful."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    rows = [
        {"match": match, "last_day": last_day(match.ends_at, campaign.zone)}
        for match in campaign.matches.all()
    ]
    buttons = []
    if request.user.has_perm("campaigns.add_match"):
        url = reverse("campaigns_desk:add_match", args=[campaign.pk])
        buttons = [HeaderButton(_("Add a match"), url, icon_name="plus")]
    page = desk_page(
        _("Matches of “%(title)s”") % {"title": campaign.title},
        icon=ICON,
        trail=_trail(campaign),
        buttons=buttons,
        campaign=campaign,
        rows=rows,
    )
    return render(request, "campaigns/desk/matches.html", page)


@permission_required("campaigns.add_match")
def add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    return _form_page(request, Match(campaign=campaign), _("New match"), _("Add the match"))


@permission_required("campaigns.change_match")
def edit(request: HttpRequest, campaign_id: int, match_id: int) -> HttpResponse:
    match = get_object_or_404(
        Match.objects.select_related("campaign"), pk=match_id, campaign=campaign_id
    )
    return _form_page(request, match, match.sponsor, _("Save"))


def _form_page(request: HttpRequest, match: Match, title: str, submit: str) -> HttpResponse:
    form = MatchForm(request.POST or None, instance=match)
    if request.method == "POST" and form.is_valid() and _stored(form, request):
        messages.success(request, _("The match of %(who)s is saved.") % {"who": match.sponsor})
        return redirect("campaigns_desk:matches", match.campaign_id)
    matches = (
        reverse("campaigns_desk:matches", args=[match.campaign_id]),
        _("Matches"),
    )
    page = desk_page(
        title,
        icon=ICON,
        trail=[*_trail(match.campaign), matches],
        form=form,
        media=form.media,
        action_url=request.path,
        submit_button_label=submit,
        submit_button_active_label=_("Saving…"),
    )
    status = 422 if form.is_bound else 200
    return render(request, "campaigns/desk/plain_form.html", page, status=status)


def _stored(form: MatchForm, request: HttpRequest) -> bool:
    try:
        store_match(form.instance, by=acting(request))
    except MatchRefused as refusal:
        form.add_error(refusal.field, str(refusal))
        return False
    return True


def _trail(campaign: Campaign) -> list[tuple[str, str]]:
    return [
        (reverse("campaigns_desk:campaigns"), _("Campaigns")),
        (reverse("campaigns_desk:edit", args=[campaign.pk]), campaign.title),
    ]
