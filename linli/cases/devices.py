"""News of a case on the browser or in the mailbox that asked for it, and each party's choice of how to be told."""

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
from linli.cases.models.device import LETTER, PUSH
from linli.cases.quiet import Quiet
from linli.cases.sensitive import is_private
from linli.residents.crypto import blind_index, current_version, seal
from linli.residents.mailbox import TO_MAIL, Mailbox, write
from linli.residents.models import Contact
from linli.residents.sealing import SealedTable, column_place, place_of, register, unsealed
from linli.residents.webpush import Gone, Subscription, public_key, send

MOST = 5  # browsers and mailboxes that are told of one case


def register_tables() -> None:
    """Let a change of keys and the erasing of files know of the devices; called when the app starts."""
    register(SealedTable("cases.Device", ("where_sealed",), column_place, indexes=_indexes))
    forget_with(Part("devices", lambda case: Device.objects.filter(case=case).count(), _clear))


def _indexes(row: Device, texts: Mapping[str, str]) -> dict[str, Any]:
    return {"where_index": blind_index(json.loads(texts["where_sealed"])["endpoint"], "device")}


def may_be_told(case: Case) -> bool:
    """Whether news of a case may show on a screen or in a mailbox others can see, for whoever asked for it there.

    Never of a sensitive category, of a kind that area gives no sight of, or of one whose page says `hushed`. Parties
    of a dispute may: what is shown then has not even the number (docs/adr/0033).
    """
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
    told = [(each.language, _where(each)) for each in _devices(case, party).order_by("id")]
    return {
        "text_messages": choice.sms,
        "devices": [language for language, where in told if isinstance(where, Subscription)],
        "mailboxes": [where.address for _language, where in told if isinstance(where, Mailbox)],
        "quiet_hours": "–".join(f"{each:%H:%M}" for each in choice.quiet or ()),
    }


def _devices(case: Case, party: Party | None) -> QuerySet[Device]:
    return Device.objects.filter(case=case, party=party)


def _way(where: Subscription | Mailbox) -> str:
    return LETTER if isinstance(where, Mailbox) else PUSH


def _where(device: Device) -> Subscription | Mailbox:
    kept = json.loads(unsealed(device, "where"))
    return Mailbox(**kept) if kept["endpoint"].startswith(TO_MAIL) else Subscription(**kept)


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


def tell_on(case: Case, where: Subscription | Mailbox, party: Party | None = None) -> None:
    """Tell this browser or proven mailbox of a case from now on; asked twice it is told once. No network within."""
    if not may_be_told(case) or (isinstance(where, Subscription) and not public_key()):
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
        _keep(case, party, **{_way(where): True})


def forget_devices(case: Case, party: Party | None = None) -> None:
    """Tell no browser and no mailbox of theirs of a case any more."""
    with writing():
        _devices(case, party).delete()
        if choice_of(case, party).asked:
            _keep(case, party, push=False, letter=False, sms=True)


def _clear(case: Case) -> None:
    """Forget every browser, every mailbox and every choice of a file that goes."""
    with writing():
        Device.objects.filter(case=case).delete()
        PartyChoice.objects.filter(party__case=case).delete()
        Choice.objects.filter(case=case).exclude(push=False, letter=False).update(
            push=False, letter=False, sms=True
        )


def tell_devices(case: Case, contact: Contact | None = None, *, way: str = PUSH) -> None:
    """Send the news that there is news to the reporter's browsers or mailbox, or to the party's with this contact.

    One that wants none any more is forgotten. Whoever had text messages stopped and loses the last one gets
    them again.
    """
    if not may_be_told(case) or (way == PUSH and not public_key()):
        return
    party = (
        Party.objects.filter(case=case, contact=contact, left_at=None, nr__gt=0).first() if contact else None
    )
    if contact and party is None:
        return
    trouble: Exception | None = None
    told = [(each, _where(each)) for each in _devices(case, party)]
    for device, where in [each for each in told if _way(each[1]) == way]:
        try:
            _send(case, where, device.language)
        except Gone:
            _forget(device, party, way)
        except Exception as each:  # noqa: BLE001  the others are told first; then the outbox tries again
            trouble = each
    if trouble:
        raise trouble


def _forget(device: Device, party: Party | None, way: str) -> None:
    with writing():
        device.delete()
        if not any(_way(_where(each)) == way for each in _devices(device.case, party)):
            _keep(device.case, party, sms=True, **{way: False})


def _send(case: Case, where: Subscription | Mailbox, language: str) -> None:
    shared = kind_of(case.kind).procedure.has_parties  # between people who may share a telephone
    with override(language):
        title = settings.PLACE_NAME or _("Linli")
        words = _("There is news of your case %(number)s.") % {"number": case.number}
        words = _("There is news for you.") if shared else words
        if isinstance(where, Mailbox):
            write(where, title, "\n\n".join([words, *_ways_on(case, shared=shared)]))
            return
    news = {"title": title, "body": words, "tag": case.number, "url": follow_page(case)}
    send(where, json.dumps(news))


def _ways_on(case: Case, *, shared: bool) -> list[str]:
    """What a letter says below its news: where to look, and how to get no more of them."""
    page = "/follow/" if shared else follow_page(case)
    read = [_("Read it with number and code: %(page)s") % {"page": settings.PLACE_ADDRESS + page}]
    return [
        *(read if settings.PLACE_ADDRESS else []),
        _("To stop these letters: “How I am told” on the page."),
    ]


def follow_page(case: Case) -> str:
    """Where a reporter or another party reads of it; the doors are above, so the address is asked for by name.

    Whoever is not known there is asked for the code, with the number filled in.
    """
    try:
        return reverse("resident:case", args=[case.number])
    except NoReverseMatch:
        return "/"
