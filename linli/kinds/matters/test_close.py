from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, NotYours
from linli.cases.lapses import lapse_due
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import reload, state_of
from linli.posts.models import Organisation


def outcome_of(matter):
    case = Case.everywhere.get(pk=matter.pk)
    return case.stage, case.outcome, case.closed_at is not None


def test_the_reporters_yes_closes_it_as_confirmed(closed_matter):
    assert outcome_of(closed_matter) == ("closed", "confirmed", True)


def test_an_independent_call_back_may_confirm_too(world, checked_matter):
    actions.confirm(checked_matter, by=world.by("call_taker"), seen=5, note="电话回访，已解决")
    assert outcome_of(checked_matter) == ("closed", "confirmed", True)


def test_whoever_handled_it_cannot_confirm_it(world, checked_matter):
    with pytest.raises(NotYours):
        actions.confirm(checked_matter, by=world.by("power"), seen=5)


def test_the_reporters_no_means_work_again(checked_matter, reporter_of):
    actions.contest(checked_matter, by=reporter_of(checked_matter), seen=5, reason="昨晚又灭了")
    assert state_of(checked_matter) == ("dispatched", 6, ["路灯维护岗"])


def test_silence_closes_as_unconfirmed_never_as_satisfied(checked_matter):
    assert lapse_due(timezone.now() + timedelta(days=15)) == 1
    assert outcome_of(checked_matter) == ("closed", "unconfirmed", True)


def test_nothing_lapses_early(checked_matter):
    assert lapse_due(timezone.now() + timedelta(days=2)) == 0
    assert outcome_of(checked_matter)[0] == "checked"


def test_a_refused_matter_keeps_its_reason_and_can_be_reopened(world, reported_matter, reporter_of):
    actions.refuse(reported_matter, by=world.by("chengguan_clerk"), seen=1, reason="属于商业纠纷")
    assert outcome_of(reported_matter) == ("refused", "refused", True)
    actions.reopen(reported_matter, by=reporter_of(reported_matter), seen=2, reason="不是商业纠纷")
    assert state_of(reported_matter)[0] == "accepted"


def test_referring_on_names_the_next_owner(world, accepted_matter):
    body = Organisation.objects.get(name="云溪县供电公司")
    actions.refer(accepted_matter, by=world.by("chengguan_dispatcher"), seen=2, to=body, reason="属产权单位")
    assert reload(accepted_matter).next_owner == body
    assert outcome_of(accepted_matter) == ("referred", "referred", True)


def test_a_closed_matter_is_reopened_within_the_set_time(closed_matter, reporter_of):
    actions.reopen(closed_matter, by=reporter_of(closed_matter), seen=6, reason="又坏了")
    assert outcome_of(closed_matter) == ("accepted", "", False)


def test_after_the_set_time_it_is_not(closed_matter, reporter_of):
    late = timezone.now() + timedelta(days=45)
    with pytest.raises(Conflict, match="The time for this has passed"):
        actions.reopen(closed_matter, by=reporter_of(closed_matter), seen=6, reason="又坏了", at=late)
