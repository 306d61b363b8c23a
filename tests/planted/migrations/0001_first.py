from django.db import migrations


class Migration(migrations.Migration):
    operations = [
        migrations.RunSQL("CREATE TABLE planted_row (number integer)"),
        migrations.RunSQL("UPDATE cases_case SET summary = 'changed by the release to come'"),
    ]
