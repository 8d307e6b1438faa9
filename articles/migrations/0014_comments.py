"""Replies, reports of comments and how readers stand; columns are added empty."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0013_heads_of_the_record"),
        ("readers", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Commenter",
            fields=[
                (
                    "reader",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="commenter",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "trusted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="trusted since"),
                ),
                (
                    "banned_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="banned until"),
                ),
                ("ban_reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
            ],
            options={
                "verbose_name": "commenter",
                "verbose_name_plural": "commenters",
                "default_permissions": ("change",),
            },
        ),
        migrations.CreateModel(
            name="CommentReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "reported_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="reported",
                    ),
                ),
                ("settled", models.BooleanField(default=False)),
            ],
            options={
                "verbose_name": "report of a comment",
                "verbose_name_plural": "reports of comments",
                "default_permissions": (),
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replies",
                to="articles.comment",
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="state",
            field=models.CharField(
                choices=[
                    ("held", "held"),
                    ("reported", "reported"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                ],
                default="held",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("state", "reported")),
                fields=["created_at"],
                name="comments_reported",
            ),
        ),
        migrations.AddConstraint(
            model_name="commenter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("banned_until__isnull", True),
                    models.Q(("ban_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="a_ban_has_its_reason",
            ),
        ),
        migrations.AddField(
            model_name="commentreport",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports",
                to="articles.comment",
            ),
        ),
    ]
