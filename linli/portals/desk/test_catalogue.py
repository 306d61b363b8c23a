"""The catalogue's pages: edited by row and by workbook, previewed, taken back; only by those who may."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.cases.catalogue import suggestion
from linli.cases.conftest import Book
from linli.cases.editing import propose
from linli.cases.models import Category, Clock, Responsibility, Revision
from linli.cases.wording import likely_sorts
from linli.ledger.models import Entry
from linli.posts.models import Post

pytestmark = pytest.mark.django_db
ROWS = "/desk/catalogue/matters/rows/"


def text(response):
    return response.content.decode()


@pytest.fixture
def good(world):
    row = {
        "Category code": "0101",
        "Opening condition": "渣土",
        "Area code": "990101",
        "Leads": world.posts["city_management"].title,
        "Limit": 4,
        "Unit": "working days",
        "Source": "县城管局 2026 年 3 号文",
        "Valid from": "2026-01-01",
    }
    return Book(row).bytes()


def sent(client, content, table="rows"):
    file = SimpleUploadedFile("清单.xlsx", content)
    return client.post(f"/desk/catalogue/matters/{table}/upload/", {"workbook": file})


def digest_of(page):
    return text(page).split('name="digest" value="')[1].split('"')[0]


def filled(page):
    """What the form of a page would send if nobody touched it."""
    return {
        name: bound.value() or ""
        for name, bound in ((each.name, each) for each in page.context["form"])
        if bound.value() not in (None, [])
    }


@pytest.mark.parametrize("table", ["rows", "categories", "admissions"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_table_is_shown_and_narrowed(sign_in, table, language):
    client = sign_in("chengguan_clerk", language=language)
    address = f"/desk/catalogue/matters/{table}/"
    assert client.get(address).status_code == 200
    assert (
        client.get(address, {"category": "E01", "words": "垃圾", "ended": "1", "area": "990101"}).status_code
        == 200
    )
    assert client.get(address, {"category": "no such", "words": "'\x00", "area": "x"}).status_code == 200


def test_the_tree_narrows_to_what_belongs_to_a_category(sign_in):
    page = text(sign_in("administrator").get(ROWS, {"category": "E05"}))
    assert "占道经营" in page
    assert "路灯照明" not in page


def test_a_clerk_sees_no_way_to_edit_and_is_refused(world, sign_in):
    lamp = Responsibility.objects.get(category__code="0201", division=world.county)
    client = sign_in("chengguan_clerk")
    assert f"{ROWS}{lamp.pk}/" not in text(client.get(ROWS))
    for address in (f"{ROWS}{lamp.pk}/", f"{ROWS}add/", f"{ROWS}upload/", "/desk/catalogue/matters/history/"):
        assert client.get(address).status_code == 403, address


def test_a_change_ends_the_row_and_begins_a_new_one_and_an_open_case_keeps_its_own(
    world, sign_in, dispatched_case
):
    lamp = Responsibility.objects.get(category__code="0201", division=world.county)
    client = sign_in("administrator")
    page = client.get(f"{ROWS}{lamp.pk}/")
    assert "有 1 件在办事项适用这一行" in text(page)
    before = Clock.objects.get(case=dispatched_case, name="promise", stopped_at=None)
    answer = client.post(f"{ROWS}{lamp.pk}/", {**filled(page), "amount": "2"}, follow=True)
    assert "已保存" in text(answer)
    now = suggestion(lamp.category, world.county.code, timezone.localdate())
    assert (now.row.amount, now.row.valid_from) == (2, timezone.localdate())
    lamp.refresh_from_db()
    assert (lamp.amount, lamp.valid_to) == (3, timezone.localdate())
    after = Clock.objects.get(pk=before.pk)
    assert (after.due_at, after.source) == (before.due_at, f"responsibility:{lamp.pk}")
    assert Entry.objects.filter(name="catalogue.edit").exists()


def test_bad_input_is_said_beside_its_field_and_changes_nothing(world, sign_in):
    lamp = Responsibility.objects.get(category__code="0201", division=world.county)
    client = sign_in("administrator")
    page = client.get(f"{ROWS}{lamp.pk}/")
    for changed, sentence in (
        ({"amount": "-1"}, "时限至少为 1"),
        ({"amount": "九"}, "整数"),
        ({"post": "天庭"}, "没有叫“天庭”的岗位"),
        ({"division": "123"}, "没有代码为"),
        ({"valid_to": "1999-01-01"}, "停用日期要晚于生效日期"),
        ({"source": ""}, "必须填写"),
        ({"source": "长" * 201}, "最多 200 个字"),
        ({"milestones": "\x00"}, ""),
    ):
        answer = client.post(f"{ROWS}{lamp.pk}/", {**filled(page), **changed})
        assert answer.status_code in ({422} if sentence else {302, 422}), changed
        assert sentence in text(answer)
    assert Responsibility.objects.filter(category=lamp.category, division=world.county).count() == 1


def test_a_row_is_added_ended_and_taken_back(world, sign_in):
    client = sign_in("administrator")
    data = {
        "category": "0102",
        "condition": "积水",
        "division": world.county.trimmed,
        "post": world.posts["water"].title,
        "co_posts": [f"{world.posts['housing'].title}（{world.posts['housing'].organisation.name}）"],
        "amount": "６",
        "unit": "工作小时",
        "source": "测试",
        "confirmed": "是",
        "valid_from": "2020-01-01",
    }
    assert client.post(f"{ROWS}add/", data).status_code == 302
    row = Responsibility.objects.get(condition="积水", division=world.county)
    assert [post.pk for post in row.co_posts.all()] == [world.posts["housing"].pk]
    assert client.post(f"{ROWS}{row.pk}/", {"end": "1"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == timezone.localdate()
    latest = Revision.objects.latest("pk")
    assert client.post(f"/desk/catalogue/matters/history/{latest.pk}/").status_code == 302
    row.refresh_from_db()
    assert row.valid_to is None
    assert client.post(f"/desk/catalogue/matters/history/{latest.pk}/").status_code == 409
    assert "已撤销" in text(client.get("/desk/catalogue/matters/history/"))


def test_a_new_category_can_be_chosen_and_a_withdrawn_one_cannot(world, sign_in, case):
    client = sign_in("administrator")
    data = {"code": "0999", "name_zh": "新类", "name_en": "New", "source": "测试", "valid_from": "2020-01-01"}
    data |= {"sensitive": "否", "audience": "群众和工作人员"}
    assert client.post("/desk/catalogue/matters/categories/add/", data).status_code == 302
    clerk = sign_in("chengguan_clerk")
    assert "新类" in text(clerk.get(f"/desk/cases/{case.number}/"))
    assert client.post("/desk/catalogue/matters/categories/add/", data).status_code == 422
    row = Category.objects.get(code="0999")
    client.post(f"/desk/catalogue/matters/categories/{row.pk}/", {"end": "1"})
    assert "新类" not in text(clerk.get(f"/desk/cases/{case.number}/"))
    refused = clerk.post(f"/desk/cases/{case.number}/accept/", {"seen": 1, "category": "0999"})
    assert refused.status_code == 422


def test_everyday_words_are_edited_in_place_and_taken_back(world, sign_in):
    client, row = sign_in("administrator"), Category.objects.get(kind="matters", code="0201")
    page = f"/desk/catalogue/matters/categories/{row.pk}/"
    shown = client.get(page).context["form"]
    data = {name: shown[name].value() or "" for name in shown.fields}
    assert "路灯" in data["words"]
    assert client.post(page, {**data, "words": "ＬＥＤ屏, 招牌灯，led屏、LED屏"}).status_code == 302
    row.refresh_from_db()
    assert row.words == "LED屏、招牌灯、led屏"
    assert [each.category.code for each in likely_sorts("matters", "门口的led屏黑了")] == ["0201"]
    assert client.post(page, {**data, "words": "很" * 41}).status_code == 422
    latest = Revision.objects.latest("pk")
    assert client.post(f"/desk/catalogue/matters/history/{latest.pk}/").status_code == 302
    assert [each.category.code for each in likely_sorts("matters", "路灯不亮")] == ["0201"]


def test_a_sheet_without_everyday_words_leaves_them_and_a_hyphen_takes_them_away(world, sign_in):
    client, row = sign_in("administrator"), Category.objects.get(kind="matters", code="0201")
    page, words = f"/desk/catalogue/matters/categories/{row.pk}/", row.words
    shown = client.get(page).context["form"]
    data = {name: shown[name].value() or "" for name in shown.fields}
    for given, kept in (("", words), ("-", "")):
        client.post(page, {**data, "words": given})
        row.refresh_from_db()
        assert row.words == kept


def test_a_workbook_is_previewed_then_carried_out(world, sign_in, good):
    client = sign_in("administrator")
    answer = sent(client, good)
    page = client.get(answer["Location"])
    assert "新增" in text(page)
    assert not Responsibility.objects.filter(condition="渣土", division=world.county).exists()
    assert client.post(answer["Location"], {"digest": digest_of(page)}).status_code == 302
    assert Responsibility.objects.filter(condition="渣土", division=world.county).exists()
    assert client.get(answer["Location"]).status_code == 404


def test_a_preview_that_has_grown_old_is_shown_again(world, sign_in, good):
    client = sign_in("administrator")
    first, second = sent(client, good)["Location"], sent(client, good)["Location"]
    mark = digest_of(client.get(second))
    client.post(first, {"digest": digest_of(client.get(first))})
    assert client.post(second, {"digest": mark}).status_code == 409
    assert Responsibility.objects.filter(condition="渣土", division=world.county).count() == 1


def test_a_workbook_with_faults_is_listed_and_changes_nothing(world, sign_in):
    client = sign_in("administrator")
    answer = sent(client, Book({"Limit": -3, "Category code": "7777"}).bytes())
    page = client.get(answer["Location"])
    assert "时限至少为 1" in text(page)
    assert "确认执行" not in text(page)
    assert client.post(answer["Location"], {"digest": ""}).status_code in {409, 422}
    taken = client.get(answer["Location"] + "faults/")
    assert zipfile.is_zipfile(io.BytesIO(taken.content))


def test_a_file_that_is_no_workbook_is_refused_on_the_page(sign_in):
    client = sign_in("administrator")
    answer = sent(client, b"code,limit\n1,2\n")
    assert answer.status_code == 422
    assert "CSV" in text(answer)
    assert client.post(f"{ROWS}upload/", {}).status_code == 422


def test_somebody_elses_upload_is_not_there(world, sign_in, good):
    address = sent(sign_in("administrator"), good)["Location"]
    assert sign_in("appointer").get(address).status_code == 404


@pytest.mark.parametrize("table", ["rows", "categories", "admissions"])
def test_what_is_downloaded_can_be_uploaded_and_changes_nothing(sign_in, table):
    client = sign_in("administrator")
    taken = client.get(f"/desk/catalogue/matters/{table}/workbook/")
    page = client.get(sent(client, taken.content, table)["Location"])
    assert page.context["plan"].effective == []
    assert client.get(f"/desk/catalogue/matters/{table}/workbook/", {"empty": "1"}).status_code == 200


def test_a_proposal_is_adopted_or_declined(world, sign_in, case):
    category, today = Category.objects.get(code="0207"), timezone.localdate()
    said = {"source": "公厕今后由住建局牵头", "case": case, "by": world.by("county_dispatcher")}
    first = propose("matters", category, world.county, world.posts["housing"], **said)
    assert suggestion(category, world.county.code, today).post.pk == world.posts["city_management"].pk
    client = sign_in("administrator")
    assert "公厕今后由住建局牵头" in text(client.get(ROWS))
    address = f"/desk/catalogue/matters/rows/proposals/{first.pk}/"
    assert sign_in("county_dispatcher").post(address, {"answer": "adopt"}).status_code == 403
    assert client.post(address, {"answer": "adopt"}).status_code == 302
    found = suggestion(category, world.county.code, today)
    assert found.post.pk == world.posts["housing"].pk
    assert case.number in found.why
    assert client.post(address, {"answer": "decline"}).status_code == 409
    second = propose("matters", category, world.county, world.posts["water"], **said)
    client.post(f"/desk/catalogue/matters/rows/proposals/{second.pk}/", {"answer": "decline"})
    assert suggestion(category, world.county.code, today).post.pk == world.posts["housing"].pk


def test_an_administrator_of_a_town_edits_only_the_town(world, sign_in):
    holding = world.by("administrator").holding
    town = world.place("青石镇")
    Post.objects.filter(pk=holding.post_id).update(division=town)
    client = sign_in("administrator")
    county = Responsibility.objects.get(category__code="0201", division=world.county)
    own = Responsibility.objects.filter(division=town).first()
    assert client.get(f"{ROWS}{county.pk}/").status_code == 403
    assert client.get(f"{ROWS}{own.pk}/").status_code == 200
    assert client.get("/desk/catalogue/matters/categories/add/").status_code == 403
    other = Responsibility.objects.filter(division=town).count()
    data = {**filled(client.get(f"{ROWS}{own.pk}/")), "division": world.place("柳河镇").trimmed}
    assert client.post(f"{ROWS}add/", data).status_code == 422
    assert Responsibility.objects.filter(division=town).count() == other
