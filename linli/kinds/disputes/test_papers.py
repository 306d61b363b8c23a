"""The papers of a dispute: fit for an archive, complete, in time; and what was typed is never markup."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from linli.documents.contents import Row
from linli.documents.overriding import tried
from linli.documents.setting import sheet_of
from linli.documents.wordings import template_named, wording_of
from linli.kinds.disputes import contents
from linli.kinds.disputes.clauses import Clause, How, Payment, Sort, monthly
from linli.kinds.disputes.contents import Agreed, File, Owing, Person, Sitting, moment_of
from linli.kinds.disputes.legal_words import as_agreed, performed
from linli.kinds.disputes.test_clauses import SOUND, TODAY
from linli.web.typesetting import made_of
from tests.pdfs import unpacked

NAMES = {0: "王大明", 1: "李小芳"}
PAPERS = ("application", "consent", "minutes", "agreement", "oral", "confirmation", "ending", "reminder")
MARKUP = '#panic("x") #set page(width: 1cm) $x^2$ @ref *粗* _斜_ `码` <label> // 注 "双引号" \\ #include "a"'
each_paper = pytest.mark.parametrize("name", PAPERS)


class Verified:
    """As a test needs it."""

    address, code, version = "https://linli.example/verify/ABC/", "ABCD-EFGH-JKMN", 1


@pytest.fixture
def file():
    people = tuple(
        Person(nr, relation, called, NAMES[nr], (Row("联系方式", "139 0000 0001"),))
        for nr, relation, called in ((0, "reporter", "申请人"), (1, "respondent", "被申请人"))
    )
    return File("320831-26-00042-7", "东门社区人民调解委员会", people, TODAY, "赵建国", "孙丽")


def set_as(name, data):
    text = wording_of(template_named(f"disputes.{name}").own_text).text
    return made_of(sheet_of(text, data, Verified()))


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", unpacked(pdf)))


@each_paper
def test_each_is_fit_for_an_archive_with_its_faces_inside_and_its_words_as_text(name):
    template = template_named(f"disputes.{name}")
    made = set_as(name, dict(template.sample))
    everything = unpacked(made.content)
    assert made.archival
    assert re.search(rb"pdfaid:part[^0-9]*2", everything)
    assert b"NotoSerifSC" in everything
    assert b"/FontFile3" in everything or b"/FontFile2" in everything
    mapped = everything.decode("latin-1").upper()
    for letter in template.sample["title"]:
        assert f"{ord(letter):04X}" in mapped, letter


@each_paper
def test_a_place_can_begin_its_own_text_with_ours(name):
    template = template_named(f"disputes.{name}")
    assert tried(template, template.own_text).startswith(b"%PDF-")


@each_paper
def test_each_sample_has_the_shape_that_is_made(name, file):
    """What a place tries its own text with is what it will be set with."""
    assert set(template_named(f"disputes.{name}").sample) == set(made(name, file).as_data())


def made(name, file, text="楼上漏水。", clauses=tuple(SOUND)):
    agreed = Agreed(text, clauses, place="东门社区")
    sitting = Sitting(moment(), text, text, text, text)
    builders = {
        "application": lambda: contents.application(file, text, [text]),
        "consent": lambda: contents.consent(file, [text]),
        "minutes": lambda: contents.minutes(file, sitting),
        "agreement": lambda: contents.agreement(file, agreed),
        "oral": lambda: contents.oral_record(file, agreed),
        "confirmation": lambda: contents.confirmation(file, agreed, TODAY),
        "ending": lambda: contents.ending(file, text, [text]),
        "reminder": lambda: contents.reminder(file, Owing(1, TODAY, text, 9000, 1)),
    }
    return builders[name]()


def moment():
    return datetime(2026, 11, 25, 6, 5, tzinfo=UTC)


@each_paper
def test_nothing_that_anybody_typed_is_read_as_markup(name, file):
    clauses = (Clause(Sort.OTHER, text=MARKUP), Clause(Sort.ACT, who=1, text=MARKUP, by=TODAY))
    assert set_as(name, made(name, file, MARKUP, clauses).as_data()).archival


def test_the_agreement_comes_within_three_hundred_milliseconds():
    sample = dict(template_named("disputes.agreement").sample)
    set_as("agreement", sample)
    took = []
    for nr in range(5):
        start = time.perf_counter()
        set_as("agreement", {**sample, "number": f"320831-26-{nr:05}-7"})
        took.append(time.perf_counter() - start)
    assert min(took) < 0.3


def test_minutes_of_three_hundred_pages_are_set_and_numbered(file):
    line = "双方就楼道堆物一事陈述意见，调解员逐条记录并向双方宣读。" * 4
    sitting = Sitting(moment(), "调解室", "堆物", "\n".join([line] * 3200))
    paper = set_as("minutes", contents.minutes(file, sitting).as_data())
    assert paper.archival
    assert pages_of(paper.content) >= 300


def test_an_oral_agreement_fits_one_page():
    made_now = set_as("oral", dict(template_named("disputes.oral").sample))
    assert pages_of(made_now.content) == 1


def test_all_sides_the_mediator_and_the_recorder_sign_an_agreement(file):
    places = [(each.relation, each.seat) for each in contents.agreement(file, Agreed("x", SOUND)).signing]
    assert places == [("reporter", 0), ("respondent", 1), ("mediator", 0), ("recorder", 0)]


def test_only_who_was_there_signs_the_minutes(file):
    sitting = Sitting(moment(), "调解室", "堆物", "说了。", apart=True, sides=frozenset({1}))
    paper = contents.minutes(file, sitting)
    assert [each.relation for each in paper.signing] == ["respondent", "mediator", "recorder"]
    assert ("方式", "分别调解") in [(row.label, row.value) for row in paper.parts[0].rows]


def test_both_ask_the_court_under_one_name(file):
    paper = contents.confirmation(file, Agreed("x", SOUND), date(2026, 11, 26), "清河县人民法院")
    assert [part.heading for part in paper.parts[:2]] == ["申请人", "申请人"]
    assert "2026年11月26日" in paper.parts[2].paragraphs[0]
    assert paper.extra["to"] == "清河县人民法院"


def test_a_sum_is_written_in_numerals_and_digits():
    clause = SOUND[0]
    assert as_agreed(clause, NAMES) == (
        "王大明向李小芳支付人民币壹万贰仟元整（¥12,000），于2026年12月31日前（含当日）付清。"
    )
    assert performed(clause, 1, NAMES) == [
        "第1项款项以银行转账方式支付，于2026年12月31日前（含当日）一次付清。"
    ]


def test_instalments_are_told_one_by_one():
    parts = monthly(100000, 3, date(2027, 1, 31))
    clause = Clause(Sort.MONEY, who=0, whom=1, fen=100000, how=How.CASH, payments=parts)
    lines = performed(clause, 2, NAMES)
    assert lines[0] == "第2项款项以现金方式支付，分3期："
    assert lines[1] == "第1期：于2027年1月31日前（含当日），人民币叁佰叁拾叁元叁角叁分（¥333.33）；"
    assert lines[3].endswith("（¥333.34）。")


@pytest.mark.parametrize("clause", SOUND, ids=lambda each: each.sort)
def test_every_clause_is_one_sentence_with_one_full_stop_at_its_end(clause):
    said = as_agreed(clause, NAMES)
    assert said.endswith("。")
    assert "。。" not in said
    assert "None" not in said


def test_a_reminder_goes_to_who_owes(file):
    paper = contents.reminder(file, Owing(1, TODAY, "修好水管", who=0))
    assert (paper.addressed, list(paper.only)) == ("王大明", [0])


def test_a_reminder_says_whether_it_is_due_or_overdue(file):
    said = [
        contents.reminder(file, Owing(1, day)).parts[0].paragraphs[0] for day in (TODAY, date(2020, 1, 1))
    ]
    assert ["已到期" in each for each in said] == [False, True]


def test_a_reminder_names_the_instalment_that_is_due(file):
    paper = contents.reminder(file, Owing(2, date(2027, 2, 28), fen=30000, who=0))
    assert [row.value for row in paper.parts[1].rows[1:]] == [
        "人民币叁佰元整（¥300）",
        "2027年2月28日前（含当日）",
    ]


def test_copies_are_counted_in_numerals_however_many_sides_there_are(file):
    twelve = replace(file, people=file.people[:1] * 12)
    assert "本协议一式十三份" in str(contents.agreement(twelve, Agreed("")).as_data())


def test_a_sum_of_cents_has_them_in_both(file):
    clause = Clause(Sort.MONEY, who=0, whom=1, fen=5, how=How.CASH, payments=(Payment(TODAY, 5),))
    assert "人民币伍分（¥0.05）" in as_agreed(clause, NAMES)


def test_a_moment_is_that_of_the_place():
    assert moment_of(moment()) == "2026年11月25日14时05分"
