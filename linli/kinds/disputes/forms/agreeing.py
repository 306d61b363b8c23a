"""What the steps ask for in which people agree, and in which a signature is looked into."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from linli.cases.forms import ReasonForm, StepForm, TidyText, WholeForm
from linli.cases.parties import agents_in, rows_of_parties
from linli.documents.making import data_of
from linli.documents.models import Document, Signature
from linli.documents.signing import is_of
from linli.kinds.disputes.clauses import clause_from
from linli.kinds.disputes.contents import told_before
from linli.kinds.disputes.earlier import agents_before
from linli.kinds.disputes.forms.agreement import AgreementForm
from linli.kinds.disputes.forms.intake import Apply, class_field
from linli.kinds.disputes.forms.sides import Tap, dispute_of
from linli.kinds.disputes.models import Dispute, Manner
from linli.kinds.disputes.rounds import called
from linli.posts.actor import PartyActor

_AGENT = "agent_"


class SettleOrally(StepForm):
    """A quarrel that is settled on the spot, in one form."""

    category = class_field(required=False)
    facts = TidyText(
        label=_("What it was about"),
        max_length=500,
        required=False,
        widget=forms.TextInput(),
        help_text=_("One line for the record that both sides may read."),
    )
    agreed = TidyText(
        label=_("What both sides agreed"),
        max_length=2000,
        help_text=_("Who does what, by when. Read it out to both."),
    )
    manner = forms.ChoiceField(
        label=_("How both sides said yes"),
        choices=[
            ("present", _("Both said yes here, one after the other")),
            (Manner.PAPER, _("Both signed a paper")),
        ],
        widget=forms.RadioSelect,
    )
    calm = forms.BooleanField(label=_("There was no violence and no threat; nobody was pressed"))
    by_day = forms.DateField(
        label=_("To be kept by"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    confirmable = forms.BooleanField(
        label=_("A court could confirm it (not about status, adoption or marriage)"),
        required=False,
        initial=True,
    )

    def suggest(self) -> None:
        """Begin with the class that was chosen."""
        if self.case and self.case.category:
            self.initial["category"] = self.case.category.code


class ApplyAndSettleOrally(WholeForm, SettleOrally, Apply):
    """A quarrel that was over before anybody wrote it down: what the record must say, and nothing else unless known."""

    of_step = frozenset({"facts", "agreed", "manner", "calm", "by_day", "confirmable"})
    of_both = frozenset({"category"})
    folded = frozenset(
        {"category", "division", "by_day", "phone", "other_phone", "manner", "source", "source_number"}
        | {"confirmable"}
    )
    field_order = (
        *("name", "other_name", "facts", "agreed", "calm", "category", "division", "by_day"),
        *("phone", "other_phone", "manner", "confirmable", "source", "source_number"),
    )

    def offer(self) -> None:
        """Both sides are named, by what they are called here at least, and both were there."""
        super().offer()
        del self.fields["text"], self.fields["photos"]
        for name in ("name", "other_name", "facts"):
            self.fields[name].required = True
        self.fields["name"].label, self.fields["other_name"].label = _("One side"), _("The other side")
        self.fields["name"].help_text = _("By name, or as people call them.")
        self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["agreed"].widget.attrs["rows"] = 3
        self.fields["manner"].initial = "present"

    def clean(self) -> dict[str, Any]:
        """What it was about is what the applicant said as well: nobody writes it twice."""
        given = super().clean()
        return {**given, "text": given.get("facts", "")}


class DraftAgreement(AgreementForm):
    """The agreement, clause by clause, between the sides of this dispute, and who acts for a side that has somebody."""

    def offer(self) -> None:
        """Clauses between these sides."""
        if self.case:
            names = called(self.case)
            self.between(names)
            acted = {each.acts_for for each in agents_in(rows_of_parties(self.case))}
            self.fields |= {
                f"{_AGENT}{nr}": _agent_field(name) for nr, name in names.items() if nr not in acted
            }

    def clean(self) -> dict[str, Any]:
        """Put who acts for whom into one parcel, by the number of the side."""
        given = super().clean() or {}
        typed = {name: given.pop(name) for name in list(given) if name.startswith(_AGENT)}
        return {
            **given,
            "agents": {int(name.removeprefix(_AGENT)): who for name, who in typed.items() if who},
        }

    def suggest(self) -> None:
        """Begin with what stood in the version before."""
        if self.case:
            found = Dispute.objects.get(pk=self.case.pk)
            self.initial["clauses"] = [clause_from(each) for each in found.clauses]
            documents = Document.objects.filter(case=self.case, template="disputes.agreement")
            if written := documents.order_by("made_at", "version").last():
                data = data_of(written)
                acting = {f"{_AGENT}{nr}": who for nr, who in agents_before(data).items()}
                self.initial.update(told_before(data) | acting)


def _agent_field(called_so: str) -> TidyText:
    return TidyText(
        label=_("Who acts for: %(side)s") % {"side": called_so},
        max_length=80,
        required=False,
        widget=forms.TextInput(),
        help_text=_(
            "Only for a child, somebody without capacity, or who has given a power of attorney: the name and what "
            "they are to the party. Add the paper that shows it to the file."
        ),
    )


class Seal(Tap):
    """Setting the seal."""

    @property
    def idle(self) -> bool:
        """Whether somebody has still to sign: the seal comes last."""
        return self.case is not None and bool(dispute_of(self.case).unsigned)


class DenySignature(StepForm):
    """Saying that a signature is not one's own."""

    reason = TidyText(label=_("How do you know that it is not yours?"), max_length=1000)

    @property
    def idle(self) -> bool:
        """Whether the agreement carries no signature of the side that looks."""
        if self.case is None or not isinstance(self.by, PartyActor):
            return False
        rows = Signature.objects.filter(document=dispute_of(self.case).document, denied_at=None)
        return not any(is_of(each, self.by) for each in rows)


class UpholdSignature(ReasonForm):
    """The signature is genuine."""


class VoidAgreement(ReasonForm):
    """The signature is not genuine."""
