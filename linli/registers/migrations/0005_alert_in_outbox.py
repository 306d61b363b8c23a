"""Alerts are told by notices; one that nobody was told of yet stands on the page of its centre."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0004_alert_told'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='alert',
            name='tell_from',
        ),
        migrations.RemoveField(
            model_name='alert',
            name='told_at',
        ),
        migrations.RemoveField(
            model_name='alert',
            name='tries',
        ),
    ]
