"""Two clerks on one matter, in real transactions."""

from __future__ import annotations

from django.test import Client

from linli.cases.models import Case
from linli.ledger.models import Entry
from linli.portals.desk.conftest import reported


def text(response):
    return response.content.decode()


def test_two_clerks_on_one_matter_one_wins_and_the_other_learns_what_happened(committed_world, at_once):
    case = reported(committed_world).case
    browsers = []
    for key in ("chengguan_clerk", "county_clerk"):
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(committed_world.by(key).holding.account)
        client.get("/desk/")
        browsers.append(client)
    answers = at_once(
        [
            lambda client=client: client.post(
                f"/desk/cases/{case.number}/refuse/", {"seen": 1, "reason": "重复"}
            )
            for client in browsers
        ]
    )
    assert sorted(answer.status_code for answer in answers) == [302, 409]
    assert "已有人先办理" in text(next(answer for answer in answers if answer.status_code == 409))
    assert Case.everywhere.get(pk=case.pk).version == 2
    assert Entry.objects.filter(about=case.pk, name="matters.refuse").count() == 1
