import pytest
from django.utils.translation import override

from linli.base.errors import Invalid
from linli.cases.follow import followed
from linli.cases.models import Case, Clock
from linli.cases.steps import open_case
from linli.kinds.complaints.conftest import TEXT, complained, state_of
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor

ANYBODY = PartyActor("reporter")


def sent(world, **data):
    return open_case("complaints", {"text": TEXT, **data}, by=ANYBODY)


def test_it_lands_with_the_inspector_against_the_clock_of_acceptance(received):
    assert state_of(received) == ("received", "", ["县督查员"])
    clock = Clock.objects.get(case=received.pk)
    assert (clock.name, clock.amount, clock.unit) == ("register", 15, "calendar_days")


def test_nothing_the_complainant_wrote_stands_in_lists_or_in_the_ledger(received):
    assert TEXT[:6] not in received.case.summary
    assert TEXT[:6] not in received.words()
    assert not EntryDetail.objects.filter(entry__about=received.pk).exists() or TEXT not in str(
        EntryDetail.objects.get(entry__about=received.pk).words
    )
    assert Entry.objects.get(about=received.pk).facts["way"] == "inspector"


@pytest.mark.parametrize("about", ["chengguan_clerk", ""])
def test_lists_do_not_tell_which_language_the_complainant_reads(world, about):
    summaries = set()
    for language in ("zh-hans", "en"):
        with override(language):
            summaries.add(complained(world, about, named="" if about else "window 2").case.summary)
    assert len(summaries) == 1


def test_a_post_is_chosen_from_those_that_serve_the_place(world):
    power, far = world.posts["power"].pk, world.posts["liuhe_clerk"].pk
    place = world.place("东门社区").trimmed
    opened = sent(world, division=place, about=str(power))
    assert Case.everywhere.get(pk=opened.case).complaint.about_id == power
    with pytest.raises(Invalid) as refused:
        sent(world, division=place, about=str(far))
    assert "about" in refused.value.facts["fields"]


def test_a_grid_worker_is_offered_once_the_village_is_chosen(world):
    about = world.posts["东门社区第一网格"].pk
    with pytest.raises(Invalid):
        sent(world, about=str(about))
    assert sent(world, about=str(about), division=world.place("东门社区").trimmed)


def test_a_post_nobody_knows_the_name_of_is_described_in_words(world):
    opened = sent(world, named="周一下午二号窗口")
    assert Case.everywhere.get(pk=opened.case).complaint.subject == "周一下午二号窗口"


@pytest.mark.parametrize(
    "data", [{"text": ""}, {}, {"about": "999999"}, {"division": "nowhere", "named": "x"}]
)
def test_what_is_missing_is_said_beside_its_field_and_nothing_is_kept(world, data):
    with pytest.raises(Invalid) as refused:
        open_case("complaints", {"text": TEXT, **data}, by=ANYBODY)
    assert refused.value.facts["fields"]
    assert not Case.everywhere.filter(kind="complaints").exists()


def test_number_and_code_open_it_to_the_complainant(world):
    opened = sent(world, named="二号窗口")
    case, by = followed(opened.number, opened.follow_code)
    assert (case.pk, by.relation) == (opened.case, "reporter")


def test_the_case_it_mentions_is_only_words(world):
    complaint = complained(world, mentions="990101-26-00001-1")
    assert complaint.mentions == "990101-26-00001-1"
    assert not complaint.case.links.exists()
