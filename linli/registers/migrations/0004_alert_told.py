import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """An alert is told by e-mail; those that stand already were seen on the pages and are not told anew."""

    dependencies = [("registers", "0003_centres")]

    operations = [
        migrations.AddField("alert", "told_at", models.DateTimeField(null=True)),
        migrations.AddField("alert", "tries", models.PositiveSmallIntegerField(default=0)),
        migrations.AddField("alert", "tell_from", models.DateTimeField(null=True)),
        migrations.AlterField("alert", "tell_from", models.DateTimeField(null=True, default=django.utils.timezone.now)),
    ]
