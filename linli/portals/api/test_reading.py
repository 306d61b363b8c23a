import pytest

from linli.cases.follow import follow_code
from linli.cases.models import Case
from linli.portals.api.conftest import HOME, LAMP, MATTERS, address_of, code_of
from linli.posts import tokens
from linli.posts.actor import SystemActor
from linli.posts.models import Token


def test_the_reporter_sees_stage_promise_story_and_steps(client, checked):
    answer = client.get(address_of(checked), headers=code_of(checked))
    case = answer.json()
    assert (case["stage"], case["label"], case["place"]["name"]) == ("checked", "待上报人确认", HOME)
    assert [each["step"] for each in case["steps"]] == ["confirm", "contest"]
    assert [each["step"] for each in case["story"]] == ["report", "accept", "dispatch", "handle", "check"]
    assert case["detail"]["text"] == LAMP


def test_the_version_is_in_the_body_and_the_etag(client, checked):
    answer = client.get(address_of(checked), headers=code_of(checked))
    assert (answer.json()["version"], answer["ETag"]) == (5, '"5"')
    assert answer["Cache-Control"] == "no-store"


def test_a_machine_gets_no_session_and_its_documentation_is_a_page(client, reported):
    answer = client.get(address_of(reported), headers=code_of(reported))
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")
    assert not hasattr(answer.wsgi_request, "session")
    assert not answer.cookies
    assert "default-src 'none'" in client.get("/api/v1/docs")["Content-Security-Policy"]


def test_the_code_may_stand_in_the_query_and_be_typed_loosely(client, reported):
    code = follow_code(reported.pk)
    typed = f"{code[:4].lower()} {code[4:]}"
    assert client.get(address_of(reported), {"code": typed}).status_code == 200


@pytest.mark.parametrize("code", ["AAAAAAAA", "", "x", "路灯", "\u0000", "A" * 5000])
def test_a_wrong_code_shows_nothing(client, reported, code):
    answer = client.get(address_of(reported), {"code": code})
    assert answer.status_code == (404 if code else 401)
    assert LAMP not in answer.content.decode()


def test_codes_are_guessed_only_so_often(client, reported):
    for _time in range(60):
        client.get(address_of(reported), {"code": "AAAAAAAA"})
    assert client.get(address_of(reported), headers=code_of(reported)).status_code == 429


def test_steps_that_are_not_published_are_not_in_the_reporters_story(world, client, accepted, token_of):
    from linli.kinds.matters import actions

    actions.dispatch(accepted.matter, by=world.by("chengguan_dispatcher"), seen=2, to=world.posts["water"])
    actions.send_back(accepted.matter, by=world.by("water"), seen=3, reason="归供电公司")
    told = client.get(address_of(accepted), headers=code_of(accepted)).json()
    staff = client.get(address_of(accepted), headers=token_of("chengguan_clerk")).json()
    assert "send_back" not in {each["step"] for each in told["story"]}
    assert "send_back" in {each["step"] for each in staff["story"]}


def test_a_post_sees_the_cases_of_its_area_and_no_others(client, reported, token_of):
    assert client.get(address_of(reported), headers=token_of("chengguan_clerk")).status_code == 200
    assert client.get(address_of(reported), headers=token_of("liuhe_clerk")).status_code == 404


def test_a_post_outside_sees_a_case_while_it_has_the_task(client, world, reported, token_of):
    reported.tasks.update(post=world.posts["liuhe_clerk"])
    assert client.get(address_of(reported), headers=token_of("liuhe_clerk")).status_code == 200


def test_nobody_sees_the_reporter(client, send, world, token_of):
    given = {"text": LAMP, "contact": {"name": "李小芳", "phone": "13912345678"}}
    receipt = send(MATTERS, given).json()
    for headers in ({"X-Follow-Code": receipt["follow_code"]}, token_of("county_head")):
        told = client.get(receipt["status_url"], headers=headers).content.decode()
        assert "李小芳" not in told
        assert "13912345678" not in told


def test_the_list_holds_the_area_newest_first(client, send, reported, token_of):
    later = send(MATTERS, {"text": "又一件", "division": reported.division.trimmed}).json()["number"]
    listed = client.get(MATTERS, headers=token_of("chengguan_clerk")).json()
    assert [each["number"] for each in listed["cases"]] == [later, reported.number]
    assert listed["next"] is None
    assert client.get(MATTERS, headers=token_of("liuhe_clerk")).json()["cases"] == []


def test_the_list_goes_on_where_the_page_before_ended(client, reported, token_of, monkeypatch):
    from linli.cases import lists
    from linli.kinds.matters import actions
    from linli.posts.actor import PartyActor

    monkeypatch.setattr(lists, "PAGE", 2)
    for number in range(4):
        actions.report(by=PartyActor("reporter"), text=f"第{number}件", division=reported.division)
    header, found, key = token_of("chengguan_clerk"), [], ""
    while key is not None:
        page = client.get(MATTERS, {"next": key}, headers=header).json()
        found += [each["summary"] for each in page["cases"]]
        key = page["next"]
    assert found == ["第3件", "第2件", "第1件", "第0件", LAMP]


def test_the_list_is_narrowed_by_stage(client, reported, token_of):
    header = token_of("chengguan_clerk")
    assert len(client.get(MATTERS, {"stage": "reported"}, headers=header).json()["cases"]) == 1
    assert client.get(MATTERS, {"stage": "closed"}, headers=header).json()["cases"] == []


@pytest.mark.parametrize(
    "query", [{"stage": "nowhere"}, {"next": "x"}, {"reporter": "1"}, {"phone": "139"}, {"page": "2"}]
)
def test_the_list_cannot_be_narrowed_by_anything_else(client, world, token_of, query):
    answer = client.get(MATTERS, query, headers=token_of("chengguan_clerk"))
    assert answer.status_code == 422
    assert answer.json()["error"]["sentence"]


@pytest.mark.parametrize("words", ["", "\u0000", '"', "路灯\u0000", "'; --", "* OR"])
def test_words_of_any_sort_can_be_searched_for(client, reported, token_of, words):
    assert client.get(MATTERS, {"words": words}, headers=token_of("chengguan_clerk")).status_code == 200


def test_the_list_needs_a_token(client, reported):
    answer = client.get(MATTERS, headers=code_of(reported))
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="linli"')


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YTpi", "", "Bearer 路灯", "x" * 5000])
def test_what_is_no_token_is_refused(client, reported, header):
    answer = client.get(address_of(reported), headers={"Authorization": header})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "unknown")


def test_an_ended_token_is_refused_at_once(client, reported, token_of):
    header = token_of("chengguan_clerk")
    assert client.get(MATTERS, headers=header).status_code == 200
    tokens.end_token(Token.objects.get(), by=SystemActor("test"))
    assert client.get(MATTERS, headers=header).status_code == 401


def test_the_token_of_an_ended_appointment_is_refused_at_once(client, world, token_of):
    from linli.posts.actions import end

    header = token_of("chengguan_clerk")
    end(world.by("chengguan_clerk").holding, by=SystemActor("test"))
    answer = client.get(MATTERS, headers=header)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "not_yours")


def test_a_list_of_fifty_takes_few_statements(
    client, world, reported, token_of, django_assert_max_num_queries
):
    header = token_of("chengguan_clerk")
    client.get(MATTERS, headers=header)
    with django_assert_max_num_queries(8):
        client.get(MATTERS, headers=header)


def test_the_step_says_what_it_asks_for_with_the_choices(client, world, accepted, token_of):
    answer = client.get(address_of(accepted, "dispatch"), headers=token_of("chengguan_dispatcher")).json()
    choices = {each["const"]: each["title"] for each in answer["schema"]["properties"]["to"]["oneOf"]}
    power = world.posts["power"]
    assert choices[power.pk].startswith(power.title)
    assert answer["suggested"] == {"to": power.pk, "helpers": []}


def test_a_step_asks_only_whom_it_may(client, accepted, token_of):
    address = address_of(accepted, "dispatch")
    assert client.get(address, headers=code_of(accepted)).status_code == 403
    assert client.get(address, headers=token_of("chengguan_clerk")).status_code == 403
    assert client.get(address, headers=token_of("liuhe_dispatcher")).status_code == 404


def test_a_step_that_is_not_possible_now_asks_nothing(client, reported, token_of):
    address = address_of(reported, "dispatch")
    assert client.get(address, headers=token_of("chengguan_dispatcher")).status_code == 409


def test_reading_changes_nothing(client, checked, token_of):
    before = Case.everywhere.values().get(pk=checked.pk)
    client.get(address_of(checked), headers=code_of(checked))
    client.get(address_of(checked), headers=token_of("call_taker"))
    assert Case.everywhere.values().get(pk=checked.pk) == before
