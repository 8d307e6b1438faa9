"""What the desk keeps about donors: years, who was joined with whom, notes, calls, segments."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Donation, Donor


class DonorYear(models.Model):
    """What one donor's entries of a year in one currency come to, kept in each entry's own
    transaction, so that no page reads all gifts.

    `year` is that of the entry in its campaign's time zone. `net` and what of it came by monthly
    and yearly gifts (`regular`) in minor units; `gifts` counts those received, whatever became
    of them; `last_at` is when the last of them was.
    """

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="years", db_index=False)
    year = models.PositiveSmallIntegerField()
    currency = models.CharField(max_length=3)
    net = models.BigIntegerField(default=0)
    regular = models.BigIntegerField(default=0)
    gifts = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("donor’s year")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["donor", "year", "currency"], name="one_year_a_donor")
        ]
        indexes = [models.Index(fields=["year", "donor"], name="donors_of_a_year")]


class DonorJoin(models.Model):
    """Two donors found to be one: everything of `joined` went to `kept`. Undone at most once.

    `donations` and `recurring` are the ids of what went, so that exactly that goes back.
    `reader_moved` when the reader's account went along.
    """

    kept = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="joins")
    joined = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="joins_away")
    donations = models.JSONField(default=list)
    recurring = models.JSONField(default=list)
    reader_moved = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(db_default=Now(), editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("donors joined")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["joined"],
                condition=models.Q(undone_at=None),
                name="a_donor_is_joined_to_one",
            ),
            models.CheckConstraint(
                condition=~models.Q(joined=models.F("kept")), name="nobody_is_joined_to_themselves"
            ),
        ]


class DonorNote(models.Model):
    """What staff wrote about a donor: personal data, so it can be taken away again."""

    donor = models.ForeignKey(Donor, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(_("note"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("note")
        ordering = ["-id"]
        default_permissions = ()


class CallReason(models.TextChoices):
    FIRST = "first", _("first gift")
    LARGE = "large", _("large gift")


class CallState(models.TextChoices):
    OPEN = "open", _("to be made")
    DONE = "done", _("made")
    SKIPPED = "skipped", _("left out")


class ThankYouCall(models.Model):
    """Somebody is to thank a donor for `donation` by telephone; owed with the gift's own entry."""

    donation = models.OneToOneField(
        Donation, on_delete=models.PROTECT, related_name="thank_you_call"
    )
    reason = models.CharField(_("for"), max_length=5, choices=CallReason.choices)
    state = models.CharField(
        _("state"), max_length=7, choices=CallState.choices, default=CallState.OPEN
    )
    caller = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who calls"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    owed_at = models.DateTimeField(db_default=Now(), editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("thank-you call")
        verbose_name_plural = _("thank-you calls")
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=CallState.OPEN, ended_at=None)
                | (~models.Q(state=CallState.OPEN) & models.Q(ended_at__isnull=False)),
                name="a_call_that_ended_says_when",
            )
        ]
        indexes = [
            models.Index(
                fields=["-id"], name="calls_to_be_made", condition=models.Q(state=CallState.OPEN)
            ),
            models.Index(fields=["state", "-id"], name="calls_by_state"),
        ]


class Segment(models.Model):
    """Donors by rules (`campaigns.segments.Rules`, as JSON), saved under a name. Who is in it is
    asked anew each time."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    rules = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ["name"]
        default_permissions = ("view", "change")
        permissions = [("export_segment", "Can take donors’ names and addresses out of the site")]

    def __str__(self) -> str:
        return self.name
