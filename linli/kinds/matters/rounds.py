"""What several steps of a matter share: its promise, the way back to who leads, and who may be given it at all."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.worktime import Unit
from linli.cases.catalogue import refuse_unless_admitted, suggestion
from linli.cases.clocks import Term
from linli.cases.procedure import ASKED, HELPS, LEAD
from linli.cases.taking import Taking
from linli.posts.lookup import seat_of
from linli.posts.models import Post


def promise(now: Taking) -> None:
    """Let the promise run for the catalogue's time where the catalogue has a row."""
    found = suggestion(now.case.category, now.case.code_now, now.at.date(), now.detail.condition)
    if found:
        now.run_for("promise", *found.terms)


def give_to(now: Taking, lead: Post, helpers: Iterable[Post] = ()) -> None:
    """Name who leads and who helps; each gets a task with a clock of its own, and the case waits for all of them."""
    others = [post for post in helpers if post.pk != lead.pk]
    own_part(now)
    for post in (lead, *others):
        require_serving(post, now.case.code_now)
        refuse_unless_admitted(now.case.category, post, now.at.date())
    now.case.lead = lead
    now.hand_to(lead, LEAD)
    for post in others:
        now.hand_to(post, HELPS)
    now.facts(handler=lead.pk, helpers=[post.pk for post in others])


def own_part(now: Taking) -> None:
    """Let the clock of each new task run for the catalogue's time where the catalogue has a row."""
    found = suggestion(now.case.category, now.case.code_now, now.at.date(), now.detail.condition)
    if found:
        now.run_for("part", found.term)


def rework(now: Taking) -> None:
    """Send it back to who leads: the same post deals with it again (返工)."""
    now.detail.rounds += 1
    now.facts(handler=now.case.lead_id, round=now.detail.rounds)
    now.hand_to(now.case.lead, LEAD)


def ask_posts(now: Taking, posts: Iterable[Post], hours: int) -> None:
    """Put a question to posts, to be answered within working hours; the case waits for their answers."""
    asked = list({post.pk: post for post in posts}.values())
    for post in asked:
        now.hand_to(post, ASKED)
    now.run_for("answer", Term(Unit.WORKING_HOURS, hours, now.step.name))
    now.facts(asked=[post.pk for post in asked], hours=hours)


def require_serving(to: Post, code: int) -> None:
    """Only a post in force that serves the matter's place can be given it."""
    seat = seat_of(to.kind, to.pk)
    if seat is None or code not in seat:
        raise Invalid(
            _("%(post)s does not serve this place. Choose a post whose area it is in.") % {"post": to.title}
        )
