"""`make docs`: write the documents that are drawn from the code; with `--check` only say which are out of date."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ.update(DJANGO_SETTINGS_MODULE="linli.conf.settings", LINLI_BUILDING="1")

import django  # noqa: E402  after the environment is laid
from django.utils import translation  # noqa: E402
from django.utils.translation import gettext  # noqa: E402

from linli.base.catalogues import compile_catalogues  # noqa: E402

compile_catalogues(REPOSITORY / "linli")
django.setup()

from linli.analytics.confidential import counted_kinds, figures_of  # noqa: E402  after the apps are loaded
from linli.analytics.definition import Better, Figure  # noqa: E402
from linli.analytics.figures import all_figures  # noqa: E402
from linli.analytics.net import PLACE_FIGURES  # noqa: E402
from linli.analytics.scorecard import UNMEASURED  # noqa: E402
from linli.cases.apart import constraints  # noqa: E402  after the apps are loaded
from linli.cases.drawing import draw, takers  # noqa: E402
from linli.cases.kinds import all_kinds  # noqa: E402
from linli.cases.procedure import Procedure, Step  # noqa: E402
from linli.cases.rights import party_rights, post_rights, purposes  # noqa: E402
from linli.ledger.names import all_names  # noqa: E402
from linli.posts.models import PostKind  # noqa: E402

NOTE = "<!-- Written by `make docs` from {source}; do not edit. -->"


def documents() -> dict[str, str]:
    """Every document drawn from the code: its path in the repository, and what it must say."""
    drawn = {
        "docs/procedures.md": _lines(_procedures()),
        "docs/entries.md": _lines(_entries()),
        "docs/rights.md": _lines(_rights()),
        "docs/figures.md": _lines(_figures()),
    }
    for kind in all_kinds():
        for language, ending in (("en", ""), ("zh-hans", ".zh")):
            with translation.override(language):
                drawn[f"docs/images/{kind.name}{ending}.svg"] = draw(kind.procedure) + "\n"
    return drawn


def _lines(lines: Iterator[str]) -> str:
    return "\n".join(lines).strip() + "\n"


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _table(*heads: str) -> Iterator[str]:
    yield _row(*heads)
    yield _row(*("---" for _head in heads))


def _procedures() -> Iterator[str]:
    yield "# Procedures · 办理程序"
    yield ""
    yield NOTE.format(source="procedure.yaml of each kind")
    yield ""
    yield "What each kind of case goes through: its stages, its steps, who may take them, what each starts and stops."
    yield "How long a clock runs is not here: it is a dated row of the place (`linli/kinds/*/seeds/limits.csv` to begin"
    yield "with). The same drawing is at the desk under 办理程序."
    for kind in all_kinds():
        yield from _procedure(kind.procedure)


def _procedure(procedure: Procedure) -> Iterator[str]:
    with translation.override("en"):
        english = str(procedure.label)
    yield from ("", f"## {english} · {procedure.label.zh} (`{procedure.kind}`)", "")
    yield f"![{procedure.label.zh}](images/{procedure.kind}.zh.svg)"
    yield from ("", f"The same in English: [images/{procedure.kind}.svg](images/{procedure.kind}.svg).", "")
    yield from _table(
        "step", "中文", "English", "who", "from", "to", "next task", "clocks", "kept apart from", "told"
    )
    for step in procedure.steps.values():
        yield _step_row(procedure, step)
    yield ""
    yield from _table("stage", "中文", "English", "end")
    for stage in procedure.stages.values():
        yield _row(f"`{stage.name}`", stage.label.zh, stage.label.en, "yes" if stage.ends else "")
    yield ""
    yield from _table("clock", "中文", "English", "when it runs out", "shown as the limit")
    for clock in procedure.clocks.values():
        lapse = f"the system takes `{clock.lapse}`" if clock.lapse else ""
        yield _row(f"`{clock.name}`", clock.label.zh, clock.label.en, lapse, "yes" if clock.shown else "")


def _step_row(procedure: Procedure, step: Step) -> str:
    with translation.override("en"):
        who = takers(step, procedure.roles)
    moves = [f"starts {name}" for name in step.start] + [f"stops {name}" for name in step.stop]
    if step.while_running:
        moves.append(f"only while {step.while_running} runs")
    task = "a post that is named" if step.task == "named" else step.task
    return _row(
        f"`{step.name}`",
        step.label.zh,
        step.label.en,
        who,
        ", ".join(f"`{stage}`" for stage in procedure.stages if stage in step.leaves),
        ", ".join(f"`{stage}`" for stage in procedure.stages if stage in step.targets) or "stays",
        task,
        "; ".join(moves),
        ", ".join(step.apart_from),
        "the reporter" if step.notice else "",
    )


def _entries() -> Iterator[str]:
    yield "# Entries of the ledger · 留痕记录"
    yield ""
    yield NOTE.format(source="the registered names")
    yield ""
    yield "Every name an entry can have, and what becomes of its words when a person asks for erasure: *erase*"
    yield "(they are removed, the salted digest stays), *keep* (the law demands it, or they are not personal),"
    yield "*no_words*."
    yield ""
    yield from _table("name", "中文", "English", "words")
    for each in all_names():
        with translation.override("zh-hans"):
            chinese = each.label()
        with translation.override("en"):
            english = each.label()
        yield _row(f"`{each.name}`", chinese, english, each.redaction.value)


def _figures() -> Iterator[str]:
    yield "# Figures · 统计指标"
    yield ""
    yield NOTE.format(source="the definitions in `linli/analytics` and in `figures.py` of each kind")
    yield ""
    yield "Every figure is a number of cases (or of places), counted by one condition that also opens its list."
    yield "Where it is a share of another figure, that one is its denominator. *Better* says which way it should go;"
    yield "where nothing stands there, it only says how much there is. What is not measured yet is listed at the end."
    for language, heads in (("zh-hans", FIGURES_ZH), ("en", FIGURES_EN)):
        with translation.override(language):
            yield from _figures_in_words(heads)


FIGURES_ZH = (
    *("网格事件等按区域可见的办件", "名称", "指标", "分子：统计口径", "分母", "单位", "方向", "来源"),
    *("越高越好", "越低越好", "件；%", "件", "治理网络", "个；%", "尚未统计", "原因"),
)
FIGURES_EN = (
    *(
        "Of matters, and of all cases that area gives sight of",
        "name",
        "figure",
        "numerator: what is counted",
        "denominator",
        "unit",
        "better",
        "source",
    ),
    *("higher", "lower", "cases; %", "cases", "Of the net", "places; %", "Not yet measured", "why"),
)


def _figures_in_words(heads: tuple[str, ...]) -> Iterator[str]:
    known = all_figures()
    yield from ("", f"## {heads[0]}", "")
    yield from _table(*heads[1:8])
    for figure in known.values():
        yield _figure_row(figure, known, heads)
    for kind in counted_kinds():
        yield from ("", f"## {kind.procedure.label}", "")
        yield from _table(*heads[1:8])
        own = figures_of(kind.name)
        for figure in own.values():
            yield _figure_row(figure, own, heads)
    yield from ("", f"## {heads[12]}", "")
    yield from _table(*heads[1:8])
    for place in PLACE_FIGURES.values():
        yield _row(
            f"`{place.name}`", place.label, place.meaning, place.whole, heads[13], heads[8], place.source
        )
    yield from ("", f"## {heads[14]}", "")
    yield from _table(heads[1], heads[2], heads[15])
    for each in UNMEASURED:
        yield _row(f"`{each.name}`", each.label, each.why)


def _figure_row(figure: Figure, known: Mapping[str, Figure], heads: tuple[str, ...]) -> str:
    better = {Better.HIGHER: heads[8], Better.LOWER: heads[9]}.get(figure.better, "")
    among = known[figure.among].label if figure.among else ""
    unit = heads[10] if figure.among else heads[11]
    return _row(f"`{figure.name}`", figure.label, figure.meaning, among, unit, better, figure.source)


def _rights() -> Iterator[str]:
    yield "# Rights · 权限"
    yield ""
    yield NOTE.format(source="the tables that decide (post rules, party rules, purposes, constraints)")
    yield ""
    yield "Who may do what, and why. What no row allows is refused; outside a post's area nothing exists for it. The"
    yield "desk shows the same tables under 权限, for a place, and explains single decisions."
    for language, heads in (("zh-hans", RIGHTS_ZH), ("en", RIGHTS_EN)):
        with translation.override(language):
            yield from _rights_in_words(heads)


RIGHTS_ZH = (
    *("岗位规则", "事项", "岗位类别", "依据", "当事人规则", "谁", "办件类别"),
    *("查阅用途", "用途", "字段", "岗位类别", "法律依据", "职责分离", "谁", "不得", "理由"),
)
RIGHTS_EN = (
    *("Post rules", "what", "kinds of post", "where it is written", "Party rules", "who", "kind of case"),
    *(
        "Purposes",
        "purpose",
        "fields",
        "kinds of post",
        "legal basis",
        "Separation of duties",
        "whoever",
        "never",
    ),
    "why",
)


def _rights_in_words(heads: tuple[str, ...]) -> Iterator[str]:
    yield from ("", f"## {heads[0]}", "")
    yield from _table(*heads[1:4])
    for right in post_rights():
        yield _row(right.label, _post_kinds(right.kinds, tasked=right.tasked), right.source)
    yield from ("", f"## {heads[4]}", "")
    yield from _table(heads[5], heads[1], heads[6])
    for party in party_rights():
        yield _row(party.relation, party.step, party.kind)
    yield from ("", f"## {heads[7]}", "")
    yield from _table(*heads[8:12])
    for purpose in purposes():
        who = _post_kinds(tuple(purpose.posts)) or ", ".join(sorted(purpose.parties | purpose.systems))
        yield _row(purpose.label(), ", ".join(purpose.fields), who, purpose.basis)
    yield from ("", f"## {heads[12]}", "")
    yield from _table(*heads[13:16])
    for each in constraints():
        yield _row(each.one, each.other, each.why)


def _post_kinds(kinds: tuple[str, ...], *, tasked: bool = False) -> str:
    labels = [str(label) for value, label in PostKind.choices if value in kinds]
    return ", ".join([*labels, str(gettext("whoever has the task"))] if tasked else labels)


def main() -> int:
    """Write what has changed and name it; with --check write nothing and fail."""
    checking = "--check" in sys.argv
    stale = []
    for name, text in documents().items():
        path = REPOSITORY / name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not checking:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    sys.stdout.write("".join(f"{name}\n" for name in stale))
    return int(checking and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
