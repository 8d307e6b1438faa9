"""What a campaign's page says to win a gift, on the desk: milestones, what a gift pays for,
questions with their answers. A line left empty is no line."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.auth import permission_required
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

from campaigns.case import Case, MilestoneWish, store_case
from campaigns.desk.forms import amount_in, as_typed
from campaigns.models import Campaign
from campaigns.planning import CampaignRefused
from newsroom.furniture import acting, desk_page

ICON = "list-ul"
MOST = 12
EMPTY_LINES = 2


class _Line(forms.Form):
    """A line of two fields that belong together: both or none."""

    use_required_attribute = False
    pair: tuple[str, str]
    currency = "cad"

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for one, other in (self.pair, self.pair[::-1]):
            if data.get(other) and not data.get(one) and one not in self.errors:
                self.add_error(one, _("Fill this in too, or empty the whole line."))
        return data

    def clean_amount(self) -> int | None:
        typed = self.cleaned_data["amount"].strip()
        return amount_in(typed, self.currency) if typed else None

    @property
    def filled(self) -> bool:
        return bool(self.cleaned_data.get(self.pair[0]))


class MilestoneLine(_Line):
    pair = ("amount", "words")
    amount = forms.CharField(label=gettext_lazy("Amount"), required=False, max_length=40)
    words = forms.CharField(
        label=gettext_lazy("What it makes possible"), required=False, max_length=200
    )
    picture = forms.ModelChoiceField(
        get_image_model().objects.all(),
        label=gettext_lazy("Picture"),
        required=False,
        widget=AdminImageChooser,
        error_messages={"invalid_choice": gettext_lazy("This picture is not there any more.")},
    )


class UseLine(_Line):
    pair = ("amount", "words")
    amount = forms.CharField(label=gettext_lazy("A gift of"), required=False, max_length=40)
    words = forms.CharField(label=gettext_lazy("pays for"), required=False, max_length=200)


class QuestionLine(_Line):
    pair = ("question", "answer")
    question = forms.CharField(label=gettext_lazy("Question"), required=False, max_length=200)
    answer = forms.CharField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _lines(
    line: type[_Line], prefix: str, campaign: Campaign, rows: list[dict[str, Any]], data: Any
) -> forms.BaseFormSet[Any]:
    of_campaign = type(line.__name__, (line,), {"currency": campaign.currency})
    extra = EMPTY_LINES if rows else EMPTY_LINES + 1
    made: type[forms.BaseFormSet[Any]] = forms.formset_factory(
        of_campaign, extra=extra, max_num=MOST, validate_max=True
    )
    # What is sent stands for itself, whatever was stored since the page was opened.
    return made(data, prefix=prefix) if data else made(initial=rows, prefix=prefix)


@permission_required("campaigns.change_campaign")
def case(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """The page with its three lists, and what is typed in them."""
    campaign = get_object_or_404(Campaign, pk=campaign_id)
    lists = _all_lines(campaign, request.POST)
    # Each is looked through, so that every refusal is seen at once.
    checked = [request.method == "POST" and each.is_valid() for each in lists.values()]
    if all(checked) and _stored(campaign, lists, request):
        messages.success(request, _("“%(title)s” is saved.") % {"title": campaign.title})
        return redirect("campaigns_desk:case", campaign.pk)
    trail = [
        (reverse("campaigns_desk:campaigns"), _("Campaigns")),
        (reverse("campaigns_desk:edit", args=[campaign.pk]), campaign.title),
    ]
    page = desk_page(
        _("Milestones and answers of “%(title)s”") % {"title": campaign.title},
        icon=ICON,
        trail=trail,
        media=lists["milestones"].media,
        campaign=campaign,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "campaigns/desk/case.html", page | lists, status=status)


def _all_lines(campaign: Campaign, data: Any) -> dict[str, forms.BaseFormSet[Any]]:
    currency = campaign.currency
    milestones = [
        {
            "amount": as_typed(mark.amount, currency),
            "words": mark.words,
            "picture": mark.picture_id,
        }
        for mark in campaign.marks.all()
    ]
    uses = [
        {"amount": as_typed(use.amount, currency), "words": use.words}
        for use in campaign.gift_uses.all()
    ]
    questions = [dict(each) for each in campaign.questions.values("question", "answer")]
    return {
        "milestones": _lines(MilestoneLine, "milestones", campaign, milestones, data),
        "uses": _lines(UseLine, "uses", campaign, uses, data),
        "questions": _lines(QuestionLine, "questions", campaign, questions, data),
    }


def _stored(
    campaign: Campaign, lists: dict[str, forms.BaseFormSet[Any]], request: HttpRequest
) -> bool:
    milestones = [
        MilestoneWish(
            row=row,
            amount=line.cleaned_data["amount"],
            words=line.cleaned_data["words"],
            picture=picture.pk if (picture := line.cleaned_data.get("picture")) else None,
        )
        for row, line in enumerate(lists["milestones"])
        if line.filled
    ]
    uses = [
        (line.cleaned_data["amount"], line.cleaned_data["words"])
        for line in lists["uses"]
        if line.filled
    ]
    questions = [
        (line.cleaned_data["question"], line.cleaned_data["answer"])
        for line in lists["questions"]
        if line.filled
    ]
    try:
        store_case(campaign, Case(milestones, uses, questions), by=acting(request))
    except CampaignRefused as refusal:
        _name, _dash, row = refusal.field.partition("-")
        if row:
            lists["milestones"][int(row)].add_error("amount", str(refusal))
        else:
            lists["milestones"].non_form_errors().append(str(refusal))
        return False
    return True
