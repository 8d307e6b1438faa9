"""A letter: one issue of a newsletter, who gets it, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField

from newsroom.letters.models.blocks import LetterBlocks
from newsroom.letters.models.newsletters import Newsletter
from newsroom.letters.models.subscribers import Subscriber


class Purpose(models.TextChoices):
    NEWS = "news", _("stories")
    BREAKING = "breaking", _("breaking news")
    APPEAL = "appeal", _("appeal")
    REMINDER = "reminder", _("appeal: reminder")
    LAST_DAY = "last_day", _("appeal: last day")
    THANKS = "thanks", _("thanks to who gave")
    CORRECTION = "correction", _("correction of an earlier letter")


APPEALS = (Purpose.APPEAL, Purpose.REMINDER, Purpose.LAST_DAY)


class LetterState(models.TextChoices):
    DRAFT = "draft", _("draft")
    WAITING = "waiting", _("waiting for a second person")
    SCHEDULED = "scheduled", _("scheduled")
    SENDING = "sending", _("going out")
    PAUSED = "paused", _("paused")
    SENT = "sent", _("sent")


class Letter(models.Model):
    """One issue. While it is a draft `body` is what staff compose; `content`, `text` and `html`
    are the words as sent, sealed when sending begins, with `{{…}}` where each reader's own links
    stand (`rendering.py`). `reached` is the last subscriber who has a row in Recipient.

    `to_givers` lets an appeal go to those who gave to its campaign already. `figures` are the
    counts that the desk shows, made anew while they can change.
    """

    newsletter = models.ForeignKey(
        Newsletter,
        verbose_name=_("newsletter"),
        on_delete=models.PROTECT,
        related_name="letters",
    )
    purpose = models.CharField(
        _("purpose"), max_length=10, choices=Purpose.choices, default=Purpose.NEWS
    )
    subject = models.CharField(_("subject"), max_length=150)
    preheader = models.CharField(
        _("line beside the subject"),
        max_length=150,
        blank=True,
        help_text=_("What a mail program shows after the subject."),
    )
    body = StreamField(LetterBlocks(), verbose_name=_("letter"), blank=True)
    campaign = models.ForeignKey(
        "campaigns.Campaign",
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Of an appeal or its thanks: who gave to it gets no further appeal."),
    )
    to_givers = models.BooleanField(_("also to those who gave to this campaign"), default=False)
    correction = models.ForeignKey(
        "articles.Correction", null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=LetterState.choices,
        default=LetterState.DRAFT,
        editable=False,
    )
    scheduled_at = models.DateTimeField(_("goes out"), null=True, blank=True, editable=False)
    ready_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    content = models.JSONField(default=list, editable=False)
    text = models.TextField(editable=False, blank=True)
    html = models.TextField(editable=False, blank=True)
    sealed_at = models.DateTimeField(_("sealed"), null=True, editable=False)
    reached = models.BigIntegerField(default=0, editable=False)
    filled_at = models.DateTimeField(null=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    figures = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("begun"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-id"]
        default_permissions = ("view", "add", "change")
        permissions = [("send_letter", "Can send a letter")]
        indexes = [
            models.Index(fields=["newsletter", "-sealed_at"], name="letters_of_a_newsletter"),
            models.Index(
                fields=["scheduled_at"],
                name="letters_under_way",
                condition=models.Q(state__in=["scheduled", "sending"]),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agreed_by=None) | ~models.Q(agreed_by=models.F("ready_by")),
                name="a_second_person_agrees_to_a_letter",
            ),
            models.UniqueConstraint(
                fields=["newsletter", "correction"],
                condition=models.Q(correction__isnull=False),
                name="a_correction_is_one_letter",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_appeal(self) -> bool:
        return self.purpose in APPEALS

    @property
    def via(self) -> str:
        """By what gifts say that they began here."""
        return f"letter-{self.pk}"


class LetterStory(models.Model):
    """A story that stands in a sent letter, for its corrections."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="stories")
    article = models.ForeignKey("articles.Article", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["letter", "article"], name="a_story_once_a_letter")
        ]


class LetterCorrection(models.Model):
    """An entry that a newsletter's readers are owed, since the story stood in one of its letters.
    `told_in` is the letter that carries it; None while the next one is still to come. `serious`
    goes at once."""

    newsletter = models.ForeignKey(Newsletter, on_delete=models.CASCADE, related_name="+")
    correction = models.ForeignKey(
        "articles.Correction", on_delete=models.PROTECT, related_name="+"
    )
    serious = models.BooleanField(default=False)
    told_in = models.ForeignKey(
        Letter, null=True, on_delete=models.SET_NULL, related_name="corrections"
    )
    noticed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("correction for a newsletter")
        verbose_name_plural = _("corrections for newsletters")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["newsletter", "correction"], name="a_correction_once_a_newsletter"
            )
        ]


class LetterLink(models.Model):
    """An address in a sent letter, and how often it was followed: clicks, not people."""

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField()
    url = models.CharField(max_length=1000)
    clicks = models.PositiveIntegerField(default=0)
    # Followed by programs that look through mail (`clicks.is_a_program`).
    by_programs = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="link_number_in_letter")
        ]


class Fate(models.TextChoices):
    OWED = "owed", _("still to go")
    SENDING = "sending", _("being sent")
    ACCEPTED = "accepted", _("accepted")
    SKIPPED = "skipped", _("left out")
    FAILED = "failed", _("refused")
    BOUNCED = "bounced", _("came back")


class Recipient(models.Model):
    """One letter to one subscriber: the row is the promise that it goes out once.

    `claimed_until` is the end of a worker's lease. `fate` is `sending` from just before the mail
    server is spoken to until its answer is noted: what a killed worker leaves so goes out again
    with the same Message-ID, and only that can be twice (`again` counts it). The address is the
    subscriber's; where that was erased the row stays for the count.
    """

    letter = models.ForeignKey(Letter, on_delete=models.CASCADE, related_name="recipients")
    subscriber = models.ForeignKey(
        Subscriber, null=True, on_delete=models.SET_NULL, related_name="received"
    )
    provider = models.CharField(max_length=40)
    fate = models.CharField(max_length=8, choices=Fate.choices, default=Fate.OWED)
    why = models.CharField(max_length=120, blank=True, default="", db_default="")
    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # What the provider calls the message, where it has a word of its own.
    provider_id = models.CharField(max_length=200, blank=True, default="", db_default="")
    due_at = models.DateTimeField(db_default=Now())
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    again = models.PositiveSmallIntegerField(default=0, db_default=0)
    sent_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    complained_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["letter", "subscriber"], name="a_letter_once_a_reader")
        ]
        indexes = [
            models.Index(
                fields=["letter", "due_at"],
                name="recipients_owed",
                condition=models.Q(fate__in=["owed", "sending"]),
            ),
            models.Index(fields=["subscriber", "-sent_at"], name="letters_to_a_reader"),
            models.Index(
                fields=["provider_id"],
                name="recipients_by_provider_id",
                condition=~models.Q(provider_id=""),
            ),
        ]
