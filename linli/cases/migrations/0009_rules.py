from django.db import migrations, models
from django.db.models import Q

UNITS = [(unit, unit) for unit in ("calendar_days", "working_days", "working_hours")]


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_lists")]

    operations = [
        migrations.AddField("clock", "over", models.BooleanField(default=False)),
        migrations.AddField("limit", "key", models.CharField(blank=True, max_length=40)),
        migrations.AddField("limit", "extra", models.PositiveIntegerField(null=True)),
        migrations.AddField("limit", "backwards", models.BooleanField(default=False)),
        migrations.AddField("limit", "told", models.JSONField(default=dict)),
        migrations.AlterField("limit", "kind", models.CharField(blank=True, max_length=30)),
        migrations.AlterField("limit", "clock", models.CharField(blank=True, max_length=30)),
        migrations.AlterField("limit", "unit", models.CharField(blank=True, choices=UNITS, max_length=20)),
        migrations.AlterField("limit", "amount", models.PositiveIntegerField(null=True)),
        migrations.AddConstraint(
            "limit",
            models.UniqueConstraint(
                condition=~Q(key=""), fields=["key", "valid_from"], name="limit_rule_once"
            ),
        ),
    ]
