"""Everyday words become the place's own; they begin with those that were in the release's files until now."""

import csv
from pathlib import Path

from django.db import migrations, models

KINDS = Path(__file__).resolve().parents[2] / "kinds"


def take_over(apps, schema_editor):
    category = apps.get_model("cases", "Category")
    for path in KINDS.glob("*/seeds/words.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found = category.objects.filter(kind=path.parent.parent.name, code=row["code"], words="")
                found.update(words=row["words"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0021_joint_first")]
    operations = [
        migrations.AddField("category", "words", models.TextField(blank=True, default=""), preserve_default=False),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
