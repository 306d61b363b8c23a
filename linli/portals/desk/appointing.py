"""Filling one post: appointing, letting somebody stand in (代理), ending an appointment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.text import half_width, tidy
from linli.base.writing import writing
from linli.cases.handover import give_up_post, left_at, successors
from linli.portals.desk.hats import seated
from linli.portals.desk.posts import Seating, node_to_fill, seatings
from linli.posts.actions import appoint, end, open_account
from linli.posts.actor import PostActor
from linli.posts.models import Account, Holding
from linli.posts.tree import Node


class AppointForm(forms.Form):
    """Whom to appoint: an account that exists, or one opened now with a password that works once."""

    account = forms.ChoiceField(
        label=gettext_lazy("Account"),
        choices=[
            ("existing", gettext_lazy("Somebody who has an account")),
            ("new", gettext_lazy("Somebody new: open an account now")),
        ],
        widget=forms.RadioSelect,
        initial="existing",
    )
    username = forms.RegexField(
        r"^[\w.@+-]+\Z",
        label=gettext_lazy("User name"),
        max_length=60,
        help_text=gettext_lazy("What the person types to sign in."),
        error_messages={"invalid": gettext_lazy("Letters, digits and . @ + - _ only, without blanks.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    called = forms.CharField(
        label=gettext_lazy("Name of the person"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Only for a new account."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    acting = forms.BooleanField(label=gettext_lazy("Acting: stands in for the holder"), required=False)

    def __init__(self, seating: Seating, data: Any = None) -> None:
        super().__init__(data, initial={"acting": bool(seating.holdings)})
        self.found: Account | None = None

    def clean_username(self) -> str:
        """As typed, in plain letters and digits."""
        return half_width(tidy(self.cleaned_data["username"]))

    def clean(self) -> dict[str, Any]:
        """An account that exists must be there; a new one needs to know what to call the person."""
        given = super().clean() or {}
        if given.get("account") == "existing" and given.get("username"):
            self.found = Account.objects.filter(username=given["username"], is_active=True).first()
            if self.found is None:
                self.add_error(
                    "username", _("There is no account with this user name. Check it, or open a new one.")
                )
        elif given.get("account") == "new" and not given.get("called"):
            self.add_error("called", _("Please give the name of the person."))
        return given


def standing(by: PostActor, code: str, post: int) -> tuple[Node, Seating]:
    """A post in force at a place that this actor may fill; 404 and 403 as always."""
    node = node_to_fill(by, code)
    for seating in seatings(node):
        if seating.post.pk == post:
            return node, seating
    raise NotFound(_("There is no such post here, or it has been given up."))


@require_safe
@seated
def post(request: HttpRequest, by: PostActor, code: str, post: int) -> HttpResponse:
    """One post: who holds it, and appointing somebody."""
    node, seating = standing(by, code, post)
    return _shown(request, node, seating, AppointForm(seating))


def _shown(
    request: HttpRequest, node: Node, seating: Seating, form: AppointForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "node": node,
        "seating": seating,
        "form": form,
        "left": left_at(seating.post),
        "successors": successors(seating.post),
    }
    return render(request, "desk/post.html", context, status=status)


@require_POST
@seated
def appoint_holder(request: HttpRequest, by: PostActor, code: str, post: int) -> HttpResponse:
    """Appoint; a new account's password is shown in this answer only."""
    node, seating = standing(by, code, post)
    form = AppointForm(seating, request.POST)
    if not form.is_valid():
        return _shown(request, node, seating, form, status=422)
    try:
        account, password = _appointed(form, seating, by)
    except Conflict as refusal:
        form.add_error(None, refusal.sentence)
        return _shown(request, node, seating, form, status=refusal.status)
    if password:
        context = {"node": node, "seating": seating, "account": account, "password": password}
        response = render(request, "desk/password.html", context)
        response["Cache-Control"] = "no-store, private"
        return response
    messages.success(request, _("%(who)s is appointed.") % {"who": account.get_full_name()})
    return redirect("desk:post", code, post)


def _appointed(form: AppointForm, seating: Seating, by: PostActor) -> tuple[Account, str]:
    """Account and appointment together or neither; the password is empty for an account that existed."""
    given = form.cleaned_data
    with writing():
        account, password = form.found, ""
        if account is None:
            account, password = open_account(
                given["username"], called=tidy(given["called"]), division=seating.post.division, by=by
            )
        appoint(account, seating.post, by=by, acting=given["acting"])
    return account, password


@require_POST
@seated
def give_up_page(request: HttpRequest, by: PostActor, code: str, post: int) -> HttpResponse:
    """Give up a post; what it has open goes to the post that was chosen."""
    _node, seating = standing(by, code, post)
    wanted = request.POST.get("to", "")
    to = next((each for each in successors(seating.post) if str(each.pk) == wanted), None)
    if wanted and to is None:
        raise Invalid(_("Choose one of the posts listed."))
    give_up_post(seating.post, to=to, by=by)
    messages.success(request, _("The post “%(post)s” is given up.") % {"post": seating.post.title})
    return redirect("desk:division", code)


@require_POST
@seated
def end_holding(request: HttpRequest, by: PostActor, code: str, post: int) -> HttpResponse:
    """End an appointment now."""
    _node, seating = standing(by, code, post)
    wanted = request.POST.get("holding", "")
    found = Holding.objects.current().select_related("post__division", "account").filter(post=post)
    ending = found.filter(pk=wanted).first() if wanted.isdecimal() else None
    if ending is None:
        raise Conflict(_("This appointment has already ended."))
    end(ending, by=by)
    said = {"who": ending.account.get_full_name(), "post": seating.post.title}
    messages.success(request, _("The appointment of %(who)s as %(post)s has ended.") % said)
    return redirect("desk:post", code, post)
