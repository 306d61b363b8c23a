"""Absence and deputies (请假代理): the holder says it, another person confirms it, and an acting appointment follows.

Rights belong to posts, so the deputy acts as the post, from-until; the principal's own appointment goes on, and whoever
is back earlier may act beside the deputy or end the deputyship. Everything that happens is told apart by appointment.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.base.writing import writing
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import Decision, may, require, still_holds
from linli.posts.models import Absence, Holding, Post

LONGEST = timedelta(days=366)
_looked: list[datetime] = []


def possible_deputies(by: PostActor) -> list[Post]:
    """Posts of the same body or the same area whose holder is somebody else: posts are listed, not persons."""
    own = by.post
    near = Q(organisation=own.organisation_id) | Q(division=own.division_id)
    held = Holding.objects.current().filter(acting=False).exclude(account=by.holding.account_id)
    posts = Post.objects.filter(near, until=None, holdings__in=held).exclude(pk=own.pk)
    return list(posts.select_related("organisation").distinct().order_by("title"))


def declare(since: datetime, until: datetime, deputy: Post, *, by: PostActor) -> Absence:
    """Say that one is away, and who should stand in; nothing changes until it is confirmed."""
    if by.holding.acting or not still_holds(by):
        raise NotYours(_("Declare your absence as the post you hold yourself."))
    since = max(since, timezone.now())
    if until <= since:
        raise Invalid(_("The last day must not lie before the first, nor in the past."))
    if until - since > LONGEST:
        raise Invalid(_("For more than a year, somebody has to be appointed to the post."))
    if deputy.pk not in {post.pk for post in possible_deputies(by)}:
        raise Invalid(_("Choose a post of your body or your area that somebody else holds."))
    with writing():
        Holding.objects.select_for_update().get(pk=by.holding.pk)
        if _going(by.holding).filter(since__lt=until, until__gt=since).exists():
            raise Conflict(_("You have declared an absence for these days already. End that one first."))
        absence = Absence.objects.create(holding=by.holding, since=since, until=until, deputy=deputy)
        _record("posts.declare_absence", absence, by)
    return absence


def confirm(key: int, *, by: PostActor) -> Holding:
    """Confirm it as a third person; the present holder of the deputy's post gets the acting appointment."""
    with writing():
        absence = _answerable(key, by)
        holder = Holding.objects.current().filter(post=absence.deputy, acting=False).first()
        if holder is None or absence.until <= timezone.now():
            raise Conflict(_("Nobody holds the deputy's post now, or the absence is over. Decline it."))
        if by.holding.account_id in {absence.holding.account_id, holder.account_id}:
            raise NotYours(
                _("Neither the one who is away nor the deputy confirms it. Somebody else has to do this.")
            )
        acting = Holding.objects.create(
            post=absence.holding.post,
            account=holder.account,
            acting=True,
            since=max(absence.since, timezone.now()),
            until=absence.until,
        )
        absence.state, absence.acting = "confirmed", acting
        absence.save(update_fields=["state", "acting"])
        bump("posts")
        _record("posts.confirm_absence", absence, by)
    return acting


def decline(key: int, *, by: PostActor) -> None:
    """Say no; the holder sees it and may name another deputy."""
    with writing():
        absence = _answerable(key, by)
        absence.state = "declined"
        absence.save(update_fields=["state"])
        _record("posts.decline_absence", absence, by)


def come_back(key: int, *, by: PostActor) -> None:
    """End an absence now: by the holder, or by a post that confirms such; the deputy's next step is refused."""
    with writing():
        absence = _locked(key)
        if absence.holding_id != by.holding.pk:
            require(by, "posts.deputise", within=absence.holding.post.division.code)
        elif not still_holds(by):
            raise NotYours
        if absence.state not in {"declared", "confirmed"} or absence.until <= timezone.now():
            raise Conflict(_("This absence has ended already."))
        now = timezone.now()
        if absence.acting_id:
            over = Holding.objects.filter(pk=absence.acting_id, until__gt=now)
            over.update(until=now)
            bump("posts")
        absence.state = "ended"
        absence.save(update_fields=["state"])
        _record("posts.end_absence", absence, by)


def absences_of(by: PostActor) -> list[Absence]:
    """One's own absences, the latest first."""
    return list(Absence.objects.filter(holding=by.holding).select_related("deputy").order_by("-pk")[:20])


def declared_to(by: PostActor) -> list[Absence]:
    """The absences that this post may confirm: of its area, not its holder's own."""
    low, high = by.post.division.span
    rows = Absence.objects.filter(state="declared", until__gt=timezone.now())
    rows = rows.filter(holding__post__division__code__gte=low, holding__post__division__code__lt=high)
    others = rows.exclude(holding__account=by.holding.account_id)
    allowed = may(by, "posts.deputise", within=by.post.division.code) is Decision.ALLOWED
    return list(others.select_related("holding__post", "deputy").order_by("since")[:50]) if allowed else []


def turn_over(now: datetime | None = None) -> int:
    """Tell every process when an appointment has begun or ended by itself (a loop calls this); return how many."""
    now = now or timezone.now()
    before = _looked[0] if _looked else now - timedelta(hours=1)
    passed = Q(since__gt=before, since__lte=now) | Q(until__gt=before, until__lte=now)
    turned = Holding.objects.filter(passed).count()
    if turned:
        with writing():
            bump("posts")
    _looked[:] = [now]
    return turned


def _going(holding: Holding) -> QuerySet[Absence]:
    return Absence.objects.filter(holding=holding, state__in=["declared", "confirmed"])


def _locked(key: int) -> Absence:
    rows = Absence.objects.select_for_update(of=("self",)).select_related("holding__post__division", "deputy")
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound
    return found


def _answerable(key: int, by: PostActor) -> Absence:
    absence = _locked(key)
    require(by, "posts.deputise", within=absence.holding.post.division.code)
    if absence.state != "declared":
        raise Conflict(_("This has been answered or withdrawn already."))
    return absence


def _record(name: str, absence: Absence, by: PostActor) -> None:
    facts = {
        "absence": absence.pk,
        "post": absence.holding.post_id,
        "deputy": absence.deputy_id,
        "since": absence.since,
        "until": absence.until,
        "acting": absence.acting_id,
    }
    record(Line(name, by.by(), absence.holding.post.division.code, facts=facts))
