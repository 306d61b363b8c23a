from django.db import migrations, models
from django.db.models import F, Q


def without_rests(apps, schema_editor):
    """What was extended before this column: the end without the extension is at least what was promised at first."""
    apps.get_model("cases", "Clock").objects.filter(extra__gt=0).update(plain_due=F("first_due"))


def nothing(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_rules")]

    operations = [
        migrations.AddField("clock", "plain_due", models.DateTimeField(null=True)),
        migrations.RunPython(without_rests, nothing),
        migrations.AddIndex("clock", models.Index(fields=["name", "first_due"], name="clock_promised")),
        migrations.AddIndex(
            "case", models.Index(fields=["closed_at"], condition=Q(closed_at__isnull=False), name="case_closed")
        ),
    ]
