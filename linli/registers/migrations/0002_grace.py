from datetime import timedelta

from django.db import migrations
from django.utils import timezone

GRACE = timedelta(days=30)


def let_run(apps, schema_editor):
    """A register of mediators that is in use may go on for thirty days before its impact assessment."""
    until = timezone.now() + GRACE
    graces = apps.get_model("residents", "Grace").objects
    if apps.get_model("registers", "Mediator").objects.exists():
        for activity in ("mediators", "mediator-offers"):
            graces.get_or_create(activity=activity, defaults={"until": until})


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial"), ("residents", "0007_duties_end")]
    operations = [migrations.RunPython(let_run, migrations.RunPython.noop)]
