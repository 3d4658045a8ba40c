"""Make the table of the tokens."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates ``Token``."""

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(
                        help_text="What it is for, such as “backup on the office server”.",
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f]+\\Z", "A name has no control characters."
                            )
                        ],
                    ),
                ),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("start", models.CharField(editable=False, max_length=6)),
                (
                    "scopes",
                    models.CharField(
                        blank=True,
                        help_text="What it is good for, with blanks in between; empty for everything that the user may do.",
                        max_length=1000,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[\\x21\\x23-\\x5b\\x5d-\\x7e]+( +[\\x21\\x23-\\x5b\\x5d-\\x7e]+)*\\Z",
                                "Scopes are printable ASCII without quotation marks.",
                            )
                        ],
                    ),
                ),
                ("created", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "expires",
                    models.DateTimeField(
                        blank=True, help_text="From when on it is refused; empty for never.", null=True
                    ),
                ),
                ("last_used", models.DateTimeField(editable=False, null=True)),
                ("revoked", models.DateTimeField(editable=False, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="piston_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "token",
                "ordering": ["-pk"],
                "constraints": [models.UniqueConstraint(fields=("digest",), name="piston_tokens_digest")],
            },
        ),
    ]
