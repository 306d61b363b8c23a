from datetime import timedelta

import pytest

from linli.base.errors import Conflict, Invalid
from linli.cases.kinds import kind_of
from linli.cases.models import Category, Clock, Notice
from linli.kinds.disputes.models import Session
from linli.residents.keeping import GivenContact


def test_nothing_goes_on_before_somebody_looked_at_the_safety(applied):
    with pytest.raises(Conflict):
        applied.go(applied.head, "invite")


def test_violence_needs_advice_that_was_given(applied):
    with pytest.raises(Invalid, match="advised"):
        applied.go(applied.head, "triage", safety="apart", crime=False)


def test_where_it_is_not_safe_nobody_meets_in_a_room_or_by_video(mediating):
    mediating.go(mediating.fan, "reassess", safety="apart", crime=False, advice="拨打110")
    for how in ("joint", "video"):
        with pytest.raises(Conflict, match="do not meet"):
            mediating.go(mediating.fan, "convene", when=mediating.soon, how=how, place="调解室")
    mediating.go(mediating.fan, "convene", when=mediating.soon, how="apart", place="调解室")


def test_a_joint_session_is_called_off_and_both_are_told(mediating):
    mediating.go(mediating.fan, "convene", when=mediating.soon, how="joint", place="调解室")
    mediating.go(mediating.fan, "reassess", safety="apart", crime=False, advice="拨打110")
    assert not Session.objects.filter(dispute=mediating.key).exists()
    assert Notice.objects.filter(case=mediating.key, step="reassess").count() == 2
    assert not Clock.objects.filter(case=mediating.key, name="remind", stopped_at=None).exists()


def test_another_look_that_changes_nothing_tells_nobody(mediating):
    mediating.go(mediating.fan, "reassess", safety="apart", crime=False, advice="拨打110")
    assert not Notice.objects.filter(case=mediating.key, step="reassess").exists()


def test_a_possible_crime_is_reported_before_anything_else(applied):
    applied.go(applied.head, "name_side", contact=GivenContact("王强", "13887654321"))
    applied.go(applied.head, "triage", safety="apart", crime=True, advice="拨打110")
    clock = Clock.objects.get(case=applied.key, name="report", stopped_at=None)
    assert clock.due_at - clock.started_at == timedelta(hours=2)
    with pytest.raises(Conflict, match="First report it to the police"):
        applied.go(applied.head, "invite")
    applied.go(applied.head, "report_on", to="城关派出所", number="接警1号").go(applied.head, "invite")
    assert applied.stage == "consenting"
    assert not Clock.objects.filter(case=applied.key, name="report", stopped_at=None).exists()


def test_no_message_holds_a_word_of_it(world):
    for step in kind_of("disputes").procedure.steps.values():
        for text in (step.notice.zh, step.notice.en) if step.notice else ():
            assert "{summary}" not in text


def test_every_class_of_dispute_is_private(world):
    assert set(Category.objects.filter(kind="disputes").values_list("sensitive", flat=True)) == {True}
