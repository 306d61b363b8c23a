"""Rating the handling: by whoever raised it, after the end, changeable for thirty days, and seen by nobody."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from linli.base.errors import Conflict, NotYours
from linli.cases.forgetting import _parts
from linli.cases.held_data import _rated
from linli.cases.models import Case, Rating
from linli.cases.ratings import let_go, may_rate, rate
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db


def sent(client, matter, **data):
    return client.post(f"/follow/{matter.case.number}/rate/", {"said": "poor", "wishes": ["told"]} | data)


def test_the_reporter_rates_once_and_can_change_it(closed_matter, unlocking):
    client = unlocking(closed_matter)
    page = f"/follow/{closed_matter.case.number}/"
    assert 'id="rating"' in client.get(page).content.decode()
    assert sent(client, closed_matter).status_code == 302
    assert sent(client, closed_matter, said="good", wishes=[]).status_code == 302
    rating = Rating.objects.get()
    assert (rating.said, rating.wishes, rating.kind) == ("good", "", "matters")
    assert rating.body_id == closed_matter.case.lead.organisation_id
    assert "您的评价" in client.get(page).content.decode()


@pytest.mark.parametrize("data", [{"said": "superb"}, {"said": ""}, {"wishes": ["their name"]}])
def test_what_is_no_answer_is_refused_and_nothing_is_kept(closed_matter, unlocking, data):
    said = unlocking(closed_matter).post(
        f"/follow/{closed_matter.case.number}/rate/", {"said": "good"} | data, follow=True
    )
    assert "请选择一项评价" in said.content.decode()
    assert not Rating.objects.exists()


def test_before_the_end_there_is_nothing_to_rate(checked_matter, unlocking):
    client = unlocking(checked_matter)
    assert 'id="rating"' not in client.get(f"/follow/{checked_matter.case.number}/").content.decode()
    assert (
        "办结后三十日内"
        in client.post(
            f"/follow/{checked_matter.case.number}/rate/", {"said": "good"}, follow=True
        ).content.decode()
    )
    assert not Rating.objects.exists()


def test_after_thirty_days_it_stands_and_is_of_no_case_any_more(closed_matter, unlocking, reporter_of):
    sent(unlocking(closed_matter), closed_matter)
    assert let_go() == 0
    Case.everywhere.filter(pk=closed_matter.pk).update(closed_at=timezone.now() - timedelta(days=31))
    assert let_go() == 1
    assert Rating.objects.get().case is None
    with pytest.raises(Conflict):
        rate(closed_matter.case, by=reporter_of(closed_matter), said="good")
    assert Rating.objects.count() == 1


def test_nobody_rates_in_somebody_elses_place(closed_matter):
    for other in (PartyActor("representative", closed_matter.pk), PartyActor("anyone", closed_matter.pk)):
        assert not may_rate(closed_matter.case, other)
        with pytest.raises(NotYours):
            rate(closed_matter.case, by=other, said="good")
    assert sent(Client(), closed_matter).status_code == 404


def test_the_entry_says_neither_what_was_said_nor_of_which_case(closed_matter, reporter_of):
    before = Entry.objects.filter(about=closed_matter.pk).count()
    rate(closed_matter.case, by=reporter_of(closed_matter), said="poor", wishes=["treated"])
    entry = Entry.objects.get(name="cases.rate")
    assert (entry.about, entry.facts) == (None, {"kind": "matters"})
    assert not EntryDetail.objects.filter(entry=entry).exists()
    assert Entry.objects.filter(about=closed_matter.pk).count() == before


def test_no_page_of_the_case_at_the_desk_tells_of_it(closed_matter, reporter_of, world):
    desk = Client(headers={"accept-language": "en"})
    desk.force_login(world.by("chengguan_clerk").holding.account)
    page = f"/desk/cases/{closed_matter.case.number}/"
    before = desk.get(page).content.decode()
    rate(closed_matter.case, by=reporter_of(closed_matter), said="poor", wishes=["treated"])
    after = desk.get(page).content.decode()
    for words in ("Not satisfied", "How I was treated", "Handling rated"):
        assert after.count(words) == before.count(words) == 0


def test_the_copy_of_ones_data_has_it_and_the_file_takes_it_along(closed_matter, reporter_of):
    rate(closed_matter.case, by=reporter_of(closed_matter), said="fair", wishes=["faster"])
    assert _rated(closed_matter.case) == "基本满意, 办得太慢"
    part = next(each for each in _parts if each.name == "rating")
    assert part.count(closed_matter.case) == 1
    part.clear(closed_matter.case)
    assert part.count(closed_matter.case) == 0
