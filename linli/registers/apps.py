from django.apps import AppConfig


class RegistersConfig(AppConfig):
    name = "linli.registers"
    label = "registers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.registers import entries, handling
        from linli.registers.actions.telling import register_channel
        from linli.residents.sealing import SealedTable, register

        entries.register_entries()
        handling.register_activities()
        register_channel()
        register(
            SealedTable(
                "registers.Tie",
                ("words_sealed",),
                lambda tie, _column: f"registers_tie/{tie.mediator_id}/words",
                versioned=False,
            )
        )
