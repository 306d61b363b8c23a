"""The head of a committee sees what is open by next step, and a file without its people; nobody else does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import NotFound
from linli.cases.bodywork import case_of_body, moments_of, open_of_body, unnamed, waiting_of_body
from linli.cases.models import Case
from linli.cases.sight import keep_from
from linli.kinds.disputes.conftest import LEAK, Way, applied_in, mediator
from linli.kinds.disputes.unnamed import size_of
from linli.posts.actor import SystemActor
from linli.residents.access import Access
from linli.residents.keeping import GivenContact

PERSONAL = ("李小芳", "王强", "13912345678", "13887654321", LEAK, "漏水", "东门社区第一网格", "范德顺")


def client_of(client, by):
    client.force_login(by.holding.account)
    return client


def test_what_is_open_is_counted_by_the_step_that_comes_next(triaged):
    applied_in(triaged.world)
    found = {each.stage: each.count for each in waiting_of_body(triaged.head)}
    assert found == {"applied": 1, "triaged": 1}


def test_what_is_past_its_limit_is_counted_apart(triaged):
    Case.everywhere.filter(pk=triaged.key).update(due=timezone.now() - timedelta(days=1))
    [row] = waiting_of_body(triaged.head)
    assert (row.count, row.late) == (1, 1)


def test_a_case_with_two_tasks_counts_once(mediating):
    mediating.go(mediating.fan, "consult", to=mediating.head.post, question="防水层？")
    assert sum(each.count for each in waiting_of_body(mediating.head)) <= 1


def test_a_dispute_of_another_body_is_neither_counted_nor_read(triaged):
    other = mediator("崔兰")
    assert waiting_of_body(other) == []
    with pytest.raises(NotFound):
        case_of_body(other, triaged.case.number)


def test_what_is_kept_from_the_head_is_not_there(triaged):
    keep_from(triaged.case, [triaged.head.post.pk])
    assert waiting_of_body(triaged.head) == []
    assert open_of_body(triaged.head, "disputes", "triaged") == []


def test_a_file_is_read_without_anybody_in_it(sealed, client):
    page = client_of(client, sealed.head).get("/desk/body/", {"case": sealed.case.number})
    said = page.content.decode()
    assert page.status_code == 200
    assert [word for word in PERSONAL if word in said] == []
    assert "12,000" not in said
    assert "50,000" in said


def test_reading_it_without_people_reads_nobody(sealed, client):
    before = Access.objects.count()
    client_of(client, sealed.head).get("/desk/body/", {"case": sealed.case.number})
    assert Access.objects.count() == before


def test_what_is_told_is_kinds_sizes_and_days(sealed):
    told = dict(unnamed(sealed.case))
    assert told["Sum"] == "less than 50,000 yuan"
    assert told["What was agreed, in kind"] == "Payment of money"
    assert told["Sides"] == "2"
    assert next(each.label for each in moments_of(sealed.case)) == "Ask for mediation"


def test_it_is_told_whether_the_body_a_side_or_the_clock_took_a_step(triaged):
    triaged.go(triaged.head, "name_side", contact=GivenContact("王强", "13887654321")).go(
        triaged.head, "invite"
    )
    triaged.go(SystemActor("clock"), "stay_silent")
    told = {each.label: each.who for each in moments_of(triaged.case)}
    assert (told["Ask for mediation"], told["Look at the safety"]) == ("side", "body")
    assert told["No answer in time"] == "clock"


def test_sums_are_told_by_their_size():
    assert [size_of(fen) for fen in (0, 99_999, 100_000, 20_000_000)] == [
        "",
        "less than 1,000 yuan",
        "less than 10,000 yuan",
        "200,000 yuan or more",
    ]


def test_the_page_leads_from_a_count_to_the_cases_it_counts(triaged, client):
    head = client_of(client, triaged.head)
    page = head.get("/desk/body/", {"step": "disputes.triaged"}).content.decode()
    assert triaged.case.number in page
    assert [word for word in PERSONAL if word in page] == []


def test_a_mediator_has_no_such_page(triaged, client):
    assert client_of(client, triaged.fan).get("/desk/body/").status_code == 403


def test_the_counts_cost_the_same_however_many_there_are(triaged, django_assert_max_num_queries):
    for _nr in range(3):
        applied_in(triaged.world)
    with django_assert_max_num_queries(1):
        waiting_of_body(triaged.head)


def test_no_mediator_stands_on_it(mediating: Way, client):
    page = client_of(client, mediating.head).get("/desk/body/").content.decode()
    assert [word for word in PERSONAL if word in page] == []


def test_a_mediator_finds_the_own_cases_by_the_step_that_comes_next(mediating, client):
    page = client_of(client, mediating.fan).get("/desk/").content.decode()
    strip = page.split('class="by-step"')[1].split("</nav>")[0]
    assert "stage=disputes.mediating" in strip
    assert "调解中 <strong>1</strong>" in strip


def test_a_step_of_the_strip_opens_exactly_the_cases_it_counts(mediating, client):
    applied_in(mediating.world)
    desk = client_of(client, mediating.fan)
    assert mediating.case.number in desk.get("/desk/?stage=disputes.mediating").content.decode()
    assert mediating.case.number not in desk.get("/desk/?stage=disputes.applied").content.decode()
