"""The form in which stories are written, and what it asks before changed words are published."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    CommentPanel,
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    PublishingPanel,
    TitleFieldPanel,
)

from articles.comparing import ChangedWords, changed_words
from articles.corrections import Record, SilentEdit, judge, pending, set_pending
from articles.desk import entry_rows, translations, what_changed
from articles.desk.before_publishing import BeforePublishingPanel
from articles.desk.moments import NewsroomMomentField, in_what_zone
from articles.developing import mark, needs_one_line, one_line_until
from articles.embargo import Embargoed, refuse_before_embargo
from articles.models import Article, Byline
from articles.passages import Passage, passages
from articles.picture_rights import UnfitPicture, refuse_unfit_pictures
from articles.retractions import NotRetracted, refuse_body_taken_away
from articles.set_aside import keep_aside, set_aside
from articles.shapes import shape_of, shape_of_version
from articles.versions import (
    Content,
    content_of,
    people,
    pictures_copy,
    text_paragraphs,
)
from newsroom.branding.models import Branding


class StoryForm(WagtailAdminPageForm):
    """A story's form. What is said about a change is kept with the draft; when the words would go
    public it must be complete."""

    locals().update(what_changed.fields())
    data: Any
    translation = translations.field()
    embargo_until = NewsroomMomentField(
        label=gettext_lazy("Embargo until"),
        required=False,
        help_text=gettext_lazy(
            "In the newsroom's time. Nobody can publish the story before, whatever they press; it "
            "may be scheduled for then or later."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        article: Article | None = kwargs.get("instance")
        self.said_before = pending(article) if article else Record()
        found = self._draft_passages(article)
        # Offered again only while the draft still says something that readers do not see.
        self.aside = set_aside(article) if article and found else Record()
        values = what_changed.initial(self.said_before, self.aside, found)
        values[translations.FIELD] = translations.initial(article)
        kwargs["initial"] = values | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if "comments_pause" in self.fields:
            self.fields["comments_pause"].required = False
        used = sum(name.endswith("_kind") for name in values)
        self.row_count = entry_rows.rows_in(self.data, used)
        entry_rows.keep_rows(self.fields, self.row_count, what_changed.replaceable(article))

    def clean_comments_pause(self) -> int:
        # Who empties the field wants no pause.
        return self.cleaned_data["comments_pause"] or 0

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("expire_at") and not (cleaned.get("expire_reason") or "").strip():
            self.add_error("expire_reason", _("Say why it expires: readers are told."))
        if why := self._translation_fault(cleaned.get(translations.FIELD)):
            self.add_error(translations.FIELD, why)
        if cleaned.get("lead_image") and not self.is_deferred_validation:
            for name, sentence in (
                ("lead_image_alt", _("Say what the picture shows, for who cannot see it.")),
                ("lead_image_credit", _("Say whose picture it is.")),
            ):
                if not cleaned.get(name):
                    self.add_error(name, sentence)
        return cleaned

    def save(self, commit: bool = True) -> Article:
        if translations.FIELD in self.changed_data:
            chosen = self.cleaned_data.get(translations.FIELD)
            translations.keep(self.instance, chosen, self.for_user)
        saved: Article = super().save(commit=commit)
        return saved

    def _translation_fault(self, chosen: Article | None) -> str:
        if translations.FIELD not in self.changed_data:
            return ""
        if not self.instance.pk and self.parent_page:
            self.instance.locale_id = self.parent_page.locale_id
        return translations.fault(self.instance, chosen, self.for_user)

    def _post_clean(self) -> None:
        # After Django has put the fields' values on the story: only then can its words be read.
        super()._post_clean()
        mark(self.instance, timezone.now())
        if self._goes_public():
            self._refuse_before_embargo()
        if self.cleaned_data.get("whats_new") and not self.one_line_until:
            sentence = _("One line is no longer enough for this story: make it an entry below.")
            self.add_error("whats_new", sentence)
        record, rows = what_changed.record_of(self.cleaned_data, self.row_count, self._signer())
        if not self.instance.current_version_id:
            record = Record()
        if (record.entries, record.minor_reason) == (
            list(self.said_before.entries),
            self.said_before.minor_reason,
        ):
            record = self.said_before
        set_pending(self.instance, record)
        keep_aside(self.instance, self._not_taken_up(record))
        if self.instance.current_version_id and self._goes_public() and self._people_are_known():
            self._ask(record, rows)
            self._ask_of_retracted_body(record)
        if self._goes_public():
            self._ask_of_pictures()

    def changes(self) -> list[ChangedWords]:
        """The first places where the draft's words differ from what readers see now."""
        if not self.instance.current_version_id or not self._people_are_known():
            return []
        last = self.instance.current_version
        return changed_words(text_paragraphs(last.content), text_paragraphs(self._content()))

    @property
    def one_line_until(self) -> datetime | None:
        """Until when one line is enough for an update; None when it is not, or no longer."""
        hours = Branding.load().developing_hours
        if not needs_one_line(self.instance, timezone.now(), hours):
            return None
        return one_line_until(self.instance, hours)

    def passages(self) -> list[Passage]:
        """The same places in context, for the panel."""
        if not self.instance.current_version_id or not self._people_are_known():
            return []
        last = self.instance.current_version
        return passages(text_paragraphs(last.content), text_paragraphs(self._content()))

    def _draft_passages(self, article: Article | None) -> list[Passage]:
        if not article or article.current_version is None:
            return []
        after = text_paragraphs(content_of(article, files=False))
        return passages(text_paragraphs(article.current_version.content), after)

    def _not_taken_up(self, record: Record) -> Record:
        """What was set aside and is not among what is said now."""
        left = [entry for entry in self.aside.entries if entry not in record.entries]
        return Record(left, by=self.aside.by) if left else Record()

    def _suggest(self) -> None:
        """Put what might be said into the empty rows of a form that comes back refused."""
        self.data = self.data.copy()
        for row, entry in enumerate(what_changed.suggestions(self.passages())):
            values = entry_rows.initial_of(row, entry, offered=True)
            if row < self.row_count and not any(
                self.data.get(name) for name in entry_rows.names(row)
            ):
                self.data.update({name: value or "" for name, value in values.items()})

    def _moment(self) -> datetime:
        """When the words would go public."""
        now = timezone.now()
        return max(now, self.cleaned_data.get("go_live_at") or now)

    def _refuse_before_embargo(self) -> None:
        try:
            refuse_before_embargo(self.instance, self._moment())
        except Embargoed as refusal:
            self.add_error("embargo_until", str(refusal))

    def _ask(self, record: Record, rows: list[int]) -> None:
        last, content = self.instance.current_version, self._content()
        before, after = shape_of_version(last), shape_of(content)
        try:
            judge(before, after, record, self._moment(), self.instance.first_published_at)
        except SilentEdit as refusal:
            self._answer(refusal, rows)

    def _ask_of_retracted_body(self, record: Record) -> None:
        try:
            refuse_body_taken_away(self.instance.pk, self._content(), record)
        except NotRetracted as refusal:
            self.add_error("retracted_body", str(refusal))

    def _ask_of_pictures(self) -> None:
        last = self.instance.current_version
        pictures = pictures_copy(self.instance)
        try:
            refuse_unfit_pictures(pictures, last.content if last else None, self._moment())
        except UnfitPicture as refusal:
            lead = pictures["lead_image"]
            at_lead = lead is not None and lead["image"] == refusal.unfit.image
            parts = {"alt": "lead_image_alt", "credit": "lead_image_credit", "right": "lead_image"}
            field = parts[refusal.unfit.lacks] if at_lead else "body"
            if not self.has_error(field):
                self.add_error(field, str(refusal))

    def _answer(self, refusal: SilentEdit, rows: list[int]) -> None:
        """Put the refusal beside the field where the editor can mend it."""
        parts = {"was": "was", "now": "now", "future": "at", "noticed": "noticed"}
        part = parts.get(refusal.fault, "kind")
        row = rows[refusal.entry] if refusal.entry is not None else 0
        sentences = [str(refusal)]
        if refusal.fault == "unexplained":
            self._suggest()
            sentences += [_in_a_sentence(change) for change in self.changes()]
        in_one_line = row == what_changed.NEWS or (
            refusal.fault in ("unexplained", "swapped") and self.one_line_until
        )
        name = "whats_new" if in_one_line else f"entry_{row}_{part}"
        self.add_error(name, ValidationError(sentences))

    def _goes_public(self) -> bool:
        if self.is_deferred_validation:
            return False
        approves = (
            "action-workflow-action" in self.data
            and self.data.get("workflow-action-name") == "approve"
        )
        return "action-publish" in self.data or approves

    def _signer(self) -> int | None:
        return self.for_user.pk if self.for_user else None

    def _people_are_known(self) -> bool:
        return not self.is_bound or "bylines" not in self.formsets or self._bylines().is_valid()

    def _bylines(self) -> forms.BaseFormSet:
        return self.formsets["bylines"]

    def _content(self) -> Content:
        """The story's copy as the form would save it: bylines are put on it only then."""
        content = content_of(self.instance, files=False)
        if self.is_bound and "bylines" in self.formsets:
            lines = [
                Byline(person=form.cleaned_data["person"], kind=form.cleaned_data["kind"])
                for form in self._bylines().ordered_forms
                if form.cleaned_data.get("person")
            ]
            content["bylines"] = people(lines, Byline.Kind.BYLINE)
            content["credits"] = people(lines, Byline.Kind.CREDIT)
        return content


def join(model: type[Article]) -> None:
    """Give the story's model its desk: form and panels. The model itself knows of none."""
    model.base_form_class = StoryForm
    model.content_panels = [
        what_changed.WhatChangedPanel(heading=gettext_lazy("What changed"), icon="edit"),
        BeforePublishingPanel(heading=gettext_lazy("Before you publish"), icon="tick"),
        TitleFieldPanel("title", heading=gettext_lazy("Headline")),
        FieldPanel("dek", help_text=gettext_lazy("One or two sentences under the headline.")),
        FieldRowPanel([FieldPanel("label"), FieldPanel("location")]),
        InlinePanel(
            "bylines",
            panels=[FieldPanel("person"), FieldPanel("kind")],
            heading=gettext_lazy("Bylines and credits"),
            label=gettext_lazy("Person"),
            help_text=gettext_lazy("In the order in which they are shown."),
        ),
        MultiFieldPanel(
            [
                FieldPanel("lead_image"),
                FieldPanel("lead_image_alt"),
                FieldPanel("lead_image_caption"),
                FieldPanel("lead_image_credit"),
            ],
            heading=gettext_lazy("Lead picture"),
        ),
        FieldPanel("body"),
        FieldPanel(
            "topics",
            widget=forms.CheckboxSelectMultiple,
            help_text=gettext_lazy("What it is about. New ones are made under Topics in the menu."),
        ),
        InlinePanel(
            "pins",
            panels=[FieldPanel("story")],
            heading=gettext_lazy("Pinned under Keep reading"),
            label=gettext_lazy("Story"),
            max_num=4,
        ),
        MultiFieldPanel(
            [
                FieldPanel("developing"),
                FieldPanel("content_warning"),
                FieldPanel("comments_open"),
                FieldPanel("comments_stay_open"),
                FieldPanel("comments_pause"),
                FieldPanel("retracted_body"),
            ],
            heading=gettext_lazy("How it is shown"),
        ),
        translations.TranslationPanel(heading=gettext_lazy("In another language"), icon="globe"),
        MultiFieldPanel([FieldPanel("embargo_until")], heading=gettext_lazy("Embargo")),
    ]
    model.promote_panels = [FieldPanel("slug")]
    model.settings_panels = [
        PublishingPanel(help_text=in_what_zone()),
        FieldPanel("expire_reason"),
        CommentPanel(),
    ]


def _in_a_sentence(change: ChangedWords) -> str:
    if not change.before:
        return _("Added: “%(words)s”.") % {"words": change.after}
    if not change.after:
        return _("Taken out: “%(words)s”.") % {"words": change.before}
    return _("Was “%(before)s”, would be “%(after)s”.") % {
        "before": change.before,
        "after": change.after,
    }
