"""A side's word, as a step keeps it: its own, or said before a post that witnesses it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid
from linli.cases.attachments import Photo
from linli.cases.procedure import REPRESENTATIVE
from linli.cases.taking import Taking
from linli.kinds.disputes.models import Manner, Said, Yes
from linli.kinds.disputes.rounds import side_of, sides_of
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Post


@dataclass(frozen=True)
class Statement:
    """How a side's word was given: by which side, in which manner, before whom, on which photographed paper."""

    side: int
    manner: Manner = Manner.OWN
    witness: Post | None = None
    paper: str = ""

    @classmethod
    def of(cls, now: Taking, whose: int | None = None, manner: str = "", paper: str = "") -> Statement:
        """That of the party who takes the step, or of the side a post names. Invalid where a post names none."""
        if isinstance(now.by, PartyActor):
            return cls(side_of(now.by), Manner.AGENT if now.by.relation == REPRESENTATIVE else Manner.OWN)
        if whose not in {side.nr for side in sides_of(now.case)}:
            raise Invalid(_("Say whose word this is."), fields={"whose": [_("Say whose word this is.")]})
        if manner not in {Manner.PAPER, Manner.SPOKEN}:
            sentence = _("Say how it was said to you.")
            raise Invalid(sentence, fields={"manner": [sentence]})
        witness = now.by.post if isinstance(now.by, PostActor) else None
        return cls(whose, Manner(manner), witness, paper)

    @classmethod
    def on_paper(cls, now: Taking, whose: int | None, kept: Sequence[Photo]) -> Statement:
        """The same of a consent: a post enters it from a photographed paper only. Conflict without one."""
        if isinstance(now.by, PostActor) and not kept:
            raise Conflict(
                _("A consent that is not given by the side itself needs the signed paper. Add a photo of it.")
            )
        return cls.of(now, whose, Manner.PAPER, kept[0].digest if kept else "")

    def keep(self, now: Taking, to: Said) -> None:
        """Keep it as a yes; the same yes twice is refused, so that nobody counts double."""
        how = {"manner": self.manner, "witness": self.witness, "paper": self.paper, "at": now.at}
        about = {"dispute": now.detail, "turn": now.detail.turn, "to": to, "side": self.side}
        _row, new = Yes.objects.get_or_create(**about, defaults=how)
        if not new:
            raise Conflict(_("This side has said so already. Nothing was changed."))
        now.facts(**self.facts)

    @property
    def facts(self) -> dict[str, object]:
        """As the ledger keeps it: which side, and how it was said."""
        return {"side": self.side, "manner": str(self.manner)}
