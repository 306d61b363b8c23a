"""A receiver that only folds the feed knows how every case stands: an independent check of what is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from linli.analytics.conftest import BEGUN, GRIDS, NOW, taken_at_random
from linli.cases.models import Case, Category
from linli.exchange.feeds.conftest import agreed, begun, whole
from linli.exchange.feeds.sending import send_feeds
from linli.exchange.models import Foreign
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.sequencing import sequence_all
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db


def walked(world, seed, matters=14, steps=24):
    """Matters of many categories that walk at random; their keys and the steps taken."""
    chance, taken, keys = Random(seed), set(), []
    categories = list(Category.objects.filter(kind="matters", parent__isnull=False))
    earlier = None
    for number in range(matters):
        at = BEGUN + timedelta(minutes=chance.randrange(60 * 24 * 60))
        category = chance.choice([None, *categories])
        place = world.place(chance.choice(GRIDS))
        by = PartyActor("reporter")
        key = actions.report(by=by, text="灯坏了", division=place, at=at, category=category).case
        keys.append(key)
        matter = Matter.objects.select_related("case").get(pk=key)
        for _step in range(chance.randrange(3, steps)):
            at += timedelta(minutes=int(chance.lognormvariate(6.2, 1.6)))
            if at >= NOW:
                break
            taken.add(taken_at_random(world, matter, at, chance, earlier if number % 5 == 0 else None))
        case = Case.everywhere.get(pk=key)
        earlier = case if case.closed_at is None and case.stage != "merged" else earlier
        if number % 4 == 0:  # positions of several cases lie between one another
            sequence_all()
    sequence_all()
    return keys, taken


def folded(rows):
    """What a receiver makes of it: the last row of each number wins."""
    return {row["number"]: row for row in rows}


def seconds(moment):
    return moment and moment.replace(microsecond=0)


def shown(row):
    due = row["due"] and datetime.fromisoformat(row["due"])
    return row["stage"], due, row["outcome"] or "", row["body"], row["category"]


def stands(case):
    body = case.lead.organisation.name if case.lead else None
    return case.stage, seconds(case.due), case.outcome, body, case.category.code if case.category else None


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_receiver_that_folds_the_feed_knows_how_every_case_stands(world, source, seed):
    feed = agreed(world, source, every_step=True)
    after = begun()
    keys, taken = walked(world, seed)
    assert len(taken & {"dispatch", "handle", "check", "confirm", "extend", "park", "suspend", "reopen"}) >= 5
    cases = Case.everywhere.filter(pk__in=keys).select_related("category__parent", "lead__organisation")
    told = folded(whole(feed, after))
    harmless = [case for case in cases if case.category and not sensitive(case.category)]
    assert {case.number: stands(case) for case in harmless} == {
        number: shown(row) for number, row in told.items()
    }
    assert 5 < len(told) < len(keys)
    Foreign.objects.bulk_create(
        [Foreign(source=source, number=case.number, case=case, due=timezone.now()) for case in cases]
    )
    every = {number: shown(row) for number, row in folded(whole(feed, after)).items()}
    assert every == {case.number: stands(case) for case in cases}


def sensitive(category):
    return category.sensitive or (category.parent is not None and sensitive(category.parent))


def test_what_is_pushed_folds_to_the_same_though_the_receiver_fails_often(world, pushed, receiver):
    after = begun()
    walked(world, 4, matters=6)
    receiver.answers = [500, 200, 500, 500]
    for _each in range(30):
        send_feeds()
        for batch in pushed().batches.exclude(state="sent"):
            batch.next_try -= timedelta(hours=13)
            batch.save(update_fields=["next_try"])
    once = {entry["position"]: entry for entry in receiver.entries}
    assert list(once.values()) == whole(pushed(), after)
