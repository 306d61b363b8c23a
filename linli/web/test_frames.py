"""Fields, limits, lists and the guide are drawn as the screens need them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils.translation import override

from linli.base.errors import NotFound
from linli.web.forms import Decoy, FrameForm, LongSelect
from linli.web.guide import GuideForm, guide
from linli.web.parts import Count
from linli.web.times import day_words, left_words, moment_words

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
pytestmark = pytest.mark.urls("linli.web.test_errors")


class StepLikeForm(forms.Form):
    """A plain Django form, as a step has it."""

    reason = forms.CharField(label="Reason", help_text="Write plainly.", max_length=10, widget=forms.Textarea)
    way = forms.ChoiceField(
        label="Way", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, help_text="One."
    )
    photo = forms.FileField(label="Photo", required=False)


def drawn(template: str, **context: Any) -> str:
    made = engines["django"].from_string(template)
    return str(made.render(context, RequestFactory().get("/list/?tab=done&after=7")))


def test_label_hint_error_and_widget_come_in_this_order() -> None:
    html = drawn("{% field form.reason %}", form=StepLikeForm({"reason": "x" * 11}))
    marks = ["<label", 'id="id_reason_helptext"', 'id="id_reason_error"', "<textarea"]
    assert [html.index(mark) for mark in marks] == sorted(html.index(mark) for mark in marks)


def test_a_widget_names_hint_error_and_count_as_its_description() -> None:
    html = drawn("{% field form.reason %}", form=StepLikeForm({"reason": "x" * 11}))
    assert 'aria-describedby="id_reason_helptext id_reason_error id_reason_limit"' in html
    assert 'aria-invalid="true"' in html


def test_a_group_of_choices_is_a_fieldset_with_its_description() -> None:
    html = drawn("{% field form.way %}", form=StepLikeForm({}))
    assert re.search(r'<fieldset[^>]*aria-describedby="id_way_helptext id_way_error"', html)
    assert "<legend" in html


def test_a_list_to_choose_from_is_what_django_would_draw() -> None:
    choices = [("", "All"), ("<1>", "One & <only>"), ('Group "g"', [("2", "Two"), (3, "Three")])]
    wishes: dict[str, Any] = {
        "name": "way",
        "value": "3",
        "attrs": {"id": "w", "required": True, "lang": False},
    }
    own, django = (each(choices=choices).render(**wishes) for each in (LongSelect, forms.Select))

    def plain(page: str) -> str:
        return re.sub(r">\s+<", "><", page).strip()

    assert plain(own) == plain(django)


def test_numbers_of_a_row_open_their_lists_and_say_their_column() -> None:
    row = [Count("A & B", 0), Count("Due", 3, "/list/?a=1&b=2", "75%")]
    assert drawn("{% counts row %}", row=row) == (
        '<td class="is-number" data-label="A &amp; B">0</td><td class="is-number" data-label="Due">'
        '<a href="/list/?a=1&amp;b=2">3</a> <span class="quiet">75%</span></td>'
    )


def test_a_long_text_has_its_limit_said_and_is_never_cut_by_the_browser() -> None:
    with override("en"):
        html = drawn("{% field form.reason %}", form=StepLikeForm({"reason": "两行\r\n字"}))
    assert "maxlength" not in html
    assert "<span>At most 10 characters</span><span hidden>" in html


def test_a_file_is_chosen_with_a_button_in_the_page_s_language() -> None:
    with override("zh-hans"):
        html = drawn("{% field form.photo %}", form=StepLikeForm())
    assert re.search(r'<label class="button[^>]*for="id_photo">选择文件', html)


def test_the_error_summary_links_to_each_field_and_names_it_once() -> None:
    with override("en"):
        html = drawn("{% error_summary form %}", form=StepLikeForm({"reason": ""}))
    assert '<a href="#id_reason">Reason: This field is required.</a>' in html
    assert 'href="#id_way_0"' in html


def test_an_unbound_form_has_no_error_summary() -> None:
    assert "wrong" not in drawn("{% error_summary form %}", form=StepLikeForm())
    assert drawn("{% error_title form %}", form=StepLikeForm()) == ""


def test_what_no_field_can_put_right_is_not_headed_as_if_it_could() -> None:
    refused = GuideForm({"sort": "waste", "words": "x" * 9, "body": "town"})
    refused.add_error(None, "Somebody was faster.")
    with override("en"):
        assert list(refused.errors) == ["__all__"]
        assert "That did not work</h2>" in drawn("{% error_summary form %}", form=refused)
        assert "Please put this right</h2>" in drawn("{% error_summary form %}", form=GuideForm({}))
        assert drawn("{% error_title form %}", form=GuideForm({})) == "Please put this right: "


def test_our_forms_say_which_field_to_fill_in_and_our_catalogue_speaks_for_the_others() -> None:
    with override("zh-hans"):
        assert GuideForm({}).errors["sort"] == ["请选择“属于哪一类？”。"]
        assert StepLikeForm({}).errors["reason"] == ["请填写或选择这一项。"]


def test_a_frame_form_renders_itself_in_our_order() -> None:
    html = str(GuideForm({}))
    assert html.index('id="id_words_helptext"') < html.index('id="id_words_error"') < html.index("<textarea")


def test_the_decoy_is_hidden_until_somebody_fills_it() -> None:
    class Public(FrameForm):
        website = Decoy()

    assert 'class="decoy"' in drawn("{% fields form %}", form=Public())
    caught = Public({"website": "http://spam.example"})
    assert not caught.is_valid()
    assert 'class="decoy"' not in drawn("{% fields form %}", form=caught)


@pytest.mark.parametrize(
    ("due", "state", "chinese", "english"),
    [
        (NOW + timedelta(days=2, hours=9), "calm", "还剩 2 天", "2 days left"),
        (NOW + timedelta(hours=23, minutes=59), "soon", "还剩 23 小时", "23 hours left"),
        (NOW + timedelta(seconds=5), "soon", "还剩 1 分钟", "1 minute left"),
        (NOW - timedelta(minutes=20), "late", "超期 20 分钟", "20 minutes overdue"),
        (NOW - timedelta(days=3, hours=2), "late", "超期 3 天", "3 days overdue"),
    ],
)
def test_a_limit_is_said_in_words(due: datetime, state: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert (left_words(due, NOW).state, left_words(due, NOW).words) == (state, chinese)
    with override("en"):
        assert left_words(due, NOW).words == english


def test_days_and_moments_are_those_of_the_place() -> None:
    late_evening = datetime(2026, 11, 22, 18, 5, tzinfo=ZoneInfo("UTC"))
    with override("zh-hans"):
        assert moment_words(late_evening) == "2026年11月23日 02:05"
        assert day_words(late_evening) == day_words(date(2026, 11, 23)) == "2026年11月23日"


def test_a_limit_shows_sign_words_and_exact_time() -> None:
    with override("zh-hans"):
        html = drawn("{% due moment %}", moment=datetime(2020, 1, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert 'title="2020年1月2日 09:00"' in html
    assert "<svg" in html
    assert "超期" in html


def test_pages_keep_the_filter_and_move_the_key() -> None:
    html = drawn("{% pages key %}", key="8")
    assert 'href="/list/?tab=done"' in html
    assert 'href="/list/?tab=done&amp;after=8"' in html


def test_kept_choices_become_hidden_inputs_and_are_escaped() -> None:
    assert drawn("{% kept 'tab' 'absent' %}") == '<input type="hidden" name="tab" value="done">'


class Cells(HTMLParser):
    """Collects the cells of a card table and whatever a strict content policy forbids."""

    def __init__(self) -> None:
        super().__init__()
        self.unlabelled: list[dict[str, str | None]] = []
        self.forbidden: list[str] = []
        self.in_body = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.cards = "cards" in (given.get("class") or "")
        self.in_body = (tag == "tbody" and self.cards) or (self.in_body and tag != "table")
        if tag == "td" and self.in_body and "data-label" not in given and given.get("class") != "is-tick":
            self.unlabelled.append(given)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.forbidden.append(tag)
        self.forbidden += [name for name in given if name == "style" or name.startswith("on")]


@pytest.fixture
def guide_page(settings: Any, db: None) -> str:
    """The style guide as the demo shows it, with the map of the place."""
    settings.DEMO = True
    return guide(RequestFactory().get("/web/guide/")).content.decode()


def test_every_cell_of_a_card_table_has_its_label_and_nothing_is_inline(guide_page: str) -> None:
    cells = Cells()
    cells.feed(guide_page)
    assert cells.unlabelled == []
    assert cells.forbidden == []


def test_the_demo_says_so_on_top_of_the_page(guide_page: str) -> None:
    assert '<aside class="demo"' in guide_page


def test_there_is_no_guide_outside_the_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(NotFound):
        guide(RequestFactory().get("/web/guide/"))
