"""Breaking the glass (紧急查阅): in danger to life a post reads who raised a case without a purpose of its own.

Allowed, loud and reviewed: the reading, its access row, the case in which another post reviews it, and the notice to
the person come in one transaction, or nothing is read (个人信息保护法 13(4)、18).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from linli.base.errors import NotFound, NotYours
from linli.base.writing import writing
from linli.cases.forms import StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case, areas_see
from linli.cases.opening import Opened, Origin
from linli.cases.parties import parties_of
from linli.cases.reading import numbered
from linli.cases.sight import sees
from linli.cases.steps import values_of
from linli.posts.actor import PostActor
from linli.posts.may import covers
from linli.residents.models import Contact
from linli.residents.purposes import LIFE_AT_RISK, purpose_named
from linli.residents.reading import Person, read_reviewed


def may_break_glass(by: PostActor, case: Case) -> bool:
    """Whether this post could read who raised the case in an emergency, or who is a party of it.

    In its area, of a kind that areas see.
    """
    rule = purpose_named(LIFE_AT_RISK)
    here = covers(by, case.code_now) and areas_see(case.kind)
    known = case.reporter_id is not None or bool(parties_of(case))
    return here and known and by.post.kind in rule.posts


def case_at_risk(by: PostActor, number: str) -> Case:
    """The case with this number, if the actor sees it or may break the glass in it; a life asks for no level."""
    found = numbered(number)
    if found is None or not (sees(found, by=by) or may_break_glass(by, found)):
        raise NotFound
    return found


def emergency_form(data: Any = None, *, by: PostActor) -> StepForm:
    """What must be said before anything is read."""
    kind = _review()
    form: StepForm = kind.form(kind.procedure.opening)(data, by=by)
    return form


def break_glass(
    case: Case, data: Mapping[str, Any], *, by: PostActor, whom: Contact | None = None
) -> tuple[Person, Opened]:
    """Open the review and read the contact, both or neither; return the person and the review's receipt.

    `whom` is a party's contact, who is told in place of the reporter. Raises Invalid where no reason is typed, NotFound
    outside the actor's area, NotYours for a kind of post without it.
    """
    contact = whom or case.reporter
    if not covers(by, case.code_now) or contact is None or not case.is_about(contact.pk):
        raise NotFound
    if not may_break_glass(by, case):
        raise NotYours(_("Who raised this is shielded from your post. Write to them through Linli instead."))
    kind = _review()
    said = values_of(emergency_form(data, by=by))
    with writing():
        opened: Opened = kind.function(kind.procedure.opening)(
            by=by, origin=Origin(case=case, whom=whom), **said
        )
        return read_reviewed(contact, LIFE_AT_RISK, case, by=by), opened


def _review() -> Kind:
    return kind_of(purpose_named(LIFE_AT_RISK).review)
