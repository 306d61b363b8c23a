"""The reporter adds something while nobody is at work on it: before somebody is sent out, or while others decide."""

import io

import pytest
from PIL import Image

from linli.base.errors import Conflict, Invalid, NotYours, Stale
from linli.cases.models import Category
from linli.cases.steps import take
from linli.cases.story import story_for_reporter
from linli.kinds.matters import actions
from linli.kinds.matters.actions.handling import MOST_PHOTOS
from linli.kinds.matters.conftest import reload, state_of


@pytest.fixture
def picture():
    def made(shade=40):
        written = io.BytesIO()
        Image.new("RGB", (8, 8), (shade, 90, 10)).save(written, "JPEG")
        return written.getvalue()

    return made


def test_a_word_and_a_photo_before_anybody_is_sent_out_are_kept_and_move_nothing(
    world, accepted_matter, reporter_of, picture
):
    before = state_of(accepted_matter)
    due = accepted_matter.case.due
    actions.add(
        accepted_matter, by=reporter_of(accepted_matter), seen=2, more="四号楼也黑。", photos=[picture()]
    )
    stage, version, tasks = state_of(accepted_matter)
    assert (stage, version, tasks) == (before[0], before[1] + 1, before[2])
    assert reload(accepted_matter).case.due == due
    assert [each.step for each in accepted_matter.case.attachments.all()] == ["add"]
    last = story_for_reporter(accepted_matter.case)[-1]
    assert (last.step, last.words) == ("add", {"more": "四号楼也黑。"})


def test_whoever_decides_without_having_read_it_is_told(world, reported_matter, reporter_of):
    actions.add(reported_matter, by=reporter_of(reported_matter), seen=1, more="其实是五号楼。")
    lamp = Category.objects.get(code="0201")
    with pytest.raises(Stale):
        actions.accept(reported_matter, by=world.by("chengguan_clerk"), seen=1, category=lamp)
    actions.accept(reported_matter, by=world.by("chengguan_clerk"), seen=2, category=lamp)


def test_it_can_be_added_until_it_is_checked_and_not_to_what_is_over(world, handled_matter, reporter_of):
    by = reporter_of(handled_matter)
    actions.add(handled_matter, by=by, seen=4, more="今晚又黑了。")
    actions.check(handled_matter, by=world.by("chengguan_checker"), seen=5)
    with pytest.raises(Conflict):
        actions.add(handled_matter, by=by, seen=6, more="还有")


def test_a_call_taker_adds_what_the_reporter_says_on_the_telephone(world, reported_matter):
    actions.add(reported_matter, by=world.by("call_taker"), seen=1, more="来电补充：单元门口。")
    assert story_for_reporter(reported_matter.case)[-1].words == {"more": "来电补充：单元门口。"}


def test_nobody_else_adds_in_the_reporters_name(world, reported_matter):
    with pytest.raises(NotYours):
        actions.add(reported_matter, by=world.by("power"), seen=1, more="x")


def test_words_or_a_photo_must_be_there(world, reported_matter, reporter_of):
    with pytest.raises(Invalid) as refused:
        take(reported_matter.case, "add", {"more": " "}, by=reporter_of(reported_matter), seen=1)
    assert "photo" in str(refused.value.facts["fields"]["more"])
    assert state_of(reported_matter)[1] == 1


def test_a_question_is_answered_with_a_photo(world, dispatched_matter, reporter_of, picture):
    actions.ask(dispatched_matter, by=world.by("power"), seen=3, question="是哪一盏?")
    actions.answer(
        dispatched_matter, by=reporter_of(dispatched_matter), seen=4, reply="这一盏", photos=[picture()]
    )
    assert [each.step for each in dispatched_matter.case.attachments.all()] == ["answer"]


def test_photos_that_are_added_have_an_end(world, reported_matter, reporter_of, picture):
    by = reporter_of(reported_matter)
    most = [picture(each * 9) for each in range(MOST_PHOTOS)]
    actions.add(reported_matter, by=by, seen=1, more="", photos=most)
    with pytest.raises(Conflict) as refused:
        actions.add(reported_matter, by=by, seen=2, more="再来一张", photos=[picture(200)])
    assert str(MOST_PHOTOS) in refused.value.sentence
    actions.add(reported_matter, by=by, seen=2, more="那就写字。")
    assert reported_matter.case.attachments.count() == MOST_PHOTOS
