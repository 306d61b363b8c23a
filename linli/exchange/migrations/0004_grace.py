from datetime import timedelta

from django.db import migrations
from django.utils import timezone

GRACE = timedelta(days=30)


def let_run(apps, schema_editor):
    """What comes from outside systems now may go on coming for thirty days before its impact assessment."""
    until = timezone.now() + GRACE
    graces = apps.get_model("residents", "Grace").objects
    for code in apps.get_model("exchange", "Source").objects.filter(until=None).values_list("code", flat=True):
        graces.get_or_create(activity=f"source-{code}", defaults={"until": until})


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_feeds"), ("residents", "0007_duties_end")]
    operations = [migrations.RunPython(let_run, migrations.RunPython.noop)]
