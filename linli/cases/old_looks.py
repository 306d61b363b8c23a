"""Readings of what was raised are deleted years after its file has gone; who left a contact that stays keeps theirs."""

from __future__ import annotations

from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.cases.models import Case, Forgetting, Party
from linli.divisions.models import Division
from linli.residents.models import Access, Contact
from linli.residents.people.old_looks import LEAST, cut, drop_all, months_at

_EMPTY = Q(name_sealed=b"", phone_sealed=b"", address_sealed=b"")


def forget_looks() -> int:
    """Delete readings of files that went long ago (a worker loop calls this); return how many."""
    before = cut(LEAST)
    gone = Forgetting.objects.filter(_has_old_looks(), at__lt=before).select_related("case").order_by("id")
    return drop_all(
        (each.at, _months_of(each.case), partial(_looks_at, each.case)) for each in gone.iterator()
    )


def _has_old_looks() -> Q:
    """Each part walks an index of its own."""
    case, before = OuterRef("case"), cut(LEAST)
    old = Access.objects.filter(at__lt=before)
    reporters = Contact.objects.filter(_EMPTY, pk=OuterRef("case__reporter"))
    parties = Contact.objects.filter(_EMPTY, parties__case=OuterRef(OuterRef("case")))
    return (
        Q(Exists(old.filter(contact=None, person=None, about=case)))
        | Q(Exists(reporters), Exists(old.filter(contact=OuterRef("case__reporter"), about=case)))
        | Q(Exists(old.filter(contact__in=parties.values("pk"), about=case)))
    )


def _looks_at(case: Case) -> QuerySet[Access]:
    """The readings of a case's file, but for those of contacts that still hold something."""
    keys = [case.reporter_id, *Party.objects.filter(case=case).values_list("contact", flat=True)]
    empty = list(
        Contact.objects.filter(_EMPTY, pk__in=[key for key in keys if key]).values_list("pk", flat=True)
    )
    nobodys = Q(contact=None, person=None)
    return Access.objects.filter(nobodys | Q(contact__in=empty), about=case.pk)


def _months_of(case: Case) -> int:
    """By the rule of the place where the case lies now; the least where that place is no more."""
    place = Division.objects.filter(code=case.code_now, valid_to=None).first()
    return months_at(place) if place else LEAST
