"""Two notices of a result in the demo: one was signed for, one waits for the resident's signature."""

from __future__ import annotations

import json

from linli.base.errors import Refusal
from linli.cases.models import Case
from linli.cases.taking import Version
from linli.documents.models import Document, Manner
from linli.documents.signing import Signing, drawn, sign
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.posts.actor import PartyActor, PostActor
from linli.posts.lookup import nearest
from linli.posts.models import Holding, PostKind

RESULT = "已按您反映的位置到场处理完毕，经核查岗位复核，现场已恢复正常。"
REMEDY = "如与实际不符，可凭编号和查询码在页面上要求重办，或致电 12345。"
STROKES = [
    [[90, 60], [250, 52]], [[170, 20], [165, 120], [110, 205]], [[172, 110], [255, 200]],
    [[330, 50], [345, 70]], [[320, 110], [350, 105], [338, 190], [375, 165]], [[400, 60], [520, 52]],
    [[460, 25], [455, 200], [430, 180]], [[405, 120], [530, 112]],
]  # fmt: skip


def put_on_paper() -> int:
    """Issue the notices of the demo and sign the older one; how many there are."""
    matters = Matter.objects.filter(case__stage="checked").select_related("case__division")
    soonest = list(matters.order_by("case__due", "-case_id")[:2])  # the tour opens the first of them
    return sum(_issued(matter, signed=place == 1) for place, matter in enumerate(soonest))


def _issued(matter: Matter, *, signed: bool) -> bool:
    case = matter.case
    post = nearest(PostKind.CLERK, case.code_now)
    held = Holding.objects.current().filter(post=post).select_related("post__division")
    by = held.order_by("acting").first()
    if by is None:
        return False
    try:
        actions.issue(matter, by=PostActor(by), seen=Version(case.version), result=RESULT, remedy=REMEDY)
    except Refusal:  # whoever took it in by another post, say: the demo goes on without this paper
        return False
    if signed:
        _sign(case)
    return True


def _sign(case: Case) -> None:
    document = Document.objects.get(case=case)
    mark = drawn(json.dumps(STROKES))
    reporter = PartyActor("reporter", case.pk)
    sign(document, Signing("reporter", Manner.STROKES, mark), digest=document.digest, by=reporter)
