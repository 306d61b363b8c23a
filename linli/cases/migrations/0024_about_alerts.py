"""A notice can be about a row of a layer above, such as an alert."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0023_party_choice'),
        ('posts', '0007_cards'),
        ('residents', '0009_taken_along'),
    ]

    operations = [
        migrations.AddField(
            model_name='notice',
            name='about',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name='notice',
            name='case',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='cases.case'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about__isnull', False), ('case', None), ('post__isnull', False)), models.Q(('about', None), ('case__isnull', False)), _connector='OR'), name='notice_about_one_thing'),
        ),
    ]
