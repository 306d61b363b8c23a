"""Whoever wants to be told can name a mailbox beside browsers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0024_about_alerts")]
    operations = [
        migrations.AddField(model, "letter", models.BooleanField(default=False, db_default=False))
        for model in ("Choice", "PartyChoice")
    ]
