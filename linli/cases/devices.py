"""News of a case on the browser that asked for it, and the reporter's choice of how to be told."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from linli.base.errors import Invalid
from linli.base.ids import uuid7
from linli.base.writing import writing
from linli.cases.forgetting import Part, forget_with
from linli.cases.models import Case, Choice, Device, areas_see
from linli.cases.quiet import Quiet
from linli.cases.sensitive import is_private
from linli.residents.crypto import blind_index, current_version, seal
from linli.residents.sealing import SealedTable, column_place, place_of, register, unsealed
from linli.residents.webpush import Gone, Subscription, public_key, send

MOST = 5  # browsers that are told of one case


def register_tables() -> None:
    """Let a change of keys and the erasing of files know of the devices; called when the app starts."""
    register(SealedTable("cases.Device", ("where_sealed",), column_place, indexes=_indexes))
    forget_with(Part("devices", lambda case: Device.objects.filter(case=case).count(), forget_devices))


def _indexes(row: Device, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"where_index": blind_index(json.loads(texts["where_sealed"])["endpoint"], "device")}


def may_be_told(case: Case) -> bool:
    """Whether news of a case may show on a screen others can see: never of a shielded kind or a sensitive category."""
    return bool(public_key()) and areas_see(case.kind) and not (case.category and is_private(case))


def choices_of(cases: Iterable[Case]) -> dict[UUID, Choice]:
    """What was chosen for each of these cases (one statement); the default where nothing was."""
    keys = [case.pk for case in cases]
    found = Choice.objects.in_bulk(keys)
    return {key: found.get(key) or Choice(case_id=key) for key in keys}


def told_about(case: Case) -> dict[str, Any]:
    """What is kept of how the reporter of a case is told, as plain values for their own copy (two statements)."""
    choice = choices_of([case])[case.pk]
    devices = Device.objects.filter(case=case).order_by("id").values_list("language", flat=True)
    return {
        "text_messages": choice.sms,
        "devices": list(devices),
        "quiet_hours": "–".join(f"{each:%H:%M}" for each in choice.quiet or ()),
    }


def choose(case: Case, *, sms: bool, quiet: Quiet | None) -> None:
    """Keep how the reporter wants to be told; who takes no messages at all follows by the code alone.

    `quiet`: their own hours in which nothing rings; None for those of the place.
    """
    begins, ends = quiet or (None, None)
    with writing():
        Choice.objects.update_or_create(
            case=case, defaults={"sms": sms, "quiet_from": begins, "quiet_until": ends}
        )


def tell_on(case: Case, where: Subscription) -> None:
    """Tell this browser of a case from now on; asked twice it is told once. No network within."""
    if not may_be_told(case):
        raise Invalid(_("News of this case is not shown on a screen. Follow it with number and code."))
    index = blind_index(where.endpoint, "device")
    with writing():
        Device.objects.filter(case=case, where_index=index).delete()
        if Device.objects.select_for_update().filter(case=case).count() >= MOST:
            raise Invalid(
                _("%(most)d devices are told of this case already. Stop it on one of them first.")
                % {"most": MOST}
            )
        device = Device(id=uuid7(), case=case, where_index=index, key_version=current_version())
        device.language = get_language() or settings.LANGUAGE_CODE
        device.where_sealed = seal(json.dumps(asdict(where)), place_of(device, "where"))
        device.save(force_insert=True)
        Choice.objects.update_or_create(case=case, defaults={"push": True})


def forget_devices(case: Case) -> None:
    """Tell no browser of a case any more."""
    with writing():
        Device.objects.filter(case=case).delete()
        Choice.objects.filter(case=case, push=True).update(push=False, sms=True)


def tell_devices(case: Case) -> None:
    """Send the news that there is news: the number and nothing else. A browser that wants none any more is forgotten.

    Whoever had text messages stopped and loses the last browser gets them again.
    """
    if not may_be_told(case):
        return
    trouble: Exception | None = None
    for device in Device.objects.filter(case=case):
        try:
            send(Subscription(**json.loads(unsealed(device, "where"))), _message(case, device.language))
        except Gone:
            _forget(device)
        except Exception as each:  # noqa: BLE001  the others are told first; then the outbox tries again
            trouble = each
    if trouble:
        raise trouble


def _forget(device: Device) -> None:
    with writing():
        device.delete()
        if not Device.objects.filter(case=device.case_id).exists():
            Choice.objects.filter(case=device.case_id).update(push=False, sms=True)


def _message(case: Case, language: str) -> str:
    with override(language):
        title = settings.PLACE_NAME or _("Linli")
        words = _("There is news of your case %(number)s.") % {"number": case.number}
    return json.dumps({"title": title, "body": words, "tag": case.number, "url": follow_page(case)})


def follow_page(case: Case) -> str:
    """Where a reporter or another party reads of it; the doors are above, so the address is asked for by name.

    Whoever is not known there is asked for the code, with the number filled in.
    """
    try:
        return reverse("resident:case", args=[case.number])
    except NoReverseMatch:
        return "/"
