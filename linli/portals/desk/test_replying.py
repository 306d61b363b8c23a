"""Reply templates: kept for an area or a body, filled in for the case, inserted without JavaScript."""

from __future__ import annotations

import pytest

from linli.cases.models import ReplyTemplate
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "您反映的{category}问题（{number}）已收到，{place}将于{due}前答复。"
TARGET = "matters.refuse.reason"


def text(response):
    return response.content.decode()


def kept(client, **changes):
    data = {"target": TARGET, "title": "重复上报", "text": WORDS, **changes}
    return client.post("/desk/templates/", data, follow=True)


def test_a_template_is_filled_in_for_the_case_and_put_into_its_field(sign_in, case):
    assert kept(sign_in("county_head")).status_code == 200
    template = ReplyTemplate.objects.get()
    client = sign_in("chengguan_clerk")
    assert "重复上报" in text(client.get(f"/desk/cases/{case.number}/"))
    page = text(client.get(f"/desk/cases/{case.number}/refuse/", {"template": template.pk}))
    assert (
        f"（{case.number}）已收到，{case.division.name}将于"
        in page.split("<textarea")[1].split("</textarea>")[0]
    )
    assert Entry.objects.get(name="templates.add").facts["template"] == template.pk


def test_a_value_that_is_not_known_leaves_a_gap_to_be_seen(sign_in, case):
    kept(sign_in("county_head"))
    template = ReplyTemplate.objects.get()
    page = text(
        sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/refuse/", {"template": template.pk})
    )
    assert "您反映的____问题" in page


def test_what_a_template_says_is_escaped(sign_in, case):
    kept(sign_in("county_head"), text='</textarea><script>alert("1")</script>')
    template = ReplyTemplate.objects.get()
    page = text(
        sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/refuse/", {"template": template.pk})
    )
    assert "<script>alert" not in page


@pytest.mark.parametrize("wanted", ["0", "x", "99999999", ""])
def test_a_template_that_is_not_there_fills_nothing(sign_in, case, wanted):
    response = sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/refuse/", {"template": wanted})
    assert response.status_code == 200


def test_a_template_of_one_body_is_offered_to_no_other(world, sign_in, case):
    kept(sign_in("county_head"), own_body="on")
    assert "重复上报" not in text(sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/"))
    assert "重复上报" in text(sign_in("county_clerk").get(f"/desk/cases/{case.number}/"))


def test_a_template_of_a_village_is_not_offered_above_it(sign_in, case):
    kept(sign_in("head_东门社区"))
    assert "重复上报" not in text(sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/"))


def test_a_retired_template_is_offered_no_more(sign_in, case):
    head = sign_in("county_head")
    kept(head)
    template = ReplyTemplate.objects.get()
    address = f"/desk/templates/{template.pk}/retire/"
    assert sign_in("head_东门社区").post(address).status_code == 404
    assert head.post(address).status_code == 302
    assert head.post(address).status_code == 409
    assert "重复上报" not in text(sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/"))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "{phone}"},
        {"text": "{}"},
        {"target": "matters.report.text"},
        {"target": "x"},
        {"title": " "},
        {"text": ""},
    ],
)
def test_nonsense_is_no_template(sign_in, changes):
    assert kept(sign_in("county_head"), **changes).status_code == 422
    assert not ReplyTemplate.objects.exists()


def test_two_templates_of_one_name_are_one_too_many(sign_in):
    kept(sign_in("county_head"))
    assert kept(sign_in("county_head")).status_code == 422
    assert ReplyTemplate.objects.count() == 1


def test_who_has_no_power_keeps_no_templates(sign_in):
    assert sign_in("chengguan_clerk").get("/desk/templates/").status_code == 403
    assert kept(sign_in("chengguan_clerk")).status_code == 403
    assert not ReplyTemplate.objects.exists()


def test_a_form_is_filled_from_its_address_but_never_sent(sign_in, case):
    page = text(sign_in("chengguan_clerk").get(f"/desk/cases/{case.number}/refuse/", {"reason": "同一件事"}))
    assert "同一件事" in page
    case.refresh_from_db()
    assert case.stage == "reported"
