"""Numbers and keys are asked for whole; Django's second indexes, by how they begin, are written for nobody."""

from django.db import migrations

UNUSED = (
    "cases_case_number_980c9551_like",
    "cases_case_origin_key_7c410ea2_like",
    "cases_sending_key_b411a6d0_like",
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_acting")]

    operations = [
        migrations.RunSQL(f"DROP INDEX IF EXISTS {name}", migrations.RunSQL.noop)  # there is none on SQLite
        for name in UNUSED
    ]
