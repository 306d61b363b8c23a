from datetime import time

from django.db import migrations, models


def by_day_becomes_hours(apps, _editor):
    """Who wanted news between nine and six only has quiet hours of their own from now on."""
    choices = apps.get_model("cases", "Choice").objects
    choices.filter(by_day=True).update(quiet_from=time(18), quiet_until=time(9))


def hours_become_by_day(apps, _editor):
    choices = apps.get_model("cases", "Choice").objects
    choices.filter(quiet_from=time(18), quiet_until=time(9)).update(by_day=True)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_ratings")]

    operations = [
        migrations.AddField("choice", "quiet_from", models.TimeField(null=True)),
        migrations.AddField("choice", "quiet_until", models.TimeField(null=True)),
        migrations.RunPython(by_day_becomes_hours, hours_become_by_day),
        migrations.RemoveField("choice", "by_day"),
    ]
