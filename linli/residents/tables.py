"""The sealed tables of this layer, as `linli rekey` and `doctor` see them."""

from __future__ import annotations

from collections.abc import Mapping

from linli.posts.models import Account
from linli.residents.accounts import username_of
from linli.residents.crypto import blind_index
from linli.residents.models import Contact
from linli.residents.people.indexes import renewed_household, renewed_person
from linli.residents.people.reading import OWN
from linli.residents.sealing import SealedTable, column_place, register


def register_tables() -> None:
    """Make them known; called when the app starts."""
    register(
        SealedTable(
            "residents.Contact",
            ("name_sealed", "phone_sealed", "address_sealed"),
            column_place,
            indexes=lambda _contact, texts: {"phone_index": blind_index(texts["phone_sealed"], "phone")},
            before=_rename_account,
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
    register(SealedTable("residents.Residence", ("region_sealed",), column_place))


def _rename_account(contact: Contact, texts: Mapping[str, str]) -> None:
    """A resident's user name is a digest of the number too."""
    if phone := texts["phone_sealed"]:
        name = username_of(phone)
        own = Account.objects.filter(resident__contact=contact, username__startswith="resident-")
        own.exclude(username=name).update(username=name)
