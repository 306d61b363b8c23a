"""Clauses as an agreement words them (人民调解协议书): names in full, sums in numerals and digits, days in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from linli.kinds.disputes.clauses import Clause, How, Sort
from linli.kinds.disputes.sums import capitals, digits

Names = Mapping[int, str]
_WAYS = {
    How.TRANSFER: "银行转账",
    How.PHONE: "手机支付",
    How.CASH: "现金",
    How.SPOKEN: "当面口头",
    How.WRITTEN: "书面",
}


def as_agreed(clause: Clause, names: Names) -> str:
    """One clause as the paper says it, with a full stop."""
    said = _WORDS[clause.sort](clause, names)
    return said if said.endswith("。") else f"{said}。"


def performed(clause: Clause, nr: int, names: Names) -> list[str]:
    """How and until when a sum is paid: one line, and one for each instalment where there are some."""
    way = f"第{nr}项款项以{_WAYS[How(clause.how)]}方式支付" if clause.how else f"第{nr}项款项"
    if len(clause.payments) == 1:
        return [f"{way}，{_until(clause.payments[0].due)}一次付清。"]
    lines = [
        f"第{part}期：{_until(each.due)}，{sum_of(each.fen)}；"
        for part, each in enumerate(clause.payments, 1)
    ]
    return [f"{way}，分{len(lines)}期：", *lines[:-1], f"{lines[-1][:-1]}。"]


def day_of(day: date) -> str:
    """A day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def _until(day: date) -> str:
    return f"于{day_of(day)}前（含当日）"


def sum_of(fen: int) -> str:
    """A sum as papers write it, in numerals and in digits."""
    return f"人民币{capitals(fen)}（¥{digits(fen).removesuffix('元')}）"


def _name(nr: int | None, names: Names) -> str:
    return names[nr] if nr is not None else "各方当事人"


def _text(clause: Clause) -> str:
    return clause.text.strip().rstrip("。；;.")


def _money(clause: Clause, names: Names) -> str:
    said = f"{_name(clause.who, names)}向{_name(clause.whom, names)}支付{sum_of(clause.fen)}"
    if len(clause.payments) == 1:
        said += f"，{_until(clause.payments[0].due)}付清"
    else:
        said += f"，分{len(clause.payments)}期付清，末期{_until(clause.payments[-1].due)}付清"
    return f"{said}。{_text(clause)}" if clause.text else said


def _act(clause: Clause, names: Names) -> str:
    until = _until(clause.by) if clause.by else ""
    return f"{_name(clause.who, names)}{until}完成以下事项：{_text(clause)}"


def _stop(clause: Clause, names: Names) -> str:
    since = f"自{day_of(clause.by)}起" if clause.by else "自本协议生效之日起"
    return f"{_name(clause.who, names)}{since}不再有以下行为：{_text(clause)}"


def _apology(clause: Clause, names: Names) -> str:
    until = _until(clause.by) if clause.by else ""
    way = _WAYS[How(clause.how)] if clause.how else ""
    said = f"{_name(clause.who, names)}{until}向{_name(clause.whom, names)}{way}赔礼道歉"
    return f"{said}。{_text(clause)}" if clause.text else said


def _return(clause: Clause, names: Names) -> str:
    until = _until(clause.by) if clause.by else ""
    return f"{_name(clause.who, names)}{until}向{_name(clause.whom, names)}返还以下财物：{_text(clause)}"


def _costs(clause: Clause, names: Names) -> str:
    sums = f"（{sum_of(clause.fen)}）" if clause.fen else ""
    if clause.who is None:
        return f"{_text(clause)}{sums}由各方当事人{'平均分担' if clause.fen else '各自承担'}"
    return f"{_text(clause)}{sums}由{_name(clause.who, names)}承担"


def _confidential(clause: Clause, names: Names) -> str:
    return "各方当事人对本纠纷及本协议内容予以保密，法律另有规定的除外"


def _settled(clause: Clause, names: Names) -> str:
    but = f"，但以下事项除外：{_text(clause)}" if clause.text else ""
    return f"本协议履行完毕后，各方当事人就本纠纷互不再主张其他权利{but}"


def _free(clause: Clause, names: Names) -> str:
    return _text(clause)


_WORDS: Mapping[str, Callable[[Clause, Names], str]] = {
    Sort.MONEY: _money,
    Sort.ACT: _act,
    Sort.STOP: _stop,
    Sort.APOLOGY: _apology,
    Sort.RETURN: _return,
    Sort.COSTS: _costs,
    Sort.CONFIDENTIAL: _confidential,
    Sort.SETTLED: _settled,
    Sort.OWNERSHIP: _free,
    Sort.STATUS: _free,
    Sort.OTHER: _free,
}
