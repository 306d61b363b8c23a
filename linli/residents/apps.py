from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.residents"
    label = "residents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.ledger.triggers import append_only
        from linli.residents.activities import register_own
        from linli.residents.entries import register_entries

        append_only("residents_access")
        register_entries()
        register_own()
