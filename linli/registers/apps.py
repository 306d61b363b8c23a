from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "linli.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.registers import entries

        entries.register_entries()
