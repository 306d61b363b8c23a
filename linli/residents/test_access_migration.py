"""Readings from before the rows became narrow stay, and say the same."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from linli.ledger import triggers
from linli.residents.looks import Whose, looks_at
from linli.residents.models import Access, Contact, How, Reader

BEFORE = ("residents", "0001_initial")


def old_row(**said):
    """A row as it was written before."""
    model = MigrationExecutor(connection).loader.project_state([BEFORE]).apps.get_model("residents", "Access")
    return model.objects.create(at=timezone.now(), **said)


@pytest.mark.thorough
def test_old_readings_are_carried_over(fresh_database):
    with connection.cursor() as cursor:
        post, unit = cursor.execute("SELECT id, organisation_id FROM posts_post LIMIT 1").fetchone()
    MigrationExecutor(connection).migrate([BEFORE])
    contact = Contact.objects.create(pk=Contact._meta.pk.get_default())
    given = {"contact_id": contact.pk, "holding": 3}
    old_row(**given, purpose="call_back", actor="post", post=post, fields="name,phone")
    old_row(**given, purpose="notice", actor="system", relation="notices", fields="phone")
    old_row(**given, purpose="long_gone", actor="party", relation="reporter", fields="matters")
    forwards = MigrationExecutor(connection)
    forwards.migrate(forwards.loader.graph.leaf_nodes())
    triggers.install()
    rows = list(Access.objects.order_by("id"))
    assert [(row.reader, row.activity, row.classes, row.how) for row in rows] == [
        (Reader.POST, 1, 3, How.VIEW),
        (Reader.SYSTEM, 4, 2, How.MESSAGE),
        (Reader.PARTY, 0, 32, How.VIEW),
    ]
    assert [row.unit for row in rows] == [unit, None, None]
    assert {(row.contact_id, row.person_id) for row in rows} == {(contact.pk, None)}
    assert len(looks_at(Whose([contact.pk])).lines) == 3
    assert triggers.missing() == []
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Access.objects.update(post=None)
