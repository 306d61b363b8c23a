"""`linli readmit`: let somebody in again who lost everything, where no other administrator can."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from linli.posts.accounts import renew_access
from linli.posts.actor import SystemActor
from linli.posts.models import Account


class Command(BaseCommand):
    """For the only administrator of a place. It leaves an entry in the ledger, and the person is told."""

    help = "Take away an account's password and second factor, and print a password that works once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the password this once."""
        account = Account.objects.filter(username=options["username"]).first()
        if account is None or not account.has_usable_password():
            raise CommandError(_("There is no account of staff with this user name."))
        password = renew_access(account, by=SystemActor("readmit"))
        self.stdout.write(
            _("%(username)s signs in with %(password)s, once; then password and second factor are set anew.")
            % {"username": account.username, "password": password}
        )
