from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "linli.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.ledger import triggers

        # No sender: a migration of any app may have rebuilt a protected table.
        post_migrate.connect(triggers.install, dispatch_uid="linli.ledger.triggers")
