"""Trends and the weekly briefing: each number opens its cases, files say the same, and nobody is named in them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone
from python_calamine import load_workbook

from linli.portals.desk.conftest import LAMP, NAME, PHONE, reported

pytestmark = pytest.mark.django_db
LINK = re.compile(
    r'<td class="is-number" data-label="[^"]*"><a href="(/desk/figures/list/\?[^"]+)">(\d+)</a>'
)


def text(response):
    return unescape(response.content.decode())


@pytest.mark.parametrize(("page", "least"), [("trends/", 1), ("briefing/?week=this", 5)])
def test_each_number_opens_exactly_its_cases(world, sign_in, page, least):
    for _each in range(2):
        reported(world)
    client = sign_in("county_dispatcher")
    address = f"/command/{page}".replace("this", timezone.localdate().isoformat())
    found = LINK.findall(text(client.get(address)))
    assert len(found) >= least  # of the briefing: raised this week, and raised and open of a town and of all
    for address, count in found:
        assert f"{count} 件" in text(client.get(address)), address


def test_what_the_briefing_says_in_words_opens_too(world, sign_in):
    page = text(sign_in("county_dispatcher").get("/command/briefing/"))
    for asked in ("joint", "questions"):
        assert f'href="/command/{asked}/?place={world.county.trimmed}"' in page


def test_a_year_without_anything_says_so(world, sign_in):
    reported(world)
    page = text(sign_in("county_dispatcher").get("/command/trends/?year=2023"))
    assert "2023" in page.partition('class="empty"')[2][:200]
    assert '<svg class="chart' not in page


@pytest.mark.parametrize("year", ["abc", "1800", "99999", "2026-11"])
def test_a_year_that_cannot_be_read_is_refused(sign_in, year):
    assert sign_in("county_dispatcher").get(f"/command/trends/?year={year}").status_code in {400, 422}


def test_the_table_of_the_trends_begins_with_the_latest(world, sign_in):
    reported(world)
    page = text(sign_in("county_dispatcher").get("/command/trends/"))
    days = re.findall(r'<th scope="row" class="is-title">(\d\d-\d\d)</th>', page)
    assert days[0] == f"{timezone.localdate():%m-%d}"
    assert len(days) == 31


def test_the_file_of_the_trends_holds_the_same_numbers(world, sign_in):
    reported(world)
    content = b"".join(sign_in("county_dispatcher").get("/command/trends/file/"))
    rows = load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[-1][0] == timezone.localdate()
    assert rows[-1][1] == 1
    assert rows[0][-1] == "按时率（%）"
    assert rows[-1][-1] == ""  # of one that is due no share is told


def test_a_page_of_the_trends_never_names_an_area_beside_the_own(world, sign_in):
    client = sign_in("liuhe_dispatcher")
    for page in ("trends/", "trends/file/", "briefing/", "briefing/file/"):
        assert client.get(f"/command/{page}?place={world.place('城关街道').trimmed}").status_code == 404


def briefing(client, form, week=""):
    return b"".join(client.get(f"/command/briefing/file/?form={form}&week={week}"))


def test_the_briefing_for_word_has_figures_definitions_and_links_and_no_names(world, sign_in):
    reported(world)
    with zipfile.ZipFile(
        io.BytesIO(briefing(sign_in("county_head"), "docx", timezone.localdate()))
    ) as packed:
        body = packed.read("word/document.xml").decode()
        links = packed.read("word/_rels/document.xml.rels").decode()
    for said in ("云溪县", "城关街道", "这些数是怎么算的", "已超期"):
        assert said in body
    assert "/desk/figures/?" in links
    for name in (LAMP, NAME, PHONE, world.by("county_head").holding.account.called):
        assert name not in body


def test_the_briefing_for_excel_has_the_areas_and_all_of_them(world, sign_in):
    reported(world)
    book = load_workbook(io.BytesIO(briefing(sign_in("county_head"), "xlsx", timezone.localdate())))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == ["城关街道", "柳河镇", "青石镇", "全部"]
    assert rows[1][1] == rows[-1][1] == 1


def test_the_week_before_stands_beside_the_week(world, sign_in):
    reported(world)
    following = timezone.localdate() + timedelta(days=7)
    page = text(sign_in("county_head").get(f"/command/briefing/?week={following}"))
    row = page.partition('id="compared-title"')[2].partition("<tbody>")[2].partition("</tr>")[0]
    assert re.findall(r">(\d+)<", row) == ["0", "1"]


def test_every_number_by_area_says_what_it_counts_where_a_row_is_a_card(world, sign_in):
    page = text(sign_in("county_head").get("/command/briefing/"))
    table = page.partition('id="areas-title"')[2].partition("</table>")[0]
    assert set(re.findall(r'<td class="is-number"([^>]*)>', table)) >= {
        ' data-label="上报"',
        ' data-label="目前已超期"',
    }
    assert '<td class="is-number">' not in table


def test_what_is_open_now_is_not_told_as_of_a_week_and_a_week_without_anything_says_so(world, sign_in):
    reported(world)
    page = text(sign_in("county_head").get("/command/briefing/?week=2023-03-06"))
    assert "这一周没有上报、到期和办结的办件。" in page
    assert re.search(r"截至\d{4}年\d+月\d+日 \d\d:\d\d，在办1件", page)
    assert "在办" not in page.partition('id="compared-title"')[2].partition("</table>")[0]


@pytest.mark.parametrize("query", ["week=2026-13-01", "week=x", "week=0001-01-01", "form=pdf"])
def test_what_cannot_be_read_is_refused(sign_in, query):
    assert sign_in("county_head").get(f"/command/briefing/file/?{query}").status_code in {400, 404, 422}
