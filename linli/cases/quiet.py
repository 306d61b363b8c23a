"""When a message may go out: nobody's telephone rings at night, and nobody gets twenty e-mails where one will do."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings

from linli.base.worktime import ONE_DAY, PLACE_TIME

Quiet = tuple[time, time]  # from and until; over midnight where the first is the later one


def next_moment(channel: str, now: datetime, *, at_once: bool = False, own: Quiet | None = None) -> datetime:
    """The first moment at which a message may go out by a channel.

    Text messages wait for the end of the quiet hours (`LINLI_QUIET_HOURS`, as 21:30-07:30, in the place's time)
    unless they answer what somebody has just done, and so does what browsers show; `own` are the hours somebody
    chose instead; e-mails of one post wait for the next full round of
    `LINLI_DIGEST_MINUTES` and go out together.
    """
    if channel in {"sms", "push"} and not at_once:
        return _after_quiet_hours(now, own or settings.QUIET_HOURS)
    if channel == "email" and settings.DIGEST_MINUTES:
        return _next_round(now, timedelta(minutes=settings.DIGEST_MINUTES))
    return now


def quiet_hours(text: str) -> Quiet | None:
    """The two times of `21:30-07:30`; None when there are no quiet hours; ValueError for anything else."""
    if not text.strip():
        return None
    begins, dash, ends = text.partition("-")
    if not dash:
        raise ValueError(f"Quiet hours are written like 21:30-07:30, not {text!r}.")
    return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())


def _after_quiet_hours(now: datetime, quiet: Quiet | None) -> datetime:
    if quiet is None:
        return now
    begins, ends = quiet
    local = now.astimezone(PLACE_TIME)
    over_night = begins > ends
    if over_night and not ends <= local.time() < begins:
        day = local.date() + ONE_DAY * (local.time() >= begins)
    elif not over_night and begins <= local.time() < ends:
        day = local.date()
    else:
        return now
    return datetime.combine(day, ends, PLACE_TIME)


def _next_round(now: datetime, every: timedelta) -> datetime:
    local = now.astimezone(PLACE_TIME)
    midnight = datetime.combine(local.date(), time(0), PLACE_TIME)
    return midnight + every * -((midnight - local) // every)
