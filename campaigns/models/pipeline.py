"""What Stripe told us, and how the books compared."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class InboxEvent(models.Model):
    """One webhook event, stored once, before anything else is done with it.

    `object_id` is what it says to look at: a PaymentIntent, a Checkout Session, a subscription, a
    customer.
    `processed_at` None means owed. `outcome` says in words what came of it ("synced pi_…",
    "not ours: of another account").
    """

    stripe_id = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=120, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now(), editable=False)
    processed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    outcome = models.CharField(max_length=200, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("inbox event")
        verbose_name_plural = _("inbox")
        ordering = ["-id"]
        default_permissions = ("view", "change")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="inbox_owed",
                condition=models.Q(processed_at=None),
            ),
            models.Index(
                fields=["object_id"],
                name="inbox_owed_by_object",
                condition=models.Q(processed_at=None),
            ),
            models.Index(fields=["object_id", "-id"], name="inbox_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.stripe_id}"


class Reconciliation(models.Model):
    """One comparison of our ledger with Stripe's balance transactions since `since`.

    `differences` holds the first of them, `differing` says how many there are. `place` is how far
    an unfinished one has come: "after" (the last transaction read), "reached" (its moment) and
    "same" (those of that moment already read).
    """

    since = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    compared = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    differences = models.JSONField(default=list)
    differing = models.PositiveIntegerField(default=0, db_default=0)
    place = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ["-id"]
        default_permissions = ("view",)

    @property
    def equal(self) -> bool:
        return self.finished_at is not None and not self.differences

    @property
    def how_many(self) -> int:
        """How many differences were found, those that are not kept among them."""
        return max(self.differing, len(self.differences))
