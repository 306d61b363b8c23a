"""Access rows become narrow and tell more: unit, way of reading, matters without a contact. Old rows are kept."""

import django.db.models.deletion
from django.db import connection, migrations, models

import linli.base.ids

CLASSES = {"name": 1, "phone": 2, "address": 4, "matters": 32}
PURPOSES = {"call_back": (1, 1), "call_back_many": (2, 5), "intake": (3, 3), "notice": (4, 7), "own": (5, 1)}
READERS = {"post": 1, "party": 2, "system": 3}


def let_change(apps, schema_editor):
    """Take the triggers away that keep the table as it is; `migrate` puts them back when it ends."""
    on = " ON residents_access" if connection.vendor == "postgresql" else ""
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS residents_access_no_{verb}{on}")


def carry_over(apps, schema_editor):
    """Say the same in numbers: as many statements as there are different values, however many rows."""
    rows = apps.get_model("residents", "Access").objects
    for purpose, (activity, how) in PURPOSES.items():
        rows.filter(purpose=purpose).update(activity=activity, how=how)
    for actor, reader in READERS.items():
        rows.filter(actor=actor).update(reader=reader)
    for said in rows.order_by().values_list("fields", flat=True).distinct():
        rows.filter(fields=said).update(classes=sum(CLASSES.get(each, 0) for each in said.split(",")))
    units = apps.get_model("posts", "Post").objects.values_list("pk", "organisation_id")
    read = set(rows.order_by().values_list("post", flat=True).distinct())
    for post, unit in units.filter(pk__in=read - {None}):
        rows.filter(post=post).update(unit=unit)
    if connection.vendor == "postgresql":  # what is still to be checked would keep the columns from being dropped
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("residents", "0001_initial"),
        ("posts", "0003_inspector"),
    ]

    operations = [
        migrations.RunPython(let_change, migrations.RunPython.noop),
        migrations.RemoveIndex("Access", "access_contact"),
        migrations.AlterField(
            "Access",
            "contact",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="accesses",
                to="residents.contact",
            ),
        ),
        migrations.AddField(
            "Access",
            "reader",
            models.SmallIntegerField(choices=[(1, "Post"), (2, "Party"), (3, "System")], default=3),
            preserve_default=False,
        ),
        migrations.AddField("Access", "unit", models.BigIntegerField(null=True)),
        migrations.AddField("Access", "activity", models.SmallIntegerField(default=0), preserve_default=False),
        migrations.AddField("Access", "classes", models.IntegerField(default=0), preserve_default=False),
        migrations.AddField(
            "Access",
            "how",
            models.SmallIntegerField(
                choices=[
                    (1, "View"),
                    (2, "List"),
                    (3, "Hit"),
                    (4, "Answer"),
                    (5, "Export"),
                    (6, "Print"),
                    (7, "Message"),
                ],
                default=1,
            ),
            preserve_default=False,
        ),
        migrations.AddField("Access", "count", models.IntegerField(default=1)),
        migrations.AddField("Access", "trace", models.BigIntegerField(default=0)),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.RemoveField("Access", "purpose"),
        migrations.RemoveField("Access", "fields"),
        migrations.RemoveField("Access", "actor"),
        migrations.AddIndex(
            "Access",
            models.Index(
                condition=models.Q(("contact__isnull", False)), fields=["contact", "id"], name="access_contact"
            ),
        ),
        migrations.AddIndex(
            "Access",
            models.Index(condition=models.Q(("contact", None)), fields=["about", "id"], name="access_nameless"),
        ),
        migrations.AddIndex(
            "Access",
            models.Index(condition=models.Q(("post__isnull", False)), fields=["post", "id"], name="access_post"),
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                ("id", models.UUIDField(default=linli.base.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("inspected", models.BigIntegerField()),
                ("post", models.BigIntegerField()),
                ("holding", models.BigIntegerField()),
                ("reason", models.CharField(max_length=200)),
            ],
            options={"indexes": [models.Index(fields=["inspected", "id"], name="inspection_post")]},
        ),
    ]
