"""The sealed tables of this layer, as `linli rekey` and `doctor` see them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from linli.posts.models import Account
from linli.residents.accounts import username_of
from linli.residents.crypto import blind_index, current_version, version_of
from linli.residents.models import Contact, Mandate
from linli.residents.people.indexes import renewed_household, renewed_person
from linli.residents.people.reading import OWN
from linli.residents.people.warding import BY_NUMBER
from linli.residents.sealing import Changes, SealedTable, column_place, register
from linli.residents.second_factor import FactorAdapter

_SEEDS = ("secret", "seed")


def register_tables() -> None:
    """Make them known; called when the app starts."""
    register(
        SealedTable(
            "residents.Contact",
            ("name_sealed", "phone_sealed", "address_sealed"),
            column_place,
            indexes=lambda _contact, texts: {"phone_index": blind_index(texts["phone_sealed"], "phone")},
            before=_follow_number,
        )
    )
    register(
        SealedTable(
            "residents.Person",
            tuple(f"{name}_sealed" for name in OWN),
            column_place,
            indexes=renewed_person,
        )
    )
    register(SealedTable("residents.Household", ("address_sealed",), column_place, indexes=renewed_household))
    register(SealedTable("residents.Member", ("relation_sealed",), column_place))
    register(SealedTable("residents.Consent", ("paper_sealed",), column_place, versioned=False))
    register(
        SealedTable(
            "residents.Guardianship",
            tuple(f"{name}_sealed" for name in ("guardian", "number", "born", "terms")),
            column_place,
            indexes=lambda _row, texts: {"number_index": blind_index(texts["number_sealed"], BY_NUMBER)},
        )
    )
    register(SealedTable("residents.Mandate", ("agent_sealed",), column_place, indexes=_renewed_mandate))
    register(_Factors("mfa.Authenticator", (), column_place, versioned=False))
    register(SealedTable("residents.Residence", ("region_sealed",), column_place))


class _Factors(SealedTable):
    """allauth keeps the key of an app and the seed of recovery codes in a JSON column, beside what is not sealed."""

    def is_old(self, row: Any) -> bool:
        """Whether one of them is sealed with another version than the current one."""
        sealed = [row.data[name] for name in _SEEDS if name in row.data]
        return any(version_of(base64.b64decode(each)) != current_version() for each in sealed)

    def renewed(self, row: Any) -> Changes:
        """The column, with both sealed anew."""
        adapter = FactorAdapter()
        anew = {name: adapter.encrypt(adapter.decrypt(row.data[name])) for name in _SEEDS if name in row.data}
        return {"data": {**row.data, **anew}}


def _renewed_mandate(_mandate: Mandate, texts: Mapping[str, str]) -> Changes:
    """Mandates from before the number was kept have none to make the digest of: they follow the agent's contact."""
    phone = texts["agent_sealed"]
    return {"agent_index": blind_index(phone, "phone")} if phone else {}


def _follow_number(contact: Contact, texts: Mapping[str, str]) -> None:
    """A resident's user name is a digest of the number too, and so is the number of whoever acts for somebody."""
    if phone := texts["phone_sealed"]:
        name = username_of(phone)
        mandates = Mandate.objects.filter(agent_index=contact.phone_index, agent_sealed=b"")
        mandates.update(agent_index=blind_index(phone, "phone"))
        own = Account.objects.filter(resident__contact=contact, username__startswith="resident-")
        own.exclude(username=name).update(username=name)
