"""The worker loops: what goes on by itself, one thread each, in a process beside `linli serve` or in `linli worker`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.db import connection

from linli.analytics import folding
from linli.base import generations
from linli.base.frames import in_one_stretch
from linli.base.writing import GIVING_WAY
from linli.cases import followers, forgetting, notices, ratings, receiving, search
from linli.cases.exports import clear
from linli.cases.followers import close_followers
from linli.cases.forgetting import forget_due
from linli.cases.lapses import lapse_due
from linli.cases.old_looks import forget_looks
from linli.cases.receiving import forget_photos
from linli.cases.reckoning import reckon_turn
from linli.conf.backups.nightly import back_up_when_due
from linli.conf.ballast import lay_ballast
from linli.exchange.feeds.sending import forget_sent, send_feeds
from linli.exchange.sheets.parcels import throw_away
from linli.exchange.sheets.taking_in import take_waiting
from linli.ledger import sequencing
from linli.portals.demo import simulator
from linli.portals.desk.exports import make_waiting
from linli.posts.absences import turn_over
from linli.registers.actions.alerting import look_at_rules
from linli.residents import mandates, sessions
from linli.residents.people import erasing, guarding, old_looks, pairs
from linli.residents.people.erasing import erase_due
from linli.residents.people.guarding import end_of_age
from linli.residents.people.old_looks import drop_of_people
from linli.residents.people.pairs import find_pairs

log = logging.getLogger("linli.loops")
LONGEST_PAUSE = 60.0


@dataclass(frozen=True)
class Turn:
    """A function that does one small batch and says how much it did, the seconds between looks, a full batch.

    After a full batch more is waiting, so the next follows at once; else what comes meanwhile is done together.
    """

    act: Callable[[], int]
    every: float
    full: int = 1


TURNS = [
    Turn(sequencing.sequence, 0.2, sequencing.BATCH),
    Turn(search.fold, 0.5, search.BATCH),
    Turn(folding.fold_cases, 0.6, folding.BATCH),
    Turn(notices.send_waiting, 1.0, notices.BATCH),
    Turn(lapse_due, 15.0),
    Turn(close_followers, 5.0, followers.BATCH),
    Turn(make_waiting, 2.0),
    Turn(take_waiting, 1.0),
    Turn(send_feeds, 2.0),
    Turn(clear, 600.0),
    Turn(throw_away, 600.0),
    Turn(forget_sent, 600.0),
    Turn(erase_due, 3600.0, erasing.BATCH),
    Turn(forget_due, 3600.0, forgetting.BATCH),
    Turn(ratings.let_go, 3600.0, ratings.BATCH),
    Turn(forget_looks, 6 * 3600.0, old_looks.BATCH),
    Turn(drop_of_people, 6 * 3600.0, old_looks.BATCH),
    Turn(forget_photos, 3600.0, receiving.BATCH),
    Turn(find_pairs, 3600.0, pairs.BATCH),
    Turn(turn_over, 15.0),
    Turn(look_at_rules, 15.0),
    Turn(reckon_turn, 15.0),
    Turn(mandates.forget_ended, 3600.0, mandates.BATCH),
    Turn(end_of_age, 6 * 3600.0, guarding.BATCH),
    Turn(sessions.forget_expired, 600.0, sessions.BATCH),
    Turn(lay_ballast, 60.0),
    Turn(back_up_when_due, 60.0),
]
if settings.DEMO:
    TURNS.append(Turn(simulator.turn, simulator.EVERY))


class Loops:
    """The running threads of this process."""

    def __init__(self, turns: list[Turn] | None = None) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(
                target=in_one_stretch,
                args=(self._go_on, turn),
                name=f"loop-{turn.act.__name__}",
                daemon=True,
            )
            for turn in (TURNS if turns is None else turns)
        ]

    def start(self) -> Loops:
        """Start them all."""
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, patience: float = 5.0) -> None:
        """Let each finish its batch, then end."""
        self._stopping.set()
        end = monotonic() + patience  # for all of them together
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))

    def _go_on(self, turn: Turn) -> None:
        failures = 0
        while not self._stopping.is_set():
            done, failures = self._once(turn, failures)
            pause = turn.every * 2**failures if failures or done < turn.full else GIVING_WAY
            self._stopping.wait(min(pause, LONGEST_PAUSE))
        connection.close()

    def _once(self, turn: Turn, failures: int) -> tuple[int, int]:
        """One batch: what was done, and how many batches in a row have failed by now."""
        try:
            generations.refresh()
            return turn.act() or 0, 0
        except Exception:  # a loop must outlive whatever goes wrong in one batch
            log.exception(
                "%s failed, the %d. time in a row; it is tried again", turn.act.__name__, failures + 1
            )
            connection.close()
            return 0, min(failures + 1, 10)
