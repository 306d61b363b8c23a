from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.AddIndex("entry", models.Index(fields=["name", "id"], name="entry_named")),
    ]
