"""What is kept of a telephone number is asked for whole; Django's second index, by how it begins, serves nobody."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("residents", "0010_guardians_at_windows")]

    operations = [
        # There is none on SQLite.
        migrations.RunSQL("DROP INDEX IF EXISTS residents_contact_phone_index_9c82ceae_like", migrations.RunSQL.noop)
    ]
