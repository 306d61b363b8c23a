"""News of a case on the browser that asked for it, and each party's choice of how to be told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import uuid7
from linli.base.writing import writing
from linli.cases.forgetting import Part, forget_with
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Choice, Device, Party, PartyChoice, Told, areas_see
from linli.cases.quiet import Quiet
from linli.cases.sensitive import is_private
from linli.residents.crypto import blind_index, current_version, seal
from linli.residents.models import Contact
from linli.residents.sealing import SealedTable, column_place, place_of, register, unsealed
from linli.residents.webpush import Gone, Subscription, public_key, send

MOST = 5  # browsers that are told of one case


def register_tables() -> None:
    """Let a change of keys and the erasing of files know of the devices; called when the app starts."""
    register(SealedTable("cases.Device", ("where_sealed",), column_place, indexes=_indexes))
    forget_with(Part("devices", lambda case: Device.objects.filter(case=case).count(), _clear))


def _indexes(row: Device, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"where_index": blind_index(json.loads(texts["where_sealed"])["endpoint"], "device")}


def may_be_told(case: Case) -> bool:
    """Whether news of a case may show on a screen others can see, for whoever asked for it there.

    Never of a sensitive category, of a kind that area gives no sight of, or of one whose page says `hushed`. Parties
    of a dispute may: what is shown then has not even the number (docs/adr/0033).
    """
    if not public_key():
        return False
    if kind_of(case.kind).procedure.has_parties:
        return not getattr(kind_of(case.kind).detail_of(case), "hushed", False)
    return areas_see(case.kind) and not (case.category and is_private(case))


def choice_of(case: Case, party: Party | None = None) -> Told:
    """What the reporter, or another party, of a case chose; the default where nothing was (one statement)."""
    if party:
        return PartyChoice.objects.filter(party=party).first() or PartyChoice(party=party)
    return Choice.objects.filter(case=case).first() or Choice(case=case)


def told_about(case: Case, party: Party | None = None) -> dict[str, Any]:
    """What is kept of how somebody is told of a case, as plain values for their own copy (two statements)."""
    choice = choice_of(case, party)
    devices = _devices(case, party).order_by("id").values_list("language", flat=True)
    return {
        "text_messages": choice.sms,
        "devices": list(devices),
        "quiet_hours": "–".join(f"{each:%H:%M}" for each in choice.quiet or ()),
    }


def _devices(case: Case, party: Party | None) -> QuerySet[Device]:
    return Device.objects.filter(case=case, party=party)


def _keep(case: Case, party: Party | None, **chosen: Any) -> None:
    if party:
        PartyChoice.objects.update_or_create(party=party, defaults=chosen)
    else:
        Choice.objects.update_or_create(case=case, defaults=chosen)


def choose(case: Case, *, sms: bool, quiet: Quiet | None, party: Party | None = None) -> None:
    """Keep how somebody wants to be told; who takes no messages at all follows by the code alone.

    `quiet`: their own hours in which nothing rings; None for those of the place.
    """
    begins, ends = quiet or (None, None)
    with writing():
        _keep(case, party, sms=sms, quiet_from=begins, quiet_until=ends)


def tell_on(case: Case, where: Subscription, party: Party | None = None) -> None:
    """Tell this browser of a case from now on; asked twice it is told once. No network within."""
    if not may_be_told(case):
        raise Invalid(_("News of this case is not shown on a screen. Follow it with number and code."))
    index = blind_index(where.endpoint, "device")
    with writing():
        Device.objects.filter(case=case, where_index=index).delete()
        if _devices(case, party).select_for_update().count() >= MOST:
            raise Invalid(
                _("%(most)d devices are told of this case already. Stop it on one of them first.")
                % {"most": MOST}
            )
        device = Device(id=uuid7(), case=case, party=party, where_index=index, key_version=current_version())
        device.language = get_language() or settings.LANGUAGE_CODE
        device.where_sealed = seal(json.dumps(asdict(where)), place_of(device, "where"))
        device.save(force_insert=True)
        _keep(case, party, push=True)


def forget_devices(case: Case, party: Party | None = None) -> None:
    """Tell no browser of theirs of a case any more."""
    with writing():
        _devices(case, party).delete()
        if choice_of(case, party).push:
            _keep(case, party, push=False, sms=True)


def _clear(case: Case) -> None:
    """Forget every browser and every choice of a file that goes."""
    with writing():
        Device.objects.filter(case=case).delete()
        PartyChoice.objects.filter(party__case=case).delete()
        Choice.objects.filter(case=case, push=True).update(push=False, sms=True)


def tell_devices(case: Case, contact: Contact | None = None) -> None:
    """Send the news that there is news, to the reporter's browsers or those of the party with this contact.

    A browser that wants none any more is forgotten. Whoever had text messages stopped and loses the last browser gets
    them again.
    """
    if not may_be_told(case):
        return
    party = (
        Party.objects.filter(case=case, contact=contact, left_at=None, nr__gt=0).first() if contact else None
    )
    if contact and party is None:
        return
    trouble: Exception | None = None
    for device in _devices(case, party):
        try:
            send(Subscription(**json.loads(unsealed(device, "where"))), _message(case, device.language))
        except Gone:
            _forget(device, party)
        except Exception as each:  # noqa: BLE001  the others are told first; then the outbox tries again
            trouble = each
    if trouble:
        raise trouble


def _forget(device: Device, party: Party | None) -> None:
    with writing():
        device.delete()
        if not _devices(device.case, party).exists():
            _keep(device.case, party, push=False, sms=True)


def _message(case: Case, language: str) -> str:
    with override(language):
        title = settings.PLACE_NAME or _("Linli")
        words = _("There is news of your case %(number)s.") % {"number": case.number}
        if kind_of(case.kind).procedure.has_parties:  # between people who may share a telephone
            words = _("There is news for you.")
    return json.dumps({"title": title, "body": words, "tag": case.number, "url": follow_page(case)})


def follow_page(case: Case) -> str:
    """Where a reporter or another party reads of it; the doors are above, so the address is asked for by name.

    Whoever is not known there is asked for the code, with the number filled in.
    """
    try:
        return reverse("resident:case", args=[case.number])
    except NoReverseMatch:
        return "/"
