"""Disputes walked in a real browser as people meet them: both sides on telephones, posts at the desk."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from linli.cases.channels import text_of
from linli.cases.follow import ways_into
from linli.cases.models import Case, Category, Link, Notice
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import HOME, Way, committee_of_home, mediator, money
from linli.kinds.disputes.models import Dispute, Safety
from linli.kinds.disputes.test_editor_browser import fill_in
from linli.kinds.matters import actions as matters
from linli.posts.actor import PartyActor, PostActor
from linli.residents.keeping import GivenContact
from tests.looks import IN_TWO_WAYS, axe_looks
from tests.signing_in import with_session

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.thorough]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WHOLE = "/desk/report/disputes/settle_orally/"
QUARREL = "楼上漏水泡坏了吊顶，两家说不拢。"


class Visit:
    """Somebody's browser: a side with number and code on a telephone, or a post at the desk."""

    def __init__(self, stage: Stage, size: dict[str, int]) -> None:
        self.stage, self.size = stage, size
        self.page = stage.browser.new_context(locale="zh-CN", viewport=size).new_page()

    def wear(self, cookies: dict[str, str]) -> Visit:
        """Another language, or large type."""
        given = [{"name": name, "value": value, "url": self.stage.url} for name, value in cookies.items()]
        self.page.context.add_cookies(given)
        return self

    def goto(self, path: str) -> Visit:
        """Open a page of the place; it fits the screen."""
        self.page.goto(self.stage.url + path)
        self.look()
        return self

    def look(self) -> None:
        """Nothing to be scrolled sideways; a picture for whoever wants to see it."""
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.size["width"], self.page.url
        if folder := os.environ.get("PICTURES"):
            self.stage.shots += 1
            self.page.screenshot(
                path=f"{folder}/walk-{self.stage.shots:02}-{self.size['width']}.png", full_page=True
            )

    def enter(self, by: PostActor) -> Visit:
        """Sign in at the desk."""
        with_session(self.page.context, self.stage.url, by.holding.account)
        return self.goto("/desk/")

    def follow(self, nr: int) -> Visit:
        """Open the dispute with the code of one of its sides."""
        self.goto("/follow/")
        self.page.fill("[name=number]", self.stage.case.number)
        self.page.fill("[name=code]", ways_into(self.stage.case)[nr].code)
        self.page.press("[name=code]", "Enter")
        self.page.wait_for_url("**/follow/*/")
        self.look()
        return self

    def press(self, locator: Any) -> Visit:
        """Press a button or a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            locator.first.click()
        self.look()
        return self

    def again(self) -> Visit:
        """The side's page as it is now."""
        return self.goto(f"/follow/{self.stage.case.number}/")

    def tap(self, step: str, **given: str) -> Visit:
        """A side takes a step on its page: opened if it is folded, filled in, sent."""
        self.again()
        form = f"form[action$='/{step}/']"
        folded = self.page.locator(f"details.step:not([open]):has({form}) summary")
        if folded.count():
            folded.click()
        self._fill(self.page.locator(form), given)
        self.press(self.page.locator(f"{form} .actions button"))
        assert self.page.locator(".notice--success").count(), self.text()
        return self

    def take(self, step: str, **given: str) -> Visit:
        """A post takes a step on the page of that step."""
        self.goto(f"/desk/cases/{self.stage.case.number}/{step}/")
        self._fill(self.page.locator("main form"), given)
        return self.send()

    def send(self) -> Visit:
        """Send the form of the page."""
        self.press(self.page.locator("main form .actions > button:not(.unseen)"))
        assert not self.page.locator("#wrong-title").count(), self.page.inner_text("main")
        return self

    def _fill(self, within: Any, given: dict[str, str]) -> None:
        for name, value in given.items():
            field = within.locator(f"[name={name}]")
            if field.first.get_attribute("type") in {"radio", "checkbox"}:
                for each in value.split():
                    within.locator(f"[name={name}]" + (f"[value='{each}']" if each != "on" else "")).check()
            elif field.evaluate("each => each.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def sign(self) -> Visit:
        """Read what waits for a signature, and sign it with a finger."""
        return self.again().draw()

    def draw(self) -> Visit:
        """Open the newest paper of the page, and sign it with a finger."""
        self.press(self.page.locator("a[href*='/papers/']"))
        canvas = self.page.locator("canvas").first
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        self.page.mouse.move(box["x"] + 30, box["y"] + 40)
        self.page.mouse.down()
        for nr in range(1, 12):
            self.page.mouse.move(box["x"] + 30 + nr * 20, box["y"] + 40 + nr % 3 * 25)
        self.page.mouse.up()
        self.press(self.page.locator("form:has(canvas) .actions button").first)
        assert self.page.locator(".notice--success").count(), self.text()
        return self

    def put_down(self, place: str) -> Visit:
        """A post enters the photo of a signature on the newest paper."""
        self.goto(f"/desk/cases/{self.stage.case.number}/")
        self.press(self.page.locator("a[href*='/papers/']"))
        self.page.click("details:has([name=place]) summary")
        self.page.select_option("[name=place]", place)
        photo = io.BytesIO()
        Image.new("RGB", (240, 120), "white").save(photo, "PNG")
        self.page.set_input_files(
            "[name=scan]", {"name": "x.png", "mimeType": "image/png", "buffer": photo.getvalue()}
        )
        self.press(self.page.locator("form:has([name=scan]) .actions button"))
        assert self.page.locator(".notice--success").count(), self.text()
        return self

    def text(self) -> str:
        """What the page says."""
        return str(self.page.inner_text("main"))


class Stage:
    """The place with its people, and the dispute that is walked."""

    def __init__(self, world: Any, url: str, browser: Any) -> None:
        self.world, self.url, self.browser, self.shots = world, url, browser, 0
        self.head, self.fan = Way(world, None).head, mediator("范德顺")
        self.worker = world.by(HOME)

    @property
    def case(self) -> Case:
        """The newest dispute."""
        return Case.everywhere.filter(kind="disputes").latest("id")

    @property
    def dispute(self) -> Dispute:
        """The same, as mediators know it."""
        return Dispute.objects.select_related("case").get(pk=self.case.pk)

    @property
    def way(self) -> Way:
        """The same, for steps that are not the point of a story."""
        return Way(self.world, self.case.pk)

    def at_desk(self, by: PostActor) -> Visit:
        """A post at its desk."""
        return Visit(self, DESK).enter(by)

    def on_telephone(self, nr: int) -> Visit:
        """A side with its code."""
        return Visit(self, PHONE).follow(nr)

    def asked_for(self) -> Way:
        """Somebody has asked for mediation, and the other side is known."""
        actions.apply(
            by=PartyActor("reporter"),
            text=QUARREL,
            category=Category.objects.get(kind="disputes", code="D02"),
            division=self.world.place(HOME),
            contact=GivenContact("李小芳", "13912345678"),
            other=GivenContact("王强", "13887654321"),
        )
        return self.way

    def mediated(self) -> Way:
        """Both have agreed, and a mediator is named."""
        way = self.asked_for().go(self.head, "triage", safety="calm", crime=False).go(self.head, "invite")
        way.go(way.applicant, "consent").go(way.respondent, "consent")
        return way.go(self.head, "appoint", to=self.fan.post)


@pytest.fixture
def stage(committed_world, start_server, _browser):
    committee_of_home()
    made = Stage(committed_world, start_server().url, _browser)
    yield made
    for context in list(_browser.contexts):
        context.close()


def in_two_days() -> str:
    return (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT14:30")


def test_a_grid_workers_matter_becomes_a_dispute_that_is_agreed_kept_and_confirmed_by_the_court(stage):
    grown_out_of_a_matter(stage)
    agreed_to_by_both(stage)
    first, second, desk = stage.on_telephone(0), stage.on_telephone(1), stage.at_desk(stage.fan)
    spoken_about(first, second, desk)
    assert stage.case.stage == "mediating"
    put_in_writing(first, second, desk)
    assert stage.case.stage == "performing"
    second.tap("report_performance", number="1", state="said")
    first.tap("check_performance", number="1", right="yes")
    assert stage.dispute.obligations.order_by("number").values_list("state", flat=True)[0] == "kept"
    first.tap("ask_confirmation")
    second.tap("ask_confirmation")
    desk.take("file_confirmation", court="云溪县人民法院").take("court_accepts", number="（2026）云调确1号")
    desk.take("court_decides", ruling="confirmed")
    assert stage.dispute.at_court == "confirmed"
    assert "法院已确认" in first.again().text()
    seen = first.goto(f"/follow/{stage.case.number}/data/").text()
    first.press(first.page.locator("a[rel=next]"))
    assert {"调解员", "调委会主任", "本办件的另一方当事人"} <= {*seen.split(), *first.text().split()}


def grown_out_of_a_matter(stage):
    """The worker takes a quarrel in as a matter, and opens the dispute from it; what is known is not asked again."""
    matters.report(
        by=stage.worker,
        text=QUARREL,
        division=stage.world.place(HOME),
        contact=GivenContact("李小芳", "13912345678"),
    )
    matter = Case.everywhere.get(kind="matters")
    desk = stage.at_desk(stage.worker).goto(f"/desk/cases/{matter.number}/")
    desk.page.click("details:has(a[href*='report/disputes']) summary")
    desk.press(desk.page.locator("a[href*='report/disputes']"))
    assert desk.page.input_value("[name=text]") == QUARREL
    desk._fill(
        desk.page.locator("main form"),
        {"category": "D02", "other_name": "王强", "other_phone": "13887654321"},
    )
    desk.send()
    assert Link.objects.get(source=matter).target == stage.case
    desk.goto(f"/desk/cases/{matter.number}/")
    assert stage.case.number in desk.text()


def agreed_to_by_both(stage):
    """Looked at for safety, offered with the other lawful ways, agreed to by each on its own telephone."""
    head = stage.at_desk(stage.head).take("triage", safety="calm").take("invite")
    first, second = stage.on_telephone(0), stage.on_telephone(1)
    for side in (first, second):
        assert "直接向人民法院起诉" in side.text()
        side.tap("consent")
    assert stage.case.stage == "consented"
    second.tap("prefer", to=str(stage.fan.post.pk))
    head.take("appoint", to=str(stage.fan.post.pk))


def spoken_about(first, second, desk):
    """A session, and its minutes, read and signed by both."""
    desk.take("convene", when=in_two_days(), how="joint", place="社区调解室")
    assert "社区调解室" in second.again().text()
    desk.take("hold", how="joint", present="0 1", text="双方各说了经过。", result="同意分期赔偿。")
    for side in (first, second):
        side.sign()
    desk.put_down("mediator.0")


def put_in_writing(first, second, desk):
    """The agreement by instalments: written in the editor, signed by all, sealed."""
    desk.goto(f"/desk/cases/{desk.stage.case.number}/draft_agreement/")
    fill_in(desk.page)
    desk.press(desk.page.locator("main form > .actions button"))
    assert desk.stage.case.stage == "signing", desk.text()
    for side in (first, second):
        side.sign()
    desk.goto(f"/desk/cases/{desk.stage.case.number}/")
    assert not desk.page.locator("form[action$='/seal/']").count()  # the mediator has not signed yet
    desk.goto(f"/desk/cases/{desk.stage.case.number}/").draw().take("seal")


def test_one_that_fails_names_the_lawful_ways_to_both_sides(stage):
    stage.mediated()
    stage.at_desk(stage.fan).take("fail", reason="双方对数额没有谈拢。")
    for nr in (0, 1):
        side = stage.on_telephone(nr)
        assert "双方对数额没有谈拢" in side.text()
        assert "直接向人民法院起诉" in side.text()
        side.press(side.page.locator("text=终止调解告知书"))
        assert "您可以依法采取的途径" in side.text()


def test_where_there_was_violence_nobody_is_offered_one_table_and_the_page_is_left_with_one_tap(stage):
    stage.asked_for()
    desk = stage.at_desk(stage.head).goto(f"/desk/cases/{stage.case.number}/triage/")
    desk.page.check("[name=safety][value=apart]")
    desk.press(desk.page.locator("main form .actions > button"))
    assert desk.page.locator("#wrong-title").count()  # advice is not left out
    desk.take("triage", safety="apart", advice="先报警，110。妇女热线12338。").take("invite")
    first, second = stage.on_telephone(0), stage.on_telephone(1)
    for side in (first, second):
        side.tap("consent")
    desk.take("appoint", to=str(stage.fan.post.pk))
    mediating = stage.at_desk(stage.fan).goto(f"/desk/cases/{stage.case.number}/convene/")
    offered = mediating.page.locator("[name=how]").evaluate_all("all => all.map(each => each.value)")
    assert offered == ["apart"]
    assert Dispute.objects.get(pk=stage.case.pk).safety == Safety.APART
    said = "".join(text_of(each) for each in Notice.objects.filter(case=stage.case))
    assert not [word for word in ("暴力", "威胁", "邻里纠纷", "漏水", "李小芳", "王强") if word in said]
    first.again().press(first.page.locator("form.leave button"))
    assert stage.case.number not in first.page.content()
    first.page.goto(f"{stage.url}/follow/{stage.case.number}/")
    assert first.page.url.endswith(f"/follow/?number={stage.case.number}")


def test_a_quarrel_settled_on_the_spot_is_one_page_and_five_fields_without_the_mouse(stage):
    desk = stage.at_desk(stage.fan).goto("/desk/report/disputes/")
    desk.press(desk.page.locator("a[href$='/settle_orally/']"))
    keys, typed = desk.page.keyboard, ("李小芳", "四楼张师傅", "楼道堆放鞋柜。", "张师傅明天搬走。")
    for words in typed:  # the first field has the focus already
        keys.type(words)
        keys.press("Tab")
    keys.press("Space")
    with desk.page.expect_navigation():
        keys.press("Enter")
    desk.look()
    case = Case.everywhere.get(number=desk.page.locator(".done__number").first.inner_text())
    assert (case.stage, len(typed) + 1) == ("performing", 5)
    assert Dispute.objects.get(pk=case.pk).effective_at is not None


def test_a_guardian_agrees_and_signs_on_a_telephone_and_a_general_power_signs_nothing(stage):
    way = stage.asked_for().go(stage.head, "triage", safety="calm", crime=False).go(stage.head, "invite")
    head, term = stage.at_desk(stage.head), (timezone.localdate() + timedelta(days=9)).isoformat()
    papers = {"guardian": "户口簿", "general": "授权委托书"}
    for side, (scope, paper) in zip((1, 0), papers.items(), strict=True):
        named = {"name": f"{paper}上的人", "phone": f"1370000111{side}", "paper": paper, "ends": term}
        head.take("name_agent", whose=str(side), scope=scope, **named)
    mother, lawyer = stage.on_telephone(2), stage.on_telephone(3)
    assert "被申请人的代理人" in mother.text()
    mother.tap("consent")
    way.go(way.applicant, "consent").go(stage.head, "appoint", to=stage.fan.post)
    way.go(stage.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    mother.sign()
    assert "代理人代签" in mother.text()
    assert "一般授权" in lawyer.again().text()
    lawyer.press(lawyer.page.locator("a[href*='/papers/']"))
    assert not lawyer.page.locator("canvas").count()
    desk = stage.at_desk(stage.fan).goto(f"/desk/cases/{way.case.number}/")
    assert desk.text().count("即将到期") == 2
    stage.on_telephone(1).tap("halt")
    assert way.stage == "ended"


@IN_TWO_WAYS
def test_the_pages_of_sides_and_mediators_fit_and_shut_nobody_out(stage, axe_source, width, cookies):
    way = stage.mediated().go(stage.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())
    size = PHONE if width == PHONE["width"] else DESK
    side = Visit(stage, size).wear(cookies).follow(1)
    desk = Visit(stage, size).wear(cookies).enter(stage.fan)
    number, paper = way.case.number, way.dispute.document
    own = f"/desk/cases/{number}/papers/{paper}/"
    head = Visit(stage, size).wear(cookies).enter(stage.head)
    seen = {
        side: (f"/follow/{number}/", f"/follow/{number}/papers/{paper}/", f"/follow/{number}/data/"),
        desk: ("/desk/", f"/desk/cases/{number}/", f"/desk/cases/{number}/hold/", own, WHOLE),
    }
    seen[head] = (f"/desk/body/?step=disputes.{way.stage}", f"/desk/body/?case={number}")
    for place, (visit, path) in enumerate((visit, path) for visit, paths in seen.items() for path in paths):
        visit.goto(path)
        if axe_looks(place, width):
            visit.page.evaluate(axe_source)
            found = visit.page.evaluate("axe.run().then(done => done.violations.map(each => each.id))")
            assert found == [], path
