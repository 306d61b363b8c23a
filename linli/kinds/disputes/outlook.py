"""What comes next in a dispute, as both sides read it: by the stage, in words that promise nothing for anybody else."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NEXT: Mapping[str, Promise] = {
    "applied": _(
        "The committee first looks whether it is safe to bring both sides together. Then both are asked."
    ),
    "triaged": _("Both sides are asked whether they want mediation."),
    "consenting": _("Mediation begins when both sides say yes. Nobody has to, and no reason is asked for."),
    "consented": _(
        "The committee names a mediator. You may say whom you would like, and refuse whom you would not."
    ),
    "mediating": _(
        "The mediator speaks with both sides. Nobody decides over you: it ends with what both agree to."
    ),
    "signing": _("Read the agreement with care. It binds once everybody has signed it and the seal is set."),
    "performing": _(
        "The agreement binds. Say here whether it is kept. After a month the committee asks how it is."
    ),
    "confirming": _(
        "The agreement lies before the court. What the court says stands here as soon as it is known."
    ),
    "reviewing": _(
        "Somebody who did not mediate looks into the signature. Until then nobody may rely on it."
    ),
    "resting": _(
        "A side has died. Mediation rests until the heirs say whether they go on; nobody has to, and no reason is "
        "asked for. What was agreed and is in force stays so."
    ),
    "merged": _(
        "It is mediated together with the same dispute, which was brought before. You hear how it ends."
    ),
    "settled": _("If it breaks out again, ask to take it up again, or go to court."),
    "ended": _("You can still use the lawful ways below. If both sides want to, ask to take it up again."),
}
