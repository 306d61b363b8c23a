"""Chinese is complete: every text of every app is in its catalogue, with the same placeholders."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from tests.catalogues import catalogue_of, collected, gaps, text_of
from tests.reading import PACKAGE, apps

pytestmark = pytest.mark.once

KEY = re.compile(r'^(?:msgctxt "(.*)"\n)?msgid "(.*)"$', re.MULTILINE)

# The words of the field: where a text is just the term, its translation must hold the Chinese one.
GLOSSARY = {
    "grid": "网格",
    "micro-grid": "微网格",
    "grid worker": "网格员",
    "post": "岗位",
    "resident": "居民",
    "household": "户",
    "case": "办件",
    "procedure": "程序",
    "deadline": "时限",
    "matter": "网格事件",
    "matters": "网格事件",
    "report": "上报",
    "accept": "受理",
    "dispatch": "派",
    "reassign": "转派",
    "return": "退回",
    "handle": "处置",
    "check": "核查",
    "supervise": "督办",
    "attachment": "附件",
    "attachments": "附件",
    "mediation": "调解",
    "volunteer": "志愿者",
    "call-taker": "话务员",
    "dispatcher": "派遣员",
    "checker": "核查员",
    "administrator": "管理员",
    "unconfirmed": "未确认",
}


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.relative_to(PACKAGE).as_posix())
def test_every_text_is_translated(app: Path) -> None:
    assert gaps(collected(app), catalogue_of(app)) == []


def test_what_is_said_inside_an_f_string_is_translated_too() -> None:
    """The collector of texts reads f-strings as one piece before Python 3.12 and finds nothing in them."""
    known = {(message.context, message.id) for app in apps() for message in catalogue_of(app) or []}
    assert [each for app in apps() for each in said_inside(app) if each[1:] not in known] == []


def said_inside(app: Path) -> list[tuple[str, str | None, str]]:
    """Where, in which context and what is translated inside f-strings of an app."""
    found = []
    for path in app.rglob("*.py"):
        pieces = [each for each in ast.walk(ast.parse(path.read_text())) if isinstance(each, ast.JoinedStr)]
        for call in [each for piece in pieces for each in ast.walk(piece) if isinstance(each, ast.Call)]:
            said = [each.value for each in call.args if isinstance(each, ast.Constant)]
            if isinstance(call.func, ast.Name) and call.func.id in {"_", "pgettext"}:
                found.append((path.name, said[0] if len(said) > 1 else None, said[-1]))
    return found


def test_one_english_text_has_one_chinese_in_all_apps() -> None:
    """Django makes one catalogue of all: where two differ, only the first app's is ever shown. A context parts them."""
    said: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for app in apps():
        for message in catalogue_of(app) or []:
            if message.id:
                said[message.context, str(message.id)].add(str(message.string))
    assert {key: found for key, found in said.items() if len(found) > 1} == {}


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.relative_to(PACKAGE).as_posix())
def test_no_text_stands_in_a_catalogue_twice(app: Path) -> None:
    """gettext refuses such a catalogue, and babel does not notice; merges leave what is obsolete beside what is not."""
    said = [line for line in text_of(app).splitlines() if line.startswith(("#~", "#, fuzzy"))]
    keys = [each for each in KEY.findall(text_of(app)) if each[1]]
    assert (said, [key for key, times in Counter(keys).items() if times > 1]) == ([], [])


@pytest.mark.parametrize("app", apps(), ids=lambda app: app.relative_to(PACKAGE).as_posix())
def test_terms_of_the_glossary_are_translated_by_it(app: Path) -> None:
    wrong = {}
    for message in catalogue_of(app) or []:
        if isinstance(message.id, str) and GLOSSARY.get(message.id.lower(), "") not in str(message.string):
            wrong[message.id] = message.string
    assert wrong == {}


PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"
msgid "Hello %(name)s"
msgstr "{answer}"
"""


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ("你好 %(name)s", ""),
        ("", "not translated"),
        ("你好", "placeholders"),
        ("你好 %(nmae)s", "placeholders"),
    ],
)
def test_a_bad_translation_is_noticed(answer: str, problem: str) -> None:
    catalogue = read_po(BytesIO(PO.replace("{answer}", answer).encode()), locale="zh_Hans")
    found = gaps({(None, "Hello %(name)s"): "x.py"}, catalogue)
    assert (problem in found[0]) if problem else not found


TEMPLATE = """{% load i18n %}{% translate 'Two' %}{% translate 'May' context 'month' %}
{% blocktranslate with x=y %}Three {{ x }}{% endblocktranslate %}
{% blocktranslate trimmed %}
  Four
  lines
{% endblocktranslate %}"""


def test_texts_are_collected_from_python_and_templates(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("from x import gettext as _\n_('One')\nngettext('a cat', 'cats', 2)\n")
    (tmp_path / "b.html").write_text(TEMPLATE)
    texts = {"One", "a cat", "Two", "Three %(x)s", "Four lines"}
    assert set(collected(tmp_path)) == {(None, text) for text in texts} | {("month", "May")}
