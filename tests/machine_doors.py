"""Who may open the addresses for machines: the API, Open311, feeds; part of the table in tests/doors.py."""

from __future__ import annotations

from tests.answers import EVERYONE, NOBODY, Answer, Door
from tests.scenes import a_paper

# A session is no authority in the API: whoever is signed in at the desk still needs a token there.
_CASE = {"kind": "matters", "number": "990101-26-00001-1"}
MACHINE_DOORS: dict[str, Door] = {
    "api/v1/openapi.json": Door(EVERYONE),
    "api/v1/docs": Door(EVERYONE),
    "api/v1/<str:kind>": Door((Answer.SIGN_IN,) * 4, fill=lambda _world: {"kind": "matters"}),
    "api/v1/<str:kind>/<str:number>": Door((Answer.SIGN_IN,) * 4, fill=lambda _world: _CASE),
    "api/v1/<str:kind>/<str:number>/papers": Door((Answer.SIGN_IN,) * 4, fill=lambda _world: _CASE),
    "api/v1/<str:kind>/<str:number>/papers/<uuid:paper>": Door((Answer.SIGN_IN,) * 4, fill=a_paper),
    "api/v1/<str:kind>/<str:number>/<str:step>": Door(
        (Answer.SIGN_IN,) * 4, fill=lambda _world: {**_CASE, "step": "accept"}, method="post"
    ),
}
# Outside apps read without a key, and send with one; a session is none.
_IN_XML = {"form": "xml", "rest": "nothing"}
MACHINE_DOORS |= {
    "open311/v2/discovery.<format:form>": Door(EVERYONE, fill=lambda _world: _IN_XML),
    "open311/v2/services.<format:form>": Door(EVERYONE, fill=lambda _world: _IN_XML),
    "open311/v2/services/<str:code>.<format:form>": Door(
        EVERYONE, fill=lambda _world: {**_IN_XML, "code": "matters.0201"}
    ),
    "open311/v2/requests.<format:form>": Door(
        (Answer.REFUSED,) * 4, fill=lambda _world: _IN_XML, method="post"
    ),
    "open311/v2/requests/<str:number>.<format:form>": Door(NOBODY, fill=lambda _world: {**_IN_XML, **_CASE}),
    "open311/v2/tokens/<str:token>.<format:form>": Door(
        NOBODY, fill=lambda _world: {**_IN_XML, "token": _CASE["number"]}
    ),
    "open311/v2/servicerequestupdates.<format:form>": Door(
        (Answer.REFUSED,) * 4, fill=lambda _world: _IN_XML
    ),
    "open311/v2/": Door(NOBODY),
    "open311/v2/<path:rest>.json": Door(NOBODY, fill=lambda _world: _IN_XML),
    "open311/v2/<path:rest>": Door(NOBODY, fill=lambda _world: _IN_XML),
}
# A system's key opens its feed; a session is none.
MACHINE_DOORS |= {
    "exchange/v1/feed": Door((Answer.SIGN_IN,) * 4),
    "exchange/v1/dictionary": Door((Answer.SIGN_IN,) * 4),
}
