from datetime import datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.cases.models import Case
from linli.kinds.matters.models import Matter
from linli.portals.api.conftest import HOME, LAMP, MATTERS
from linli.residents.models import Contact

FULL = {
    "text": LAMP,
    "address": "人民路12号",
    "category": "0201",
    "contact": {"name": "李小芳", "phone": "139 1234 5678"},
}


@pytest.fixture
def full(world):
    """A report with everything in it."""
    grid = world.place(HOME)
    return {**FULL, "longitude": grid.longitude, "latitude": grid.latitude}


def test_anyone_reports_with_words_alone_and_gets_a_receipt(world, send):
    answer = send(MATTERS, {"text": LAMP})
    receipt = answer.json()
    assert answer.status_code == 201
    assert set(receipt) == {"number", "follow_code", "status_url", "promised_by"}
    assert Case.everywhere.get(number=receipt["number"]).channel == "api"


def test_the_promise_carries_the_offset_of_the_place(world, send):
    promised = send(MATTERS, {"text": LAMP}).json()["promised_by"]
    assert datetime.fromisoformat(promised).utcoffset().total_seconds() == 8 * 3600


def test_the_status_url_answers_to_the_code(world, send, client):
    receipt = send(MATTERS, {"text": LAMP}).json()
    answer = client.get(receipt["status_url"], headers={"X-Follow-Code": receipt["follow_code"]})
    assert answer.json()["stage"] == "reported"


def test_names_outside_reach_the_fields_of_the_form(send, full):
    case = Case.everywhere.get(number=send(MATTERS, full).json()["number"])
    matter = Matter.objects.get(pk=case.pk)
    assert (matter.landmark, case.category.code, case.division.name) == ("人民路12号", "0201", HOME)
    assert case.reporter.phone_index


def test_null_means_that_a_field_is_left_out(world, send):
    given = {"text": LAMP, "longitude": None, "contact": None, "address": None}
    assert send(MATTERS, given).status_code == 201


def test_a_byte_order_mark_is_no_obstacle(world, client):
    body = b"\xef\xbb\xbf" + f'{{"text": "{LAMP}"}}'.encode()
    assert client.post(MATTERS, body, content_type="application/json").status_code == 201


def test_a_long_text_and_emoji_are_welcome(world, send):
    text = "路灯💡坏了" * 1055 + "abcd"
    assert len(text) == 5279
    case = Case.everywhere.get(number=send(MATTERS, {"text": text}).json()["number"])
    assert case.matter.text == text


def test_control_characters_are_dropped_from_text(world, send):
    case = Case.everywhere.get(number=send(MATTERS, {"text": "路\u0000灯\u0007坏了"}).json()["number"])
    assert case.matter.text == "路灯坏了"


def test_full_width_digits_make_a_telephone_number(world, send):
    given = {"text": LAMP, "contact": {"phone": "１３９１２３４５６７８"}}
    assert send(MATTERS, given).status_code == 201
    first = Contact.objects.latest("id").phone_index
    send(MATTERS, {"text": LAMP, "contact": {"phone": "13912345678"}})
    assert Contact.objects.latest("id").phone_index == first


def test_the_same_key_and_body_twice_is_one_case_with_one_receipt(world, send):
    key = {"Idempotency-Key": str(uuid4())}
    first, second = (send(MATTERS, {"text": LAMP}, **key) for _time in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert Case.everywhere.count() == 1


def test_the_same_key_with_another_body_is_a_conflict(world, send):
    key = {"Idempotency-Key": str(uuid4())}
    send(MATTERS, {"text": LAMP}, **key)
    answer = send(MATTERS, {"text": LAMP + "！"}, **key)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")
    assert Case.everywhere.count() == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "钥匙", "a\tb"])
def test_a_key_that_is_none_is_refused(world, send, key):
    answer = send(MATTERS, {"text": LAMP}, **{"Idempotency-Key": key})
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["error"]["sentence"]
    assert not Case.everywhere.exists()


def test_keys_of_a_post_and_of_the_public_do_not_meet(world, send, token_of):
    key = {"Idempotency-Key": "1"}
    body = {"text": LAMP}
    assert send(MATTERS, body, **key).status_code == 201
    assert send(MATTERS, body, **key, **token_of("county_clerk")).status_code == 201


def test_a_key_others_think_of_too_gives_away_nobodys_receipt(world, client):
    given = {"content_type": "application/json", "headers": {"Idempotency-Key": "1"}}
    first, again, other = (
        client.post(MATTERS, {"text": LAMP}, REMOTE_ADDR=address, **given)
        for address in ("203.0.113.1", "203.0.113.1", "203.0.113.2")
    )
    assert [each.status_code for each in (first, again, other)] == [201, 200, 201]
    assert other.json()["follow_code"] != first.json()["follow_code"] == again.json()["follow_code"]


def test_a_key_others_think_of_too_keeps_nobody_from_reporting(world, client):
    given = {"content_type": "application/json", "headers": {"Idempotency-Key": "test"}}
    client.post(MATTERS, {"text": "占用"}, REMOTE_ADDR="203.0.113.1", **given)
    assert client.post(MATTERS, {"text": LAMP}, REMOTE_ADDR="203.0.113.2", **given).status_code == 201


def test_a_random_key_is_known_again_from_another_address(world, client):
    given = {"content_type": "application/json", "headers": {"Idempotency-Key": str(uuid4())}}
    answers = [client.post(MATTERS, {"text": LAMP}, REMOTE_ADDR=f"203.0.113.{n}", **given) for n in (1, 2)]
    assert [each.status_code for each in answers] == [201, 200]


def test_with_a_token_the_post_opens_the_case(world, send, token_of):
    answer = send(MATTERS, {"text": LAMP}, **token_of("call_taker"))
    assert Case.everywhere.get(number=answer.json()["number"]).opened_by == world.posts["call_taker"]


def test_a_post_without_the_power_may_not_open(world, send, token_of):
    assert send(MATTERS, {"text": LAMP}, **token_of("power")).status_code == 403
    assert not Case.everywhere.exists()


def test_a_bad_token_is_not_taken_for_the_public(world, send):
    answer = send(MATTERS, {"text": LAMP}, Authorization="Bearer linli_nothing")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer realm="linli"')
    assert not Case.everywhere.exists()


def test_one_address_reports_only_so_often(world, send, settings):
    settings.INTAKE_PER_MINUTE = 2
    answers = [send(MATTERS, {"text": LAMP}) for _time in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert int(answers[-1]["Retry-After"]) <= 60


def test_somebody_elses_number_is_left_only_so_often_from_wherever(world, settings):
    settings.INTAKE_PER_MINUTE = 2
    given = {"text": LAMP, "contact": {"phone": "13912345678"}}
    clients = [Client(REMOTE_ADDR=f"203.0.113.{nr}") for nr in range(3)]
    answers = [each.post(MATTERS, given, content_type="application/json") for each in clients]
    assert [each.status_code for each in answers] == [201, 201, 429]


def test_a_session_counts_for_nothing(world, send, client):
    client.force_login(world.by("county_clerk").holding.account)
    case = Case.everywhere.get(number=send(MATTERS, {"text": LAMP}).json()["number"])
    assert case.opened_by is None
    assert client.get(MATTERS).status_code == 401


def test_a_form_of_another_site_cannot_report_with_a_session(world):
    """CSRF does not apply because nothing but the request itself gives any right."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.by("county_clerk").holding.account)
    answer = client.post(MATTERS, {"text": LAMP}, content_type="application/json")
    assert Case.everywhere.get(number=answer.json()["number"]).opened_by is None


def test_an_intake_takes_at_most_twelve_statements(world, send, client, full):
    send(MATTERS, full)  # the settings are cached from here on
    client.force_login(world.by("county_clerk").holding.account)  # a session at hand must cost nothing
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert send(MATTERS, full, **{"Idempotency-Key": "k"}).status_code == 201
    statements = [each["sql"] for each in seen if not each["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 12, "\n".join(each[:120] for each in statements)


def test_eight_threads_with_one_key_open_one_matter(committed_world, at_once):
    def report():
        return Client().post(
            MATTERS, {"text": LAMP}, content_type="application/json", headers={"Idempotency-Key": "race"}
        )

    answers = at_once([report] * 8)
    assert sorted(each.status_code for each in answers) == [200] * 7 + [201]
    assert len({each.content for each in answers}) == 1
    assert Case.everywhere.count() == 1
