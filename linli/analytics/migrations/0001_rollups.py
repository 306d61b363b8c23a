from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            "Pooled",
            fields=[
                ("post", models.BigIntegerField(primary_key=True, serialize=False)),
                ("body", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            "Progress",
            fields=[
                ("name", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("stamp", models.BigIntegerField(default=0)),
                ("whole", models.BooleanField(default=False)),
                ("as_of", models.DateTimeField(null=True)),
                (
                    "sweep",
                    models.CharField(
                        blank=True,
                        choices=[("", "None"), ("open", "Open"), ("all", "All")],
                        default="",
                        max_length=4,
                    ),
                ),
                ("swept", models.UUIDField(null=True)),
                ("calendars", models.BigIntegerField(default=0)),
                ("posts", models.BigIntegerField(default=0)),
                ("rules", models.CharField(blank=True, max_length=64)),
                ("lags", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            "Share",
            fields=[
                ("case", models.UUIDField(primary_key=True, serialize=False)),
                ("adds", models.TextField()),
                ("turns_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=Q(turns_at__isnull=False), fields=["turns_at"], name="share_turns"
                    )
                ]
            },
        ),
        migrations.CreateModel(
            "Tally",
            fields=[
                ("cell", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("level", models.PositiveSmallIntegerField()),
                ("period", models.IntegerField()),
                ("place", models.BigIntegerField()),
                ("kind", models.CharField(max_length=30)),
                ("body", models.BigIntegerField()),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "indexes": [models.Index(fields=["level", "period", "place"], name="tally_of_period")]
            },
        ),
    ]
