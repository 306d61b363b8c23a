import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_states'),
    ]

    operations = [
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('signature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='witness', serialize=False, to='documents.signature')),
                ('name_sealed', models.BinaryField(default=b'')),
                ('mark_sealed', models.BinaryField(default=b'')),
                ('manner', models.CharField(choices=[('strokes', 'drawn on the screen'), ('scan', 'on paper, photographed'), ('code', 'by follow code')], max_length=10)),
            ],
        ),
    ]
