"""Make the table of the kept answers."""

from __future__ import annotations

from uuid import uuid4

from django.db import migrations, models


class Migration(migrations.Migration):
    """Creates ``KeptAnswer``; it depends on no other app and on no setting."""

    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("scope", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("token", models.UUIDField(default=uuid4)),
                ("started", models.DateTimeField()),
                ("expires", models.DateTimeField(db_index=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("headers", models.JSONField(default=list)),
                ("body", models.BinaryField(default=b"")),
            ],
            options={"verbose_name": "kept answer"},
        ),
    ]
