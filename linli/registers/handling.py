"""What the registers do with people's data: who mediates, and proposing a mediator to the parties."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.residents.activities import Activity, Sort, register_activity

MEDIATORS, OFFERS = "mediators", "mediator-offers"


def register_activities() -> None:
    """Make them known; called when the app starts."""
    register_activity(
        Activity(
            MEDIATORS,
            lambda: gettext("Register of mediators"),
            lambda: gettext(
                "So that parties know who mediates where, in which language, and who is kept apart"
            ),
            lambda: gettext(
                "Post, skills, languages and term of a mediator; sealed, what keeps the mediator apart: relatives and "
                "employers as declared"
            ),
            "人民调解法 8、13；个人信息保护法 13(3)、28",
            lambda: gettext("Until the term ends; what was declared is erased with it"),
            sensitive=lambda: gettext(
                "Names of relatives and employers, so that nobody mediates for their own family. Only the mediator can "
                "read them; others are compared by a keyed digest."
            ),
            assessed=True,
            sort=Sort.REGISTER,
            why=lambda: gettext("Relatives are declared: handled as sensitive data, article 55 (1)"),
            tables=("registers.Tie",),
        )
    )
    register_activity(
        Activity(
            OFFERS,
            lambda: gettext("Proposing mediators to the parties (suggester)"),
            lambda: gettext(
                "So that parties can choose: rules put area, language and skills in order and say why; the parties "
                "choose or refuse"
            ),
            lambda: gettext(
                "Area, skills, languages and open tasks of mediators; digests of the parties' names"
            ),
            "个人信息保护法 13(3)、24",
            lambda: gettext("Nothing is kept; the order is made anew each time"),
            assessed=True,
            sort=Sort.SUGGESTER,
            why=lambda: gettext(
                "Rules put people in an order that parties act on: handled as article 55 (2), with a reason in words "
                "and a person who chooses (article 24)"
            ),
        )
    )
