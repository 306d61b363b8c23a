"""`linli token POST LABEL`: let a machine act as the holder of a post; `linli token --end ID` ends that."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Refusal
from linli.posts import tokens
from linli.posts.actor import SystemActor
from linli.posts.models import Holding, Token

CONSOLE = SystemActor("console")


class Command(BaseCommand):
    """The secret is printed once, alone on standard output, so that it can be piped into a file."""

    help = "Issue an access token for the API to the holder of a post, list a post's tokens, or end one."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "post", nargs="?", type=int, help="the number of the post, as in its address at the desk"
        )
        parser.add_argument(
            "label", nargs="?", default="", help="what the token is for; without it, tokens are listed"
        )
        parser.add_argument("--end", type=int, metavar="ID", help="end this token now")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of the three."""
        try:
            if options["end"]:
                self._end(options["end"])
            elif options["label"]:
                self._issue(options["post"], options["label"])
            else:
                self._list(options["post"])
        except Refusal as refusal:
            raise CommandError(refusal.sentence) from refusal

    def _issue(self, post: int, label: str) -> None:
        held = Holding.objects.current().filter(post=post).select_related("post__division")
        holding = held.order_by("acting", "pk").first()
        if holding is None:
            raise CommandError(_("Nobody holds post %(post)s now.") % {"post": post})
        secret = tokens.issue(holding, label, by=CONSOLE)
        self.stderr.write(
            _("Acts as: %(post)s. The secret is shown this once:") % {"post": holding.post.title}
        )
        self.stdout.write(secret)

    def _list(self, post: int | None) -> None:
        found = Token.objects.filter(until__gt=timezone.now()).select_related("holding__post").order_by("pk")
        for token in found.filter(holding__post=post) if post else found:
            until = timezone.localdate(token.until)
            self.stdout.write(
                f"{token.pk}\t…{token.last_four}\t{until}\t{token.holding.post.title}\t{token.label}"
            )

    def _end(self, number: int) -> None:
        token = Token.objects.filter(pk=number).select_related("holding__post__division").first()
        if token is None:
            raise CommandError(_("There is no token with this number."))
        tokens.end_token(token, by=CONSOLE)
        self.stdout.write(_("Ended."))
