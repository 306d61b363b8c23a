"""Taking a matter in from a pasted chat: a draft that somebody checks, nothing kept before it is saved."""

from __future__ import annotations

from uuid import uuid4

import pytest

from linli.cases.follow import follow_code
from linli.cases.models import Case
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.portals.desk.chatting import PastedForm
from linli.residents.models import Contact

pytestmark = pytest.mark.django_db
CHATS = "/desk/chats/"
CHAT = """李阿姨 2026/11/20 07:41
在吗？
李阿姨 2026/11/20 07:42
河滨社区3号楼的路灯坏了三天了，晚上老人不敢下楼。我电话13912345678
李阿姨 2026/11/20 07:43
[图片]
网格员小王 2026/11/20 07:50
收到，谢谢李阿姨！"""
WORDS = "河滨社区3号楼的路灯坏了三天了，晚上老人不敢下楼。"


def text(response):
    return response.content.decode()


def form_of(response):
    return response.context["form"]


def read(client, chat=CHAT):
    return client.post(CHATS, {"act": "read", "chat": chat, "sent": str(uuid4())})


def save(client, **given):
    return client.post(CHATS, {"act": "save", "sent": str(uuid4()), "chat": CHAT, "text": WORDS, **given})


def test_the_draft_has_words_place_category_time_and_number(world, sign_in):
    form = form_of(read(sign_in("call_taker")))
    assert form.initial["text"] == WORDS
    assert form.initial["division"] == "河滨社区"
    assert form.initial["category"] == "0201"
    assert form.initial["phone"] == "13912345678"
    assert form.initial["happened_at"] == "2026-11-20T07:42"


def test_nothing_is_kept_before_it_is_saved(world, sign_in):
    client = sign_in("call_taker")
    before = Case.everywhere.count(), Contact.objects.count(), Entry.objects.count()
    read(client)
    assert (Case.everywhere.count(), Contact.objects.count(), Entry.objects.count()) == before
    assert WORDS not in str(dict(client.session.items()))


def test_what_the_draft_could_not_take_over_is_said(world, sign_in):
    client = sign_in("call_taker")
    assert "有 1 张图片没有进草稿" in text(read(client))
    both = read(client, "甲: 东门社区和文昌社区都停水了，电话13912345678\n甲: 或者13700004444")
    assert "聊天里提到几个地点：文昌社区，东门社区" in text(both).replace("、", "，")
    assert "聊天里有几个电话" in text(both)
    assert "聊天里没有说明事项的文字" in text(read(client, '[语音] 12"'))


def test_words_of_several_people_are_said_to_be_that_and_an_answer_is_no_matter(world, sign_in):
    two = "张三 11-20 8:03\n东门社区的路灯坏了三天\n李四 11-20 8:05\n文昌社区门口的井盖不见了"
    assert "以下文字出自 2 人" in text(read(sign_in("call_taker"), two))
    one = (
        "张三 11-20 8:03\n东门社区的路灯坏了三天\n网格员小王 11-20 8:05\n收到\n张三 11-20 8:06\n晚上看不见路"
    )
    assert "以下文字出自" not in text(read(sign_in("call_taker"), one))


def test_a_line_end_counts_as_one_character_as_beside_the_box(sign_in):
    most = PastedForm.base_fields["chat"].max_length
    sent = "\r\n".join(["路灯坏了"] * (most // 5))  # as browsers send what they counted as `most` - 1
    assert read(sign_in("call_taker"), sent).status_code == 200


def test_an_empty_paste_is_asked_again(sign_in):
    response = read(sign_in("call_taker"), " ")
    assert response.status_code == 422
    assert "请先粘贴聊天内容" in text(response)


def test_the_saved_matter_holds_the_checked_words_and_nothing_else_of_the_chat(world, sign_in):
    save(sign_in("call_taker"), division="河滨社区", phone="13912345678")
    matter = Matter.objects.select_related("case__division").latest("case__recorded_at")
    assert (matter.text, matter.case.channel) == (WORDS, "chat")
    assert matter.case.division.name == "河滨社区"
    assert "李阿姨" not in str(Entry.objects.select_related("detail").get(about=matter.pk).__dict__)


def test_the_answer_to_paste_back_names_nobody_and_leads_to_the_follow_page(world, sign_in):
    page = text(save(sign_in("call_taker"), phone="13912345678", name="李小芳"))
    case = Case.everywhere.latest("recorded_at")
    reply = page.split("<textarea", 1)[1].split("</textarea>", 1)[0]
    for part in (case.number, follow_code(case.pk), f"http://testserver/follow/?number={case.number}"):
        assert part in reply
    for gone in ("李小芳", "13912345678", WORDS[:6]):
        assert gone not in reply
    assert "readonly" in reply


def test_what_is_wrong_keeps_the_draft_and_the_chat(world, sign_in):
    response = save(sign_in("call_taker"), text="", division="河滨社区")
    assert response.status_code == 422
    assert "网格员小王" in text(response)
    assert "河滨社区" in text(response)


def test_posts_that_take_no_reports_in_take_no_chats(sign_in):
    assert sign_in("chengguan_team").get(CHATS).status_code == 403


def test_a_grid_worker_brings_a_matter_of_the_residents_group_in(world, sign_in):
    client = sign_in("东门社区第一网格")
    for page in ("/field/new/", "/desk/report/"):
        assert f'href="{CHATS}"' in text(client.get(page))
    page = text(client.get(CHATS))
    assert "/desk/calls/" not in page
    reply = text(save(client, division="东门社区第一网格", phone="13912345678"))
    case = Case.everywhere.latest("recorded_at")
    assert (case.channel, case.opened_by) == ("chat", world.by("东门社区第一网格").post)
    assert case.reporter is not None
    assert follow_code(case.pk) in reply
