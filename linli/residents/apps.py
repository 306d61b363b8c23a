from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "linli.residents"
    label = "residents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.ledger.triggers import append_only
        from linli.residents.entries import register_entries
        from linli.residents.own_activities import register_own
        from linli.residents.tables import register_tables

        append_only("residents_access", for_years=3)  # 个人信息保护法 56
        append_only("residents_inspection")
        append_only("residents_erasure")
        register_entries()
        register_tables()
        register_own()
