import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


def copy_days(apps, schema_editor):
    old, new = apps.get_model("cases", "FormerDay"), apps.get_model("cases", "CalendarDay")
    new.objects.bulk_create(new(**row) for row in old.objects.values("day", "worked", "name"))


def first_promises(apps, schema_editor):
    """Until now every clock had one stretch and was never extended."""
    apps.get_model("cases", "Clock").objects.update(began_at=F("started_at"), first_due=F("due_at"))


def nothing(apps, schema_editor):
    pass


PLACE = {"null": True, "on_delete": django.db.models.deletion.PROTECT, "related_name": "+", "to": "divisions.division"}
KEY = {"auto_created": True, "primary_key": True, "serialize": False, "verbose_name": "ID"}


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_joint"), ("divisions", "0001_initial")]

    operations = [
        migrations.RenameModel("CalendarDay", "FormerDay"),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                ("day", models.DateField()),
                ("worked", models.BooleanField()),
                ("name", models.CharField(blank=True, max_length=30)),
                ("division", models.ForeignKey(**PLACE)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(division=None), fields=["day"], name="calendar_day_of_country"
                    ),
                    models.UniqueConstraint(
                        condition=Q(division__isnull=False),
                        fields=["division", "day"],
                        name="calendar_day_of_place",
                    ),
                ]
            },
        ),
        migrations.RunPython(copy_days, nothing),
        migrations.DeleteModel("FormerDay"),
        migrations.CreateModel(
            name="WorkHours",
            fields=[
                ("id", models.BigAutoField(**KEY)),
                ("opens", models.TimeField()),
                ("closes", models.TimeField()),
                ("break_from", models.TimeField(null=True)),
                ("break_to", models.TimeField(null=True)),
                ("valid_from", models.DateField()),
                ("division", models.ForeignKey(**PLACE)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="work_hours_in_order"),
                    models.CheckConstraint(
                        condition=Q(break_from=None, break_to=None)
                        | Q(break_from__gt=F("opens"), break_from__lt=F("break_to"), break_to__lt=F("closes")),
                        name="work_hours_break_inside",
                    ),
                ]
            },
        ),
        migrations.AddField("clock", "began_at", models.DateTimeField(null=True)),
        migrations.AddField("clock", "first_due", models.DateTimeField(null=True)),
        migrations.RunPython(first_promises, nothing),
        migrations.AlterField("clock", "began_at", models.DateTimeField()),
        migrations.AlterField("clock", "first_due", models.DateTimeField()),
        migrations.AddField("clock", "extra", models.PositiveIntegerField(default=0)),
        migrations.AddField("clock", "spent", models.PositiveIntegerField(default=0)),
        migrations.AddField("clock", "halted", models.CharField(blank=True, max_length=10)),
        migrations.AddField("clock", "reason", models.CharField(blank=True, max_length=30)),
        migrations.AddField("clock", "label", models.CharField(blank=True, max_length=40)),
        migrations.AddField("clock", "resting", models.BooleanField(default=False)),
        migrations.AddField("clock", "look_again_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "clock",
            "task",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clocks",
                to="cases.task",
            ),
        ),
    ]
