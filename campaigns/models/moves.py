"""What moved of the regular giving (append-only), and the roll-ups kept in the same transaction."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from campaigns.models.giving import Donor, Frequency
from campaigns.models.recurring import RecurringDonation


class MoveKind(models.TextChoices):
    """`FAILING` and `RECOVERED` move nothing: a gift whose payment is tried again still runs."""

    BEGUN = "begun", _("new")
    RAISED = "raised", _("upgraded")
    RESUMED = "resumed", _("resumed")
    KEPT = "kept", _("kept after all")
    LOWERED = "lowered", _("downgraded")
    PAUSED = "paused", _("paused")
    LEFT = "left", _("lost by choice")
    DROPPED = "dropped", _("lost by failed payments")
    FAILING = "failing", _("failed, tried again")
    RECOVERED = "recovered", _("recovered")


class RecurringMove(models.Model):
    """One step in the life of a recurring donation; only ever added.

    `before` and `after` are what it was to bring each month (or year) around the step, minor units
    of `currency`, 0 while it does not run; `amount` is the gift's own amount, running or not. `at`
    is when it happened as far as Stripe or our own record of the wish tells, never before the step
    before it; `month` the first day of its month in the newsroom's time zone.
    """

    recurring = models.ForeignKey(RecurringDonation, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=9, choices=MoveKind.choices)
    amount = models.BigIntegerField()
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=5, choices=Frequency.choices)
    at = models.DateTimeField()
    month = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("step of a recurring donation")
        ordering = ["-id"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["recurring", "id"], name="moves_of_a_recurring"),
            models.Index(fields=["at"], name="moves_by_moment"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.recurring_id}"


class MoveMonth(models.Model):
    """Sums of the moves of one kind in one month: how many, by how much what runs changed, by how
    many the gifts that run, and what the gifts concerned bring themselves."""

    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=5)
    month = models.DateField()
    kind = models.CharField(max_length=9)
    moves = models.IntegerField(default=0)
    change = models.BigIntegerField(default=0)
    gifts = models.IntegerField(default=0)
    amount = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "frequency", "month", "kind"], name="one_sum_a_month_and_kind"
            )
        ]


class RenewalMonth(models.Model):
    """What renewals due in one month (of yearly gifts: one year) one donor paid, has still to pay
    and never paid; minor units. Not the gift that begins a recurring donation."""

    donor = models.ForeignKey(Donor, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=5)
    period = models.DateField()
    paid = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["donor", "currency", "frequency", "period"], name="one_renewal_month"
            )
        ]


class RenewalCell(models.Model):
    """Sums of `RenewalMonth` by the donors' cohort, the period of their first paid renewal; None
    for those who have paid none yet."""

    currency = models.CharField(max_length=3)
    frequency = models.CharField(max_length=5)
    cohort = models.DateField(null=True)
    period = models.DateField()
    donors = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    lost = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["currency", "frequency", "cohort", "period"],
                name="one_renewal_cell",
                nulls_distinct=False,
            )
        ]
