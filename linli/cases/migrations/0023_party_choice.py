"""Other parties than the reporter choose too how they are told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0022_category_words")]
    operations = [
        migrations.CreateModel(
            "PartyChoice",
            [
                ("sms", models.BooleanField(default=True)),
                ("push", models.BooleanField(default=False)),
                ("quiet_from", models.TimeField(null=True)),
                ("quiet_until", models.TimeField(null=True)),
                (
                    "party",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="choice",
                        serialize=False,
                        to="cases.party",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            "device",
            "party",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="cases.party",
            ),
        ),
    ]
