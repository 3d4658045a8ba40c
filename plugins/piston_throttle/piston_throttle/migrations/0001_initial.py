"""Make the table of the quotas."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The first one."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Count",
            fields=[
                ("key", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("moment", models.BigIntegerField(default=0)),
                ("used", models.IntegerField(default=0)),
                ("log", models.BinaryField(default=b"")),
                ("expires", models.BigIntegerField(db_index=True)),
            ],
        ),
    ]
