"""An agreement in plain words, as a neighbour would say it, in the reader's language; the paper has its own words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.kinds.disputes.clauses import Clause, How, Sort
from linli.kinds.disputes.sums import digits
from linli.web.times import day_words

Names = Mapping[int, str]


def plainly(clauses: Sequence[Clause], names: Names) -> list[str]:
    """One sentence for each clause; `names` are those of the parties by their number."""
    return [_SENTENCES[each.sort](each, names) for each in clauses]


def _money(clause: Clause, names: Names) -> str:
    told = _told(clause, names) | {"how": _how(clause)}
    if len(clause.payments) == 1:
        sentence = _("%(who)s pays %(whom)s %(sum)s by %(day)s, %(how)s.")
        return _with_note(sentence % (told | {"day": day_words(clause.payments[0].due)}), clause)
    parts = pgettext("between instalments", "; ").join(
        _("%(sum)s by %(day)s") % {"sum": _sum(each.fen), "day": day_words(each.due)}
        for each in clause.payments
    )
    sentence = _("%(who)s pays %(whom)s %(sum)s in %(count)d parts, %(how)s: %(parts)s.")
    return _with_note(sentence % (told | {"count": len(clause.payments), "parts": parts}), clause)


def _act(clause: Clause, names: Names) -> str:
    return _("%(who)s does this by %(day)s: %(text)s.") % _told(clause, names)


def _stop(clause: Clause, names: Names) -> str:
    if clause.by:
        return _("From %(day)s on %(who)s no longer does this: %(text)s.") % _told(clause, names)
    return _("From now on %(who)s no longer does this: %(text)s.") % _told(clause, names)


def _apology(clause: Clause, names: Names) -> str:
    told = _told(clause, names) | {"how": _how(clause)}
    return _with_note(_("%(who)s apologises to %(whom)s %(how)s by %(day)s.") % told, clause)


def _return(clause: Clause, names: Names) -> str:
    return _("%(who)s gives this back to %(whom)s by %(day)s: %(text)s.") % _told(clause, names)


def _costs(clause: Clause, names: Names) -> str:
    told = _told(clause, names)
    if clause.who is None:
        if clause.fen:
            return _("These costs (%(sum)s) are shared equally: %(text)s.") % told
        return _("Each side bears its own costs: %(text)s.") % told
    if clause.fen:
        return _("%(who)s bears these costs (%(sum)s): %(text)s.") % told
    return _("%(who)s bears these costs: %(text)s.") % told


def _confidential(clause: Clause, names: Names) -> str:
    return _("All sides keep the dispute and the agreement to themselves, unless the law says otherwise.")


def _settled(clause: Clause, names: Names) -> str:
    if clause.text:
        return _("Nobody claims anything more in this dispute, except: %(text)s.") % _told(clause, names)
    return _("Nobody claims anything more in this dispute.")


def _other(clause: Clause, names: Names) -> str:
    return clause.text


_SENTENCES: Mapping[str, Callable[[Clause, Names], str]] = {
    Sort.MONEY: _money,
    Sort.ACT: _act,
    Sort.STOP: _stop,
    Sort.APOLOGY: _apology,
    Sort.RETURN: _return,
    Sort.COSTS: _costs,
    Sort.CONFIDENTIAL: _confidential,
    Sort.SETTLED: _settled,
    Sort.OWNERSHIP: _other,
    Sort.STATUS: _other,
    Sort.OTHER: _other,
}


def _told(clause: Clause, names: Names) -> dict[str, Any]:
    return {
        "who": _name(clause.who, names),
        "whom": _name(clause.whom, names),
        "text": clause.text.rstrip("。.；;"),
        "day": day_words(clause.by) if clause.by else "",
        "sum": _sum(clause.fen),
    }


def _name(nr: int | None, names: Names) -> str:
    return names.get(nr, "?") if nr is not None else _("everybody")


def _sum(fen: int) -> str:
    return _("%(yuan)s yuan") % {"yuan": digits(fen).removesuffix("元")}


def _how(clause: Clause) -> str:
    return str(How(clause.how).label) if clause.how else ""


def _with_note(sentence: str, clause: Clause) -> str:
    return f"{sentence} {clause.text}".strip()
