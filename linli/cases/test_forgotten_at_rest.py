"""After a file's years nothing of it is left: in no table, index, log, file or later backup."""

import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from linli.cases.forgetting import empty_columns, forget_due, tables_of, verify
from linli.cases.holding_files import proof_of
from linli.cases.kinds import all_kinds
from linli.cases.models import Case
from linli.cases.search import fold
from linli.cases.test_forgetting import HOME, LATIN, MARKS, closed, raised
from linli.conf.backups.folder import Folder
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor

# Tables with a case and with text of their own, none of which is what people said of themselves.
NOT_THEIRS = {
    "cases.Case": "cleared by name (summary, digest of what was sent)",
    "cases.Task": "codes",
    "cases.Clock": "codes and labels of the procedure",
    "cases.Link": "codes",
    "cases.Party": "codes; their contacts are cleared",
    "cases.Copy": "keys",
    "cases.Withheld": "keys",
    "cases.Notice": "cleared by name (trouble)",
    "cases.Attachment": "deleted",
    "cases.SearchText": "deleted",
    "cases.Sending": "deleted",
    "cases.Device": "deleted, with the choice",
    "cases.Rating": "codes; cut from the case",
    "cases.Responsibility": "the catalogue; a row may name the case it was ruled in",
    "cases.Forgetting": "the proof itself",
    "cases.Hold": "the duty to keep it, named by a post",
    "documents.Document": "cleared by documents",
    "exchange.Foreign": "numbers of the other system",
}


def test_every_table_with_a_case_is_cleared_or_holds_nothing_of_people():
    details = {kind.model for kind in all_kinds()}
    found = {
        model._meta.label
        for model in apps.get_models()
        if model not in details
        and any(field.related_model is Case for field in model._meta.concrete_fields)
        and any(
            isinstance(field, models.CharField | models.TextField | models.BinaryField | models.JSONField)
            for field in model._meta.concrete_fields
        )
    }
    assert found - set(NOT_THEIRS) == set()


def test_every_text_of_every_kind_is_emptied():
    for kind in all_kinds():
        for table in tables_of(kind):
            texts = {
                field.name
                for field in table._meta.concrete_fields
                if isinstance(field, models.TextField | models.JSONField)
                or type(field).__name__ in {"Words", "Line"}
            }
            assert texts <= set(empty_columns(table)), table
            assert not any(isinstance(field, models.BinaryField) for field in table._meta.concrete_fields), (
                "say in cases.forgetting how it is emptied"
            )


def test_every_table_of_a_kind_is_known_to_be_one_of_its_cases():
    """A table of a kind's folder that no case leads to would be forgotten by nobody."""
    for kind in all_kinds():
        app = apps.get_app_config(kind.model._meta.app_label)
        assert set(app.get_models()) == set(tables_of(kind)), kind.name


def found_in(folder):
    files = [each for each in Path(folder).rglob("*") if each.is_file()]
    assert files
    coded = [
        code
        for mark in MARKS
        for code in (mark.encode(), mark.encode("unicode_escape"), mark.encode("utf-16-le"))
    ]
    coded += [b"\xe9\xbe\x98\xe9\x9d\x90"]  # the pair of characters that the search indexes
    return {(each.name, code) for each in files for code in coded if code in each.read_bytes().lower()}


def copied(target):
    database = Path(str(connection.settings_dict["NAME"]))
    target.mkdir()
    for file in database.parent.glob(f"{database.name}*"):
        (target / file.name).write_bytes(file.read_bytes())
    return target


@pytest.mark.sqlite
def test_no_mark_is_left_in_database_index_log_files_or_a_backup_made_afterwards(
    committed_world, tmp_path, caplog
):
    cases = [closed(raised(committed_world)) for _each in range(3)]
    for _each in range(3):
        raised_later = actions.report(
            by=PartyActor("reporter"), text="别的事情", division=committed_world.place(HOME)
        )
        assert raised_later
    while fold():
        pass
    assert found_in(copied(tmp_path / "before"))
    while forget_due():
        pass
    sequence_all()
    assert found_in(copied(tmp_path / "after")) == set()
    call_command("backup", str(tmp_path / "backup"))
    (tmp_path / "inside").mkdir()
    inside = Folder(tmp_path / "backup").chosen().unpack(tmp_path / "inside")
    assert inside.read_bytes().startswith(b"SQLite format 3")
    assert found_in(tmp_path / "inside") == set()
    assert not any(mark in caplog.text for mark in MARKS)
    assert not any(verify(proof_of(each)).left for each in cases)


@pytest.mark.django_db
def test_no_search_and_no_copy_finds_what_was_erased(world):
    case = closed(raised(world))
    forget_due()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM cases_words WHERE cases_words MATCH %s", [f'"{LATIN}words"'])
            assert cursor.fetchone()[0] == 0
    rows = json.dumps([str(each) for each in Entry.objects.filter(about=case.pk).values()], default=str)
    assert not any(mark in rows for mark in MARKS)
