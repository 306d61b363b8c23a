import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from linli.divisions.models import Division
from linli.divisions.sources import Importer, Report, register


def run(*words):
    out = StringIO()
    with translation.override("en"):
        call_command("import", *map(str, words), stdout=out)
    return out.getvalue()


def test_a_file_is_imported_and_the_report_printed(db, tmp_path, standing):
    path = tmp_path / "list.csv"
    path.write_text("code,name\n97,临海省\n9701,临江市\n97x,坏\n", encoding="utf-8-sig")
    said = run("divisions", path, "--from", "2024-01-01")
    assert "2 added, 0 renamed" in said
    assert "list.csv:4" in said
    assert standing("9701").valid_from.isoformat() == "2024-01-01"


def test_one_place_of_the_shipped_list_is_imported(db):
    assert "ended" in run("divisions", "--shipped", "--place", "460400")
    assert Division.objects.within("460400").exists()


def test_outlines_are_imported_from_a_file(tree, tmp_path, standing):
    ring = [[118.0, 32.0], [118.1, 32.0], [118.1, 32.1], [118.0, 32.0]]
    feature = {"properties": {"id": "970101"}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path = tmp_path / "map.geojson"
    path.write_text(json.dumps({"features": [feature]}))
    assert "1 outlines taken" in run("boundaries", path, "--datum", "gcj02", "--property", "id")
    assert standing("970101").datum == "gcj02"


@pytest.mark.parametrize(
    "words", [["divisions"], ["divisions", "/nowhere.csv"], ["divisions", "--shipped", "--place", "11999"]]
)
def test_what_cannot_be_imported_is_refused_in_a_sentence(db, words):
    with pytest.raises(CommandError):
        run(*words)


def test_an_app_adds_its_own_kind_of_file_without_editing_the_command(db):
    class Said(Report):
        def lines(self):
            yield "one thing imported"

    register(Importer("things", "things", lambda parser: None, lambda options, progress: Said()))
    assert run("things") == "one thing imported\n"
