"""Anybody tries any step in any stage: the procedure alone decides, and what must never happen does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from linli.base.errors import NotFound, Refusal
from linli.cases.kinds import kind_of
from linli.cases.lapses import lapse_due
from linli.cases.models import Case, Category
from linli.cases.parties import Powers
from linli.cases.reading import case_for
from linli.cases.steps import steps_open_to
from linli.documents.models import Document, Manner
from linli.documents.showing import papers_of
from linli.documents.signing import Signing, missing, sign
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import HOME, LEAK, Way, a_scan, committee_of_home, in_days, mediator, money
from linli.kinds.disputes.models import Dispute, Obligation, Session, Yes
from linli.ledger.models import Entry
from linli.portals.demo.world import standing_world
from linli.posts.actor import PartyActor, SystemActor
from linli.posts.models import Organisation
from linli.residents.keeping import GivenContact

PROCEDURE = kind_of("disputes").procedure
WHO = ["head", "fan", "second", "reviewer", "applicant", "respondent", "representative", "neighbour", "clock"]
# What these refuse depends on what they are given or on what was said before, so they may be offered and refused.
DEPENDING = {
    *("invite", "report_on", "consent", "prefer", "appoint", "convene", "hold", "prolong"),
    *("settle_orally", "seal", "deny_signature", "report_performance", "check_performance"),
    *("confirm_settled", "conclude", "court_accepts", "court_prolongs", "ask_confirmation"),
    *("file_confirmation", "link_duplicate", "name_side", "draft_agreement", "replace_mediator"),
    *("recuse", "plan", "urge", "refuse", "halt", "name_agent", "renew_agent", "end_agent"),
    *("note_death", "name_heir", "take_over", "step_out", "resume", "end_resting"),
}
BEFORE_CONSENT = {"applied", "triaged", "consenting", "merged"}


class Walks(RuleBasedStateMachine):
    """One dispute, walked by its sides, the head, two mediators, a reviewer and the clock."""

    @initialize(stands=st.sampled_from(["applied", "signed", "found genuine"]))
    def begin(self, *, stands: str) -> None:
        """A new dispute, or one whose agreement all have signed, also after one side denied it: too far for chance."""
        self.world = standing_world()
        committee_of_home()
        self.way = Way(self.world, self._applied())
        self.other = Case.everywhere.get(pk=self._applied())
        self.taken = 1
        self.phone = 0
        self.unsigned: list[object] = []
        if stands != "applied":
            self._drawn_up()
        if stands == "found genuine":
            self.a_side_denies_and_somebody_looks_into_it(side="applicant", genuine=True)
            assert self.way.stage == "signing"

    def _drawn_up(self) -> None:
        way = self.way
        way.go(way.head, "triage", safety="calm", crime=False)
        way.go(way.head, "name_side", contact=GivenContact("王强", "13800009999")).go(way.head, "invite")
        way.go(way.applicant, "consent").go(way.respondent, "consent").go(
            way.head, "appoint", to=way.fan.post
        )
        way.go(way.fan, "draft_agreement", facts="漏水", clauses=money())
        self.taken += 7
        for odd in range(3):
            self.somebody_signs(odd)

    def _applied(self) -> object:
        opened = actions.apply(
            by=PartyActor("reporter"),
            text=LEAK,
            category=Category.objects.get(kind="disputes", code="D02"),
            division=self.world.place(HOME),
            contact=GivenContact("李小芳", "13912345678"),
        )
        return opened.case

    def actor(self, who: str) -> object:
        if who in {"respondent", "representative"} and len(self.way.sides()) < 2:
            return None
        if (
            who == "representative"
        ):  # of the respondent, by a mandate that its door has asked the database for
            return PartyActor("representative", self.way.key, side=self.respondent.side)
        people = {
            "head": self.way.head,
            "fan": self.way.fan,
            "second": self.way.second,
            "reviewer": self.world.by("chengguan_clerk"),
            "applicant": self.way.applicant,
            "neighbour": PartyActor("reporter", self.other.pk),
            "clock": SystemActor("clock"),
        }
        return self.respondent if who == "respondent" else people[who]

    def others(self) -> list[int]:
        """The numbers of the sides beside the applicant."""
        return [nr for nr in self.way.sides() if nr]

    @property
    def respondent(self) -> PartyActor:
        """The first on the other side, or an heir in their place."""
        return self.way.party(self.others()[0])

    def extras(self, step: str, odd: int) -> dict[str, object]:
        self.phone += 1
        given: dict[str, dict[str, object]] = {
            "name_side": {"contact": GivenContact("王强", f"1380000{self.phone:04d}")},
            "triage": {
                "safety": "apart" if odd % 4 == 3 else "calm",
                "crime": odd % 5 == 4,
                "advice": "先去亲戚家",
            },
            "reassess": {
                "safety": "apart" if odd % 2 else "calm",
                "crime": odd % 5 == 4,
                "advice": "先去亲戚家",
            },
            "report_on": {"to": "城关派出所"},
            "refer": {"reason": "不归我们", "to": Organisation.objects.order_by("pk").first()},
            "link_duplicate": {"original": self.other},
            "prefer": {"to": self.way.fan.post},
            "appoint": {"to": (self.way.fan if odd % 2 else self.way.second).post},
            "convene": {
                "when": self.way.soon,
                "how": "apart" if odd % 3 == 2 else "joint",
                "place": "调解室",
            },
            "hold": {
                "how": "apart" if odd % 3 == 2 else "joint",
                "present": [0] if odd % 3 == 2 else [0, 1],
                "text": "双方陈述。",
            },
            "enclose": {"scan": a_scan(), "what": "房屋租赁合同"},
            "suggest": {"options": "一、修好；二、赔偿。"},
            "consult": {"to": self.world.posts["housing"], "question": "如何估损?"},
            "advise": {"opinion": "约八千元"},
            "settle_orally": {
                "agreed": "楼上月底前修好",
                "manner": "present",
                "calm": True,
                "by_day": in_days(20),
            },
            "draft_agreement": {"facts": "漏水", "clauses": money()},
            "plan": {"act": "修好防水", "on": in_days(10), "who": 1, "whom": 0},
            "urge": {"number": 1 + odd % 2},
            "report_performance": {"number": 1 + odd % 2, "state": ("said", "broken", "partly")[odd % 3]},
            "check_performance": {"number": 1 + odd % 2, "right": odd % 4 != 3},
            "follow_up": {"finding": "双方相安无事"},
            "file_confirmation": {"court": "云溪县人民法院"},
            "court_accepts": {"number": "（2026）苏0831诉前调确1号"},
            "name_agent": {
                "whose": odd % 2,
                "contact": GivenContact("王母", f"1370000{self.phone:04d}"),
                "powers": Powers("attorney" if odd % 3 else "guardian", odd % 4 == 0, None, in_days(9)),
                "paper": "授权委托书",
            },
            "renew_agent": {
                "nr": 2 + odd % 3,
                "powers": Powers("attorney", True, None, in_days(90)),
                "paper": "授权委托书",
            },
            "end_agent": {"nr": 2 + odd % 3},
            "note_death": {"whose": max(self.others(), default=9), "on": in_days(-1), "paper": "死亡证明"},
            "name_heir": {
                "whose": max(self.way.dispute.died, default=0),
                "contact": GivenContact("王小强", f"1360000{self.phone:04d}"),
                "paper": "亲属关系证明",
            },
            "court_decides": {"ruling": "confirmed" if odd % 2 else "rejected"},
        }
        reasoned = {
            "turn_down",
            "recuse",
            "fail",
            "uphold_signature",
            "void_agreement",
            "conclude",
            "deny_signature",
        }
        return given.get(step, {"reason": "因为"} if step in reasoned else {})

    @rule(
        step=st.sampled_from(sorted(set(PROCEDURE.steps) - {"apply"})),
        who=st.sampled_from(WHO),
        odd=st.integers(0, 60),
    )
    def any_attempt(self, step: str, who: str, odd: int) -> None:
        self.attempt(step, who, odd)

    def attempt(self, step: str, who: str, odd: int) -> None:
        by = self.actor(who)
        if by is None:
            return
        case = self.way.case
        offered = {each.name for each in steps_open_to(by, case)}
        self.nothing_is_taken_on_an_older_version(step, by, odd)
        unsigned = self.lacking()
        try:
            self.way.go(by, step, **self.extras(step, odd))
        except Refusal:
            assert step not in offered - DEPENDING, (step, who, case.stage)
            assert self.way.case.version == case.version
        else:
            assert step in offered
            self.taken += 1
            assert self.way.stage in PROCEDURE.steps[step].targets | {case.stage}
            self.what_is_found_genuine_counts_again(step, unsigned)

    def lacking(self) -> list[object]:
        """The places on the agreement, or the record, that nobody has signed in."""
        document = Document.objects.filter(pk=self.way.dispute.document).first()
        return [(each["relation"], each["seat"]) for each in missing(document)] if document else []

    def what_is_found_genuine_counts_again(self, step: str, unsigned: list[object]) -> None:
        """A denial frees a place, and a finding that it was genuine fills it as it was before."""
        if step == "deny_signature":
            self.unsigned = unsigned
            assert len(self.lacking()) == len(unsigned) + 1
        elif step == "uphold_signature":
            assert set(self.lacking()) <= set(self.unsigned)

    def nothing_is_taken_on_an_older_version(self, step: str, by: object, odd: int) -> None:
        case = self.way.case
        with pytest.raises(Refusal):
            getattr(actions, step)(Dispute(case=case), by=by, seen=case.version - 1, **self.extras(step, odd))
        assert self.way.case.version == case.version

    @rule(chosen=st.integers(0, 10_000), odd=st.integers(0, 60))
    def go_on(self, chosen: int, odd: int) -> None:
        """Take one of the steps that are offered to somebody, mostly one that leads on, so that walks come far."""
        case = self.way.case
        offered = [
            (step.name, who)
            for who in WHO
            if (by := self.actor(who))
            for step in steps_open_to(by, case)
            if odd % 4 == 0 or not (PROCEDURE.stages[step.enters].ends if step.enters else False)
        ]
        if offered:
            self.attempt(*offered[chosen % len(offered)], odd)

    @rule(side=st.sampled_from(["applicant", "respondent"]), genuine=st.booleans())
    def a_side_denies_and_somebody_looks_into_it(self, side: str, *, genuine: bool) -> None:
        """Whoever has the task finds it genuine, or not."""
        self.attempt("deny_signature", side, 0)
        if self.way.stage == "reviewing":
            for who in ("head", "reviewer", "second", "fan"):
                self.attempt("uphold_signature" if genuine else "void_agreement", who, 0)

    @rule(odd=st.integers(0, 60))
    def somebody_signs(self, odd: int) -> None:
        """Whoever has not signed the agreement signs it."""
        document = Document.objects.filter(pk=self.way.dispute.document).first()
        places = missing(document) if document else []
        if document is None or not places or document.template != "disputes.agreement":
            return
        place = places[odd % len(places)]
        posts = {"reporter": self.way.applicant, "mediator": self.way.fan}
        by = posts.get(place["relation"]) or self.way.party(place["seat"])
        signing = Signing(place["relation"], Manner.CODE, seat=place["seat"])
        sign(document, signing, digest=document.digest, by=by)

    @rule(days=st.sampled_from([0, 8, 40, 400]))
    def time_runs_out(self, days: int) -> None:
        """The loop takes what lapses, as it does on its own."""
        before = self.way.case.version
        lapse_due(timezone.now() + timedelta(days=days))
        self.taken += self.way.case.version - before

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def strangers_find_nothing(self) -> None:
        """Neither the levels above nor another mediator nor a neighbour, as long as nobody gave them a part in it."""
        case = self.way.case
        worked = set(case.tasks.values_list("post", flat=True))
        posts = [self.world.by("county_head"), self.world.by("chengguan_clerk"), mediator("石慧")]
        for by in [each for each in posts if each.post.pk not in worked]:
            assert steps_open_to(by, case) == []
            assert papers_of(case, by=by) == []
            with pytest.raises(NotFound):
                case_for(by, case.number)
        neighbour = PartyActor("reporter", self.other.pk)
        assert steps_open_to(neighbour, case) == []
        assert papers_of(case, by=neighbour) == []

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def the_court_can_be_asked_while_it_binds_and_nobody_denies_it(self) -> None:
        dispute = self.way.dispute
        clocks = dispute.case.clocks.filter(name="confirm")
        open_to_court = dispute.confirmable and not dispute.at_court
        denied = dispute.case.stage == "reviewing" and dispute.denied_in == "performing"
        assert clocks.filter(stopped_at=None).exists() == (
            open_to_court and dispute.case.stage == "performing"
        )
        assert clocks.filter(resting=True).exists() == (open_to_court and denied)

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def the_books_agree(self) -> None:
        case = self.way.case
        entries = Entry.objects.filter(about=case.pk, name__startswith="disputes.")
        assert entries.count() == self.taken == case.version
        stage, tasks = PROCEDURE.stages[case.stage], case.tasks.filter(closed_at=None)
        assert (case.closed_at is not None) == stage.ends
        assert tasks.exists() != (stage.ends or stage.name == "merged")
        assert tasks.exclude(role="asked").count() <= 1
        running = list(case.clocks.filter(stopped_at=None).values_list("name", flat=True))
        assert len(running) == len(set(running)), running
        assert not (stage.ends and running)

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def nobody_is_mediated_without_consent(self) -> None:
        """Nor past a possible crime that was not reported; an oral agreement says that both said yes."""
        dispute = self.way.dispute
        if dispute.case.stage in {"mediating", "signing"} or dispute.form == "written":
            said = Yes.objects.filter(dispute=dispute, turn=dispute.turn, to="consent").values_list(
                "side", flat=True
            )
            heirs = {int(nr) for nr in dispute.heirs}  # who came in while an agreement bound was not asked
            assert set(self.way.sides()) - heirs <= set(said)

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def nobody_meets_where_it_is_not_safe(self) -> None:
        dispute = self.way.dispute
        if dispute.safety == "apart":
            coming = Session.objects.filter(
                dispute=dispute, held_at=None, at__gt=self.way.soon - timedelta(hours=1)
            )
            assert not coming.exclude(how="apart").exists()

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def what_binds_was_signed_by_all(self) -> None:
        dispute = self.way.dispute
        stage = dispute.case.stage
        assert (stage not in {"performing", "confirming", "settled"}) or dispute.effective_at
        if dispute.form == "written" and stage in {"performing", "confirming", "settled"}:
            assert missing(Document.objects.get(pk=dispute.document)) == []

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def settled_is_what_everybody_says_is_settled(self) -> None:
        dispute = self.way.dispute
        if dispute.case.outcome == "settled":
            said = Yes.objects.filter(dispute=dispute, turn=dispute.turn, to="settled").values_list(
                "side", flat=True
            )
            assert set(self.way.sides()) <= set(said)
            owed = Obligation.objects.filter(dispute=dispute, turn=dispute.turn).exclude(state="kept")
            assert not owed.exists()

    @precondition(lambda self: hasattr(self, "way"))
    @invariant()
    def each_side_can_leave_before_it_binds(self) -> None:
        case = self.way.case
        ways_out = {"consenting": "refuse", "consented": "halt", "mediating": "halt", "signing": "halt"}
        if case.stage in ways_out and len(self.way.sides()) > 1:
            for by in (self.way.applicant, self.respondent):
                assert ways_out[case.stage] in {step.name for step in steps_open_to(by, case)}


@pytest.mark.thorough
@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("walks", [5, pytest.param(40, marks=pytest.mark.nightly)])
def test_any_walk_through_the_procedure_keeps_the_rules(db, walks):
    quiet = settings(
        max_examples=walks,
        stateful_step_count=50,
        deadline=None,
        phases=[Phase.generate],  # shrinking a walk takes longer than reading it
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Walks, settings=quiet)
