"""A closed case's file goes after its years, provably and wholly, and not while somebody may still need it."""

import os
from datetime import timedelta
from io import BytesIO

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction
from django.utils import timezone
from PIL import Image

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases import forgetting
from linli.cases.attachments import attach, keep, path_of
from linli.cases.forgetting import due_now, forget_due, verify
from linli.cases.holding_files import hold, let_go, proof_of, proofs_in
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case, Clock, Forgetting, Link, SearchText, Task
from linli.cases.search import fold
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Contact, Mandate
from linli.residents.rights import is_empty
from tests.parties import contact_of, dispute, let_matters_have_parties

HOME = "东门社区第一网格"
LATIN = "qzxmark"
MARKS = (f"{LATIN}words", f"{LATIN}landmark", f"{LATIN}name", f"{LATIN}note", "13800998877", "龘靐齉")
TEN = timedelta(days=3660)


def raised(world, **more):
    """A matter with marks in everything that somebody wrote."""
    grid = world.place(HOME)
    opened = actions.report(
        by=PartyActor("reporter"),
        text=f"龘靐齉 {LATIN}words",
        longitude=grid.longitude,
        latitude=grid.latitude,
        address=f"{LATIN}landmark",
        contact=GivenContact(f"{LATIN}name", "13800998877", "龘靐齉路"),
        **more,
    )
    matter = Matter.objects.select_related("case").get(pk=opened.case)
    actions.accept(matter, by=world.by("chengguan_clerk"), seen=1, category=lamp(), note=f"{LATIN}note")
    picture = BytesIO()
    Image.new("RGB", (40, 40), (1, 2, 3)).save(picture, "JPEG")
    photo = keep(picture.getvalue())
    os.utime(path_of(photo.digest), (0, 0))
    attach(matter.case, [photo], step="accept", at=timezone.now())
    sequence_all()
    while fold():
        pass
    return Case.everywhere.get(pk=opened.case)


def lamp():
    from_catalogue = apps.get_model("cases", "Category").objects
    return from_catalogue.get(kind="matters", code="0201")


def closed(case, ago=TEN + timedelta(days=2)):
    """It was closed so long ago, with nothing left to do in it."""
    now = timezone.now()
    Task.objects.filter(case=case).update(closed_at=now - ago)
    Clock.objects.filter(case=case).update(stopped_at=now - ago)
    Case.everywhere.filter(pk=case.pk).update(closed_at=now - ago, stage="closed")
    return Case.everywhere.get(pk=case.pk)


# --- what goes, and what stays ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_contact_words_and_photos_go_and_the_row_stays(world):
    case = closed(raised(world))
    digest = Attachment.objects.get(case=case).digest
    assert forget_due() == 1
    case.refresh_from_db()
    matter = case.matter
    assert is_empty(Contact.objects.get(pk=case.reporter_id))
    assert (matter.text, matter.landmark, matter.longitude) == ("", "", None)
    assert LATIN not in case.summary
    assert not Attachment.objects.filter(case=case).exists()
    assert not path_of(digest).exists()
    assert not SearchText.objects.filter(case=case).exists()
    assert not EntryDetail.objects.filter(entry__about=case.pk, words__isnull=False).exists()
    assert case.number
    assert Entry.objects.filter(about=case.pk, name="matters.report").exists()


@pytest.mark.django_db
def test_the_number_of_who_acted_in_it_goes_with_the_file(world):
    case = closed(raised(world))
    acted = Mandate(contact=case.reporter, about=case.pk, last_four="4321", until=timezone.now())
    acted.agent_sealed, acted.agent_index = b"sealed", "digest"
    acted.save()
    forget_due()
    acted.refresh_from_db()
    assert (bytes(acted.agent_sealed), acted.agent_index, acted.last_four) == (b"", "", "")


@pytest.mark.django_db
def test_before_its_years_nothing_goes(world):
    closed(raised(world), ago=timedelta(days=3640))
    open_one = raised(world)
    assert forget_due() == 0
    assert open_one.reporter_id


@pytest.mark.django_db
def test_a_photo_that_another_case_shows_stays_on_disk(world):
    case, other = closed(raised(world)), raised(world)
    digest = Attachment.objects.get(case=case).digest
    forget_due()
    assert path_of(digest).exists()
    assert Attachment.objects.get(case=other).digest == digest


@pytest.mark.django_db
def test_parts_that_the_procedure_keeps_stay_and_the_proof_says_so(world, monkeypatch):
    monkeypatch.setitem(kind_of("matters").procedure.__dict__, "keeps", frozenset({"words"}))
    case = closed(raised(world))
    assert forget_due() == 1
    assert Matter.objects.get(pk=case.pk).text
    assert is_empty(Contact.objects.get(pk=case.reporter_id))
    assert proof_of(case).kept == ["words"]


@pytest.mark.django_db
def test_a_contact_that_another_case_needs_goes_with_the_last_of_them(world):
    one, other = closed(raised(world)), raised(world)
    Case.everywhere.filter(pk=other.pk).update(reporter=one.reporter_id)
    forget_due()
    assert not is_empty(Contact.objects.get(pk=one.reporter_id))
    assert "contact" in proof_of(one).kept
    closed(other)
    forget_due()
    assert is_empty(Contact.objects.get(pk=one.reporter_id))


# --- holds ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("relation", ["source", "target"])
def test_an_open_case_that_is_linked_holds_the_file(world, relation):
    case, other = closed(raised(world)), raised(world)
    ends = {"source": case, "target": other} if relation == "source" else {"source": other, "target": case}
    Link.objects.create(**ends, relation="became")
    assert due_now(10) == []
    closed(other, ago=timedelta(days=1))
    assert due_now(10) == [case.pk]


@pytest.mark.django_db
def test_a_running_clock_holds_the_file(world):
    case = closed(raised(world))
    Clock.objects.filter(case=case).update(stopped_at=None, due_at=timezone.now() + timedelta(days=1))
    assert due_now(10) == []


@pytest.mark.django_db
def test_an_open_request_about_the_same_persons_data_holds_the_file(world):
    case, other = closed(raised(world)), raised(world)
    assert due_now(10) == [case.pk]
    Case.everywhere.filter(pk=other.pk).update(kind="datarequests")
    assert due_now(10) == []
    Contact.objects.filter(pk=other.reporter_id).update(phone_index="somebody else")
    assert due_now(10) == [case.pk]


@pytest.mark.django_db
def test_the_contacts_of_every_party_go_with_the_file(world, monkeypatch):
    let_matters_have_parties(monkeypatch)
    case = closed(dispute(world))
    forget_due()
    assert is_empty(Contact.objects.get(pk=case.reporter_id))
    assert is_empty(contact_of(case, 1))
    assert proof_of(case).erased["contact"] == 2


@pytest.mark.django_db
def test_an_open_request_of_another_party_about_its_data_holds_the_file(world, monkeypatch):
    let_matters_have_parties(monkeypatch)
    case, other = closed(dispute(world)), raised(world)
    Contact.objects.filter(pk=other.reporter_id).update(phone_index=contact_of(case, 1).phone_index)
    assert due_now(10) == [case.pk]
    Case.everywhere.filter(pk=other.pk).update(kind="datarequests")
    assert due_now(10) == []


@pytest.mark.django_db
def test_a_hold_names_its_duty_ends_on_its_day_and_can_be_let_go(world):
    case, head = closed(raised(world)), world.by("county_head")
    with pytest.raises(NotYours):
        hold(case, "县法院调卷", timezone.localdate() + timedelta(days=30), by=world.by("county_clerk"))
    with pytest.raises(Invalid):
        hold(case, "", timezone.localdate(), by=head)
    kept = hold(case, "县法院调卷", timezone.localdate() + timedelta(days=30), by=head)
    with pytest.raises(Conflict):
        hold(case, "县档案馆移交", timezone.localdate() + timedelta(days=30), by=head)
    assert due_now(10) == []
    let_go(kept.pk, by=head)
    assert due_now(10) == [case.pk]
    forget_due()
    with pytest.raises(Conflict):
        hold(case, "县法院调卷", timezone.localdate() + timedelta(days=30), by=head)


@pytest.mark.django_db
def test_held_files_do_not_block_those_behind_them(world):
    for _each in range(3):
        hold(
            closed(raised(world)),
            "县法院调卷",
            timezone.localdate() + timedelta(days=9),
            by=world.by("county_head"),
        )
    free = closed(raised(world), ago=TEN + timedelta(days=1, hours=12))
    assert due_now(1) == [free.pk]


# --- batches ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_batches_are_bounded_and_go_on_where_they_stopped(world):
    for _each in range(3):
        closed(raised(world))
    assert [forget_due(2), forget_due(2), forget_due(2)] == [2, 1, 0]
    assert Forgetting.objects.count() == 3


def test_one_that_is_stopped_half_way_leaves_each_file_whole_or_gone(committed_world, monkeypatch):
    world = committed_world
    cases = [closed(raised(world)) for _each in range(3)]
    proving, left = forgetting._prove, [2]

    def dying(*args):
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        proving(*args)

    monkeypatch.setattr(forgetting, "_prove", dying)
    with pytest.raises(KeyboardInterrupt):
        forget_due()
    whole = [bool(Matter.objects.get(pk=each.pk).text) for each in cases]
    assert sorted(whole) == [False, True, True]
    assert [Forgetting.objects.filter(case=each).exists() for each in cases] == [not each for each in whole]
    monkeypatch.setattr(forgetting, "_prove", proving)
    assert forget_due() == 2


def test_two_at_once_prove_each_file_once(committed_world, at_once):
    cases = [closed(raised(committed_world)) for _each in range(4)]
    done = at_once([forget_due, forget_due])
    assert sum(done) == 4
    assert Forgetting.objects.filter(case__in=cases).count() == 4


# --- proofs -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_proof_holds_against_the_ledger(world):
    case = closed(raised(world))
    forget_due()
    proof = proof_of(case)
    assert not verify(proof).holds, "the entry has no position yet"
    sequence_all()
    verdict = verify(proof)
    assert verdict.holds
    assert (proof.years, proof.left, proof.erased) == (10, 0, {"contact": 1, "words": 4, "photos": 1})
    assert Entry.objects.get(name="cases.forget", about=case.pk).facts["digest"] == proof.digest


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"years": 9}, {"erased": {}}, {"closed_on": "2001-01-01"}, {"left": 1}, {"digest": "0" * 64}]
)
def test_a_proof_that_was_changed_does_not_hold(world, change):
    case = closed(raised(world))
    forget_due()
    sequence_all()
    proof = proof_of(case)
    for name, value in change.items():
        setattr(
            proof, name, Forgetting._meta.get_field(name).to_python(value) if name == "closed_on" else value
        )
    assert not verify(proof).holds


@pytest.mark.django_db
def test_what_comes_back_is_noticed(world):
    case = closed(raised(world))
    forget_due()
    sequence_all()
    Matter.objects.filter(pk=case.pk).update(text="又写回来了")
    assert verify(proof_of(case)).left == 1


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_proof(world):
    case = closed(raised(world))
    forget_due()
    for act in (lambda rows: rows.update(years=1), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(Forgetting.objects.filter(case=case))


@pytest.mark.django_db
def test_who_may_read_proofs_sees_those_of_the_area_and_of_no_shielded_kind(world):
    case = closed(raised(world))
    forget_due()
    assert [each.case_id for each in proofs_in(world.by("county_head"))] == [case.pk]
    with pytest.raises(NotYours):
        proofs_in(world.by("county_clerk"))
    Case.everywhere.filter(pk=case.pk).update(kind="complaints")
    assert list(proofs_in(world.by("county_head"))) == []
