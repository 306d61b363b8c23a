"""How many people live in a place: entered by whoever keeps the registers, or from a list; the centre divides by it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from linli.base.errors import Invalid, NotYours
from linli.ledger.models import Entry
from linli.portals.command.picture import Area
from linli.registers.actions.inhabitants import Living, enter_inhabitants
from linli.registers.inhabitants import Inhabitants, inhabitants_by_part

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 31)


def living(world, count=31_000, **given):
    return Living(
        **{"division": world.place("柳河镇"), "count": count, "day": DAY, "source": "统计年鉴", **given}
    )


def in_force(world):
    return {code: row.count for code, row in inhabitants_by_part(world.county.trimmed, 4).items()}


def test_the_figure_of_the_latest_day_counts_and_one_of_the_same_day_is_put_right(world):
    by, town = world.by("administrator"), world.place("柳河镇").code
    enter_inhabitants([living(world), living(world, 30_000, day=DAY - timedelta(days=366))], by=by)
    assert in_force(world) == {town: 31_000}
    enter_inhabitants([living(world, 31_500)], by=by)
    assert in_force(world) == {town: 31_500}
    assert Entry.objects.filter(name="registers.inhabitants").count() == 3


@pytest.mark.parametrize("wrong", [{"count": 0}, {"day": date(2999, 1, 1)}, {"source": ""}])
def test_one_wrong_figure_and_none_is_entered(world, wrong):
    with pytest.raises(Invalid):
        enter_inhabitants([living(world), living(world, **wrong)], by=world.by("administrator"))
    assert not Inhabitants.objects.exists()


def test_who_does_not_keep_the_registers_enters_none(world):
    with pytest.raises(NotYours):
        enter_inhabitants([living(world)], by=world.by("county_clerk"))


def test_a_list_is_entered_whole_or_not_at_all(world, tmp_path):
    file, town = tmp_path / "people.csv", world.place("柳河镇")
    given = {"as_of": DAY, "source": "census"}
    file.write_text(f"code,inhabitants\n{town.trimmed},31000\n{town.trimmed}999,5\n")
    with pytest.raises(CommandError, match="3"):
        call_command("import", "inhabitants", str(file), **given)
    assert not Inhabitants.objects.exists()
    file.write_text(f"code,inhabitants\n{town.trimmed},31000\n")
    call_command("import", "inhabitants", str(file), **given)
    assert in_force(world) == {town.code: 31_000}


def test_a_figure_is_entered_on_the_page_and_the_centre_divides_by_it(world):
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(world.by("administrator").holding.account)
    sent = {"place": world.place("柳河镇").trimmed, "count": "31000", "source": "统计年鉴"}
    refused = client.post("/desk/inhabitants/", {**sent, "day": (timezone.localdate() + timedelta(days=9))})
    assert refused.status_code == 422
    assert client.post("/desk/inhabitants/", {**sent, "day": DAY.isoformat()}).status_code == 302
    assert "31000" in client.get("/desk/inhabitants/").content.decode().replace(",", "")
    client.force_login(world.by("county_dispatcher").holding.account)
    assert "每万人未办结" in client.get("/command/?colour=people").content.decode()


@pytest.mark.parametrize(("still", "people", "rate"), [(31, 31_000, 10), (9, 31_000, None), (31, 0, None)])
def test_too_few_cases_or_an_unknown_number_of_people_give_no_rate(still, people, rate):
    assert Area("柳河镇", "990101002", still, 0, 0, inhabitants=people).per_ten_thousand == rate
