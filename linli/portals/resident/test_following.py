"""Following with number and code: who sees what, what the reporter may do, and that guessing does not pay."""

import re

import pytest
from django.test import Client

from linli.cases.follow import follow_code
from linli.cases.models import Case, Category
from linli.cases.story import story_for_reporter
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import LAMP, state_of
from linli.kinds.matters.models import Matter
from linli.portals.resident.following import GUESSES_PER_MINUTE
from linli.portals.resident.progress import milestones, usual_way
from linli.residents.keeping import GivenContact

pytestmark = pytest.mark.django_db


def address(matter, step=""):
    return f"/follow/{matter.case.number}/{step}"


def ask(client, matter, **other):
    return client.post("/follow/", {"number": matter.case.number, "code": follow_code(matter.pk), **other})


def offered(page):
    return re.findall(r'action="/follow/[^/]+/(\w+)/"', page.content.decode())


def answer(client, matter, step, **given):
    version = Case.everywhere.get(pk=matter.pk).version
    return client.post(address(matter, f"{step}/"), {"version": version, **given})


def test_number_and_code_open_the_case(client, reported_matter):
    page = ask(client, reported_matter)
    assert page.headers["Location"] == address(reported_matter)
    assert LAMP in client.get(address(reported_matter)).content.decode()


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f"{code[:4]} {code[4:]}", lambda code: f" {code[:4]}-{code[4:]} "]
)
def test_the_code_may_be_typed_as_people_type(client, reported_matter, change):
    assert ask(client, reported_matter, code=change(follow_code(reported_matter.pk))).status_code == 302


def test_full_width_digits_are_digits(client, reported_matter):
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    assert ask(client, reported_matter, number=reported_matter.case.number.translate(wide)).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "AAAAAAAA"},
        {"code": "查询码"},
        {"number": "320831-26-99999-9"},
        {"number": "🏮"},
        {"code": "x\x00"},
    ],
)
def test_a_wrong_pair_opens_nothing_and_says_the_same(client, reported_matter, wrong):
    page = ask(client, reported_matter, **wrong)
    assert page.status_code == 422
    assert client.get(address(reported_matter)).status_code == 302


def test_a_wrong_code_and_an_unknown_number_look_alike(client, reported_matter):
    pages = [
        ask(client, reported_matter, code="AAAAAAAA"),
        ask(client, reported_matter, number="320831-26-99999-9"),
    ]
    said = [
        re.search(r'<div class="wrong".*?</div>', page.content.decode(), re.DOTALL).group() for page in pages
    ]
    assert said[0] == said[1]


def test_guessing_is_stopped(client, reported_matter):
    pages = [ask(client, reported_matter, code="AAAAAAAA") for _guess in range(GUESSES_PER_MINUTE + 1)]
    assert [page.status_code for page in pages[-2:]] == [422, 429]
    assert ask(client, reported_matter).status_code == 429


def test_another_address_is_not_stopped_with_it(client, reported_matter):
    for _guess in range(GUESSES_PER_MINUTE + 1):
        ask(client, reported_matter, code="AAAAAAAA")
    assert ask(Client(REMOTE_ADDR="203.0.113.9"), reported_matter).status_code == 302


def test_without_the_code_the_page_asks_for_it_with_the_number_filled_in(client, reported_matter):
    page = client.get(address(reported_matter))
    assert page.headers["Location"] == f"/follow/?number={reported_matter.case.number}"
    assert f'value="{reported_matter.case.number}"' in client.get(page.headers["Location"]).content.decode()


def test_a_number_that_does_not_exist_looks_the_same(client, reported_matter):
    assert client.get("/follow/320831-26-99999-9/").headers["Location"] == "/follow/?number=320831-26-99999-9"


def test_one_code_opens_one_case(unlocking, reported_matter, world):
    other = actions.report(by=world.by("call_taker"), text="另一件", division=world.place("东门社区第一网格"))
    page = unlocking(reported_matter).get(f"/follow/{other.number}/")
    assert page.status_code == 302


def test_it_can_be_closed_on_a_shared_computer(unlocking, reported_matter):
    client = unlocking(reported_matter)
    client.post("/follow/forget/")
    assert client.get(address(reported_matter)).status_code == 302


def test_before_it_is_checked_there_is_nothing_to_answer(unlocking, handled_matter):
    assert not {"confirm", "contest", "reopen"} & set(
        offered(unlocking(handled_matter).get(address(handled_matter)))
    )


def test_only_where_an_answer_is_waited_for_the_page_says_so(unlocking, checked_matter):
    client = unlocking(checked_matter)
    assert "等您确认" in client.get(address(checked_matter)).content.decode()
    answer(client, checked_matter, "contest", reason="昨晚又灭了")
    assert "等您确认" not in client.get(address(checked_matter)).content.decode()


def test_a_question_is_read_and_answered_without_a_name(unlocking, world, dispatched_matter):
    actions.ask(dispatched_matter, by=world.by("power"), seen=3, question="是哪一根灯杆？")
    client = unlocking(dispatched_matter)
    page = client.get(address(dispatched_matter))
    assert "是哪一根灯杆？" in page.content.decode()
    assert "等您确认" in page.content.decode()
    assert "answer" in offered(page)


def test_the_reporter_is_offered_yes_and_no(unlocking, checked_matter):
    assert offered(unlocking(checked_matter).get(address(checked_matter))) == ["confirm", "contest"]


def test_the_reporter_confirms(unlocking, checked_matter):
    page = answer(unlocking(checked_matter), checked_matter, "confirm")
    assert page.status_code == 302
    assert state_of(checked_matter)[0] == "closed"


def test_the_reporter_contests(unlocking, checked_matter):
    answer(unlocking(checked_matter), checked_matter, "contest", reason="昨晚又灭了")
    assert state_of(checked_matter)[0] == "dispatched"


def test_a_no_without_a_reason_is_asked_for_it(unlocking, checked_matter):
    page = answer(unlocking(checked_matter), checked_matter, "contest", reason=" ")
    assert page.status_code == 422
    assert state_of(checked_matter)[0] == "checked"


def test_the_reporter_reopens(unlocking, closed_matter):
    client = unlocking(closed_matter)
    assert offered(client.get(address(closed_matter))) == ["rate", "reopen"]
    answer(client, closed_matter, "reopen", reason="又坏了")
    assert state_of(closed_matter)[0] == "accepted"


def test_two_answers_at_once_count_once(unlocking, checked_matter):
    client = unlocking(checked_matter)
    stale = client.post(address(checked_matter, "confirm/"), {"version": 1})
    assert stale.status_code == 302
    assert "重新查看" in client.get(stale.headers["Location"]).content.decode()
    assert state_of(checked_matter)[0] == "checked"


@pytest.mark.parametrize("version", ["", "abc", "-1", "９", "1" * 400])
def test_an_odd_version_is_an_old_one(unlocking, checked_matter, version):
    assert (
        unlocking(checked_matter).post(address(checked_matter, "confirm/"), {"version": version}).status_code
        == 302
    )
    assert state_of(checked_matter)[0] == "checked"


@pytest.mark.parametrize("step", ["accept", "dispatch", "handle", "check", "lapse", "report"])
def test_steps_of_posts_are_not_the_reporters(unlocking, reported_matter, step):
    before = state_of(reported_matter)
    assert answer(unlocking(reported_matter), reported_matter, step, reason="x").status_code == 403
    assert state_of(reported_matter) == before


def test_a_step_that_does_not_exist_is_not_found(unlocking, reported_matter):
    assert answer(unlocking(reported_matter), reported_matter, "nothing").status_code == 404


def test_a_step_that_is_over_is_told_and_changes_nothing(unlocking, closed_matter):
    assert answer(unlocking(closed_matter), closed_matter, "contest", reason="").status_code == 302
    assert state_of(closed_matter)[0] == "closed"


def test_a_stranger_takes_no_step(client, checked_matter):
    assert answer(client, checked_matter, "confirm").status_code == 404
    assert state_of(checked_matter)[0] == "checked"


def test_an_inner_return_is_not_shown_to_the_reporter(unlocking, world, dispatched_matter):
    actions.send_back(dispatched_matter, by=world.by("power"), seen=3, reason="不归供电公司，归城管")
    page = unlocking(dispatched_matter).get(address(dispatched_matter)).content.decode()
    assert "不归供电公司" not in page
    assert "已退回" not in page
    assert "处置中" in page


def test_what_posts_note_for_each_other_is_not_shown(unlocking, world, reported_matter):
    actions.accept(reported_matter, by=world.by("chengguan_clerk"), seen=1, note="此人常来电")
    assert "此人常来电" not in unlocking(reported_matter).get(address(reported_matter)).content.decode()


def test_the_refusal_is_read_with_its_reason(unlocking, world, reported_matter):
    actions.refuse(reported_matter, by=world.by("chengguan_clerk"), seen=1, reason="属于商业纠纷，请走诉讼")
    page = unlocking(reported_matter).get(address(reported_matter)).content.decode()
    assert "属于商业纠纷" in page
    assert "不予受理" in page


def test_who_takes_it_over_is_named(unlocking, world, reported_matter):
    body = world.posts["water"].organisation
    actions.refer(reported_matter, by=world.by("chengguan_clerk"), seen=1, to=body, reason="属供水")
    assert body.name in unlocking(reported_matter).get(address(reported_matter)).content.decode()


def test_no_holder_of_a_post_is_named(unlocking, checked_matter, world):
    page = unlocking(checked_matter).get(address(checked_matter)).content.decode()
    assert "城关街道受理员" in page
    assert not [actor for actor in world.actors.values() if actor.holding.account.called in page]


def test_the_usual_way_is_read_from_the_procedure():
    assert usual_way("matters") == ("reported", "accepted", "dispatched", "handled", "checked", "closed")


def test_the_way_shows_what_is_past_and_where_it_stands(dispatched_matter):
    shown = milestones(dispatched_matter.case, story_for_reporter(dispatched_matter.case))
    assert [each.state for each in shown] == ["past", "past", "here", "ahead", "ahead", "ahead"]


def test_a_way_that_ended_elsewhere_is_shown_as_it_went(world, reported_matter):
    actions.refuse(reported_matter, by=world.by("chengguan_clerk"), seen=1, reason="x")
    case = Case.everywhere.get(pk=reported_matter.pk)
    assert [(each.label, each.state) for each in milestones(case, story_for_reporter(case))] == [
        ("待受理", "past"),
        ("不予受理", "here"),
    ]


def test_pages_of_a_case_are_kept_by_no_cache(unlocking, reported_matter):
    assert "no-store" in unlocking(reported_matter).get(address(reported_matter)).headers["Cache-Control"]


def test_the_reporters_page_costs_few_statements(unlocking, checked_matter, django_assert_max_num_queries):
    client = unlocking(checked_matter)
    client.get(address(checked_matter))
    with django_assert_max_num_queries(20):
        client.get(address(checked_matter))


def test_the_map_shows_the_grid_and_says_that_it_is_schematic(unlocking, reported_matter):
    page = unlocking(reported_matter).get(address(reported_matter)).content.decode()
    assert page.count("<polygon") == 3
    assert "示意" in page


def test_a_matter_without_a_place_says_so(unlocking, world):
    opened = actions.report(by=world.by("call_taker"), text="不知在哪")
    page = unlocking(Matter.objects.select_related("case").get(pk=opened.case)).get(
        f"/follow/{opened.number}/"
    )
    assert "<polygon" not in page.content.decode()


def test_whoever_had_help_reads_which_post_filled_it_in(unlocking, world):
    given = {"text": LAMP, "contact": GivenContact("欧阳小芳", "13912345678")}
    opened = actions.report(by=world.by("call_taker"), **given)
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    page = unlocking(matter).get(address(matter)).content.decode()
    assert re.search(r"代您填写的岗位.*?热线话务员", page, re.DOTALL)


def test_whoever_reported_alone_reads_of_no_helper(unlocking, reported_matter):
    assert "代您填写" not in unlocking(reported_matter).get(address(reported_matter)).content.decode()


def test_words_that_somebody_was_faster_than_are_back_in_their_form(world, unlocking, reported_matter):
    client = unlocking(reported_matter)
    lamp = Category.objects.get(code="0201")
    actions.accept(reported_matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    late = client.post(address(reported_matter, "add/"), {"version": 1, "more": "四号楼东边那盏也黑了。"})
    assert late.status_code == 302
    page = client.get(late.headers["Location"]).content.decode()
    assert "重新查看" in page
    assert "四号楼东边那盏也黑了。" in page
    assert [each.step for each in story_for_reporter(reported_matter.case)] == ["report", "accept"]
