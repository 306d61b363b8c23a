import gzip
from datetime import date

import pytest

from linli.divisions import importing, lists
from linli.divisions.importing import import_divisions, plant
from linli.divisions.lists import kind_of, read_lists
from linli.divisions.models import LOCAL, Division, Kind, Succession
from linli.ledger.models import Entry

NEXT_YEAR = date(2021, 1, 1)
ALL_LEVELS = {1: 31, 2: 342, 3: 2_978, 4: 41_352, 5: 620_573}


def test_every_row_knows_its_parent(tree, standing):
    assert standing("970101001001").parent == standing("970101001")
    assert standing("97").parent is None


def test_the_same_list_again_changes_nothing(tree, bring_in):
    report = bring_in(tree)
    assert not report.changed()
    assert report.unchanged == len(tree)


def test_a_new_name_closes_the_old_row_and_links_the_new_one(tree, bring_in, standing):
    old = standing("970101001")
    report = bring_in(tree | {"970101001": "夏雨街道"}, NEXT_YEAR)
    new = standing("970101001")
    old.refresh_from_db()
    assert report.renamed == [("970101001", "春风街道", "夏雨街道")]
    assert (old.valid_to, new.valid_from, new.name) == (NEXT_YEAR, NEXT_YEAR, "夏雨街道")
    assert Succession.objects.get(predecessor=old).successor == new
    assert standing("970101001001").parent == new


def test_a_name_corrected_for_the_same_day_is_set_in_place(tree, bring_in, standing):
    before = standing("970101001").pk
    bring_in(tree | {"970101001": "夏雨街道"})
    assert (standing("970101001").pk, standing("970101001").name) == (before, "夏雨街道")


def test_what_the_list_no_longer_has_ends_with_all_below_it(tree, bring_in):
    report = bring_in({code: name for code, name in tree.items() if code[:6] != "970102"}, NEXT_YEAR)
    assert report.ended == ["970102", "970102001", "970102001001"]
    assert not Division.objects.within("970102").current().exists()
    assert Division.objects.within("970102").as_of(date(2020, 12, 31)).count() == 3
    assert not Division.objects.within("970102").as_of(NEXT_YEAR).exists()


def test_nothing_ends_outside_the_area_the_list_is_complete_for(tree, bring_in):
    part = {code: name for code, name in tree.items() if code in {"97", "9701", "970102"}}
    assert bring_in(part, NEXT_YEAR, within=["970102"]).ended == ["970102001", "970102001001"]


def test_rows_a_place_made_itself_are_not_ended(tree, bring_in, standing):
    Division.objects.filter(pk=standing("970102001").pk).update(source=LOCAL)
    report = bring_in({code: name for code, name in tree.items() if code != "970102001"}, NEXT_YEAR)
    assert report.ended == []


def test_a_row_under_another_code_is_reported_as_moved_and_linked(tree, bring_in):
    new = {code.replace("970102", "970103", 1): name for code, name in tree.items()}
    report = bring_in(new, NEXT_YEAR)
    assert ("970102", "970103") in report.moved
    old = Division.objects.coded("970102").get()
    assert old.successions.get().successor.trimmed == "970103"
    assert old.successions.get().how == Succession.How.RENUMBERED


def test_an_older_list_leaves_newer_rows_alone(tree, bring_in, standing):
    bring_in(tree | {"970103": "南城区"}, NEXT_YEAR)
    report = bring_in(tree | {"970103": "南郊区"})
    assert report.newer == ["970103"]
    assert standing("970103").name == "南城区"
    assert not report.changed()


def test_a_row_without_a_parent_is_reported_and_the_rest_taken(bring_in, db):
    report = bring_in({"97": "临海省", "9701": "临江市", "970201": "远县"})
    assert report.added == ["97", "9701"]
    assert report.bad[0][0] == "970201"


def test_a_killed_import_is_finished_by_running_it_again(tree, bring_in, monkeypatch):
    more = tree | {f"9701011002{n:02d}": f"第{n}村委会" for n in range(2, 40)}
    with monkeypatch.context() as patch:
        patch.setattr(importing, "BATCH", 10)
        patch.setattr(importing, "_insert", _fails_on_call(3, importing._insert))
        with pytest.raises(KeyboardInterrupt):
            bring_in(more)
    report = bring_in(more)
    assert 0 < len(report.added) < 38
    assert Division.objects.within("97").current().count() == len(more)


def _fails_on_call(number, function):
    calls = []

    def failing(rows):
        calls.append(1)
        if len(calls) == number:
            raise KeyboardInterrupt
        function(rows)

    return failing


def test_an_import_leaves_an_entry_with_its_numbers(tree):
    assert Entry.objects.filter(name="divisions.import", facts__added=len(tree)).exists()


@pytest.mark.parametrize(
    ("code", "name", "above", "kind"),
    [
        ("320371", "徐州经济技术开发区", "徐州市", Kind.STATISTICAL),
        ("320381", "新沂市", "徐州市", Kind.REAL),
        ("1101", "市辖区", "北京市", Kind.PLACEHOLDER),
        ("5002", "县", "重庆市", Kind.PLACEHOLDER),
        ("441900", "东莞市", "东莞市", Kind.PLACEHOLDER),
        ("350527000000", "金门县", "金门县", Kind.PLACEHOLDER),
        ("320113400", "龙潭监狱", "栖霞区", Kind.STATISTICAL),
        ("320113001", "尧化街道", "栖霞区", Kind.REAL),
        ("320113400498", "龙潭监狱虚拟社区", "龙潭监狱", Kind.STATISTICAL),
        ("320831100201", "戴楼村委会", "戴楼镇", Kind.REAL),
    ],
)
def test_the_kind_is_read_from_code_and_name(code, name, above, kind):
    assert kind_of(code, name, above) is kind


def test_a_file_with_bad_rows_gives_its_good_ones_and_names_the_bad(tmp_path):
    rows = "code,name\n97,临海省\n97011,少一位\n9701,\n970101001001001,网格\n9702,临山市\n97,别名\n只有一格\n"
    path = tmp_path / "list.csv"
    path.write_text(rows, encoding="gb18030")
    listed = read_lists([path])
    assert listed.names == {"97": "临海省", "9702": "临山市"}
    assert [where for where, _why in listed.bad] == [f"list.csv:{line}" for line in (3, 4, 5, 7, 8)]


def test_a_real_city_is_planted_offline_and_a_second_time_nothing_changes(db, by):
    first, second = plant("3208", by=by), plant("3208", by=by)
    assert len(first.added) + first.unchanged == 1_724
    assert not second.changed()
    assert Division.objects.within("3208").current().filter(level=5).count() == 1_601
    assert Division.objects.coded("32").current().get().name == "江苏省"


def test_the_four_colliding_codes_are_kept_apart(db, by):
    for place in ("4419", "4420", "4604", "350527"):
        plant(place, by=by)
    for longer in ("441900", "442000", "460400"):
        city, county = longer[:4], longer
        assert Division.objects.coded(county).get().parent == Division.objects.coded(city).get()
        assert Division.objects.within(city).count() == Division.objects.within(county).count() + 1
    kinmen = [Division.objects.coded(code).get().trimmed for code in ("350527", "350527000", "350527000000")]
    assert kinmen == ["350527", "350527000", "350527000000"]
    assert Division.objects.coded("350527000000").get().parent == Division.objects.coded("350527000").get()


@pytest.mark.nightly
@pytest.mark.data
def test_the_whole_country_comes_in_from_its_files_and_the_shipped_list_changes_nothing(
    fresh_database, shared_data, by
):
    folder = shared_data / "divisions"
    names = ("provinces.csv", "cities.csv", "areas.csv", "streets.csv", "villages.csv.gz")
    listed = read_lists([folder / name for name in names])
    options = {"valid_from": lists.SHIPPED_DAY, "source": lists.SHIPPED_SOURCE, "by": by}
    first = import_divisions(listed, **options)
    second = import_divisions(lists.shipped(), **options)
    assert (first.bad, second.changed(), second.unchanged) == ([], False, sum(ALL_LEVELS.values()))
    rows = Division.objects.as_of(lists.SHIPPED_DAY).filter(source=lists.SHIPPED_SOURCE)
    assert {level: rows.filter(level=level).count() for level in ALL_LEVELS} == ALL_LEVELS


def test_a_broken_file_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"97,x")[:-6])
    with pytest.raises(importing.lists.Invalid):
        read_lists([path])
