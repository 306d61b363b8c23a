from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "linli.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.cases import checks  # noqa: F401  registers Django system checks
        from linli.cases.kinds import load_kinds
        from linli.cases.notices import register_entries

        load_kinds()
        register_entries()
