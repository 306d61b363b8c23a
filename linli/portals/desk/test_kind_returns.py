"""Lists in another authority's form: no party in them, a second post's yes, made once, by the place's own map."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.utils import timezone

from linli.cases.kinds import kind_of
from linli.cases.models import Export
from linli.cases.returns import form_named, forms_of
from linli.kinds.disputes.conftest import LEAK, applied_in, committee_of_home, head_of_home
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db
LISTS = "/desk/figures/of/disputes/lists/"


@pytest.fixture
def ended(world):
    """Two disputes that ended this year, and one that goes on."""
    committee_of_home()
    ways = [applied_in(world) for _each in range(3)]
    ways[0].go(ways[0].applicant, "withdraw")
    return [ways[0], ways[1].go(ways[1].head, "turn_down", reason="不属于调解范围"), ways[2]]


def asked(client, **given):
    said = {
        "map": "subsidy",
        "period": f"{timezone.localdate().year}",
        "form": "csv",
        "reason": "年度补贴",
        **given,
    }
    return client.post(LISTS, said)


def rows_of(response):
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def approved(export, world):
    """Approved by another person, who has the power."""
    Export.objects.filter(pk=export.pk).update(state="approved", answered_by=world.by("county_clerk").holding)


def test_the_yearly_list_has_a_row_for_each_that_ended_and_names_no_party(sign_in, ended, world):
    client = sign_in("county_head")
    asked(client)
    export = Export.objects.get()
    approved(export, world)
    rows = rows_of(client.post(f"/desk/exports/{export.pk}/file/"))
    assert rows[0][:3] == ["案件编号", "纠纷类型", "调解组织"]
    assert [row[0] for row in rows[1:]] == [ended[0].case.number, ended[1].case.number]
    assert rows[1][1:3] == ["邻里纠纷", "东门社区人民调解委员会"]
    assert not {LEAK, "李小芳", "13912345678", "季明", "范德顺"} & {cell for row in rows for cell in row}


def test_nothing_is_made_before_a_second_post_says_yes(sign_in, ended):
    client = sign_in("county_head")
    asked(client)
    assert client.post(f"/desk/exports/{Export.objects.get().pk}/file/").status_code == 409


def test_the_list_is_made_once(sign_in, ended, world):
    client = sign_in("county_head")
    asked(client)
    export = Export.objects.get()
    approved(export, world)
    assert client.post(f"/desk/exports/{export.pk}/file/").status_code == 200
    assert client.post(f"/desk/exports/{export.pk}/file/").status_code == 409
    assert Entry.objects.filter(name="exports.fetch_return").count() == 1


def test_codes_of_the_map_stand_in_the_justice_systems_form(sign_in, ended, world):
    client = sign_in("county_head")
    asked(client, map="justice")
    export = Export.objects.get()
    approved(export, world)
    rows = rows_of(client.post(f"/desk/exports/{export.pk}/file/"))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert (line["纠纷类别代码"], line["纠纷类别"], line["是否调解成功"]) == ("02", "邻里纠纷", "否")


def test_a_places_own_map_wins(settings, tmp_path):
    settings.RETURNS_ROOT = tmp_path
    (tmp_path / "disputes").mkdir()
    own = "label: {zh: 本省表, en: Ours}\ncolumns:\n  - {heading: 编号, from: number}\n"
    (tmp_path / "disputes" / "justice.yaml").write_text(own, encoding="utf-8")
    found = form_named(kind_of("disputes"), "justice")
    assert (found.label.zh, [each.heading for each in found.columns]) == ("本省表", ["编号"])


@pytest.mark.parametrize(
    "broken", ["columns: [", "label: {zh: 表, en: T}\ncolumns: [{heading: 姓名, from: name}]\n"]
)
def test_a_map_that_asks_for_what_is_not_said_is_refused_in_words(sign_in, ended, settings, tmp_path, broken):
    settings.RETURNS_ROOT = tmp_path
    (tmp_path / "disputes").mkdir()
    (tmp_path / "disputes" / "justice.yaml").write_text(broken, encoding="utf-8")
    response = sign_in("county_head").get(LISTS)
    assert response.status_code == 422
    assert "justice.yaml" in response.content.decode()


def test_a_village_gets_no_such_list(ended):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(head_of_home().holding.account)
    assert "街道、乡镇" in asked(client).content.decode()
    assert not Export.objects.exists()


def test_a_period_without_cases_is_refused(sign_in, ended):
    year = timezone.localdate().year - 2
    assert asked(sign_in("county_head"), period=f"{year}").status_code == 422
    assert not Export.objects.exists()


def test_the_lists_that_come_along_can_be_read():
    assert [each.name for each in forms_of(kind_of("disputes"))] == ["justice", "subsidy"]
