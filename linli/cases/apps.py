from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "linli.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.cases import (
            bodywork,
            calendar_edits,
            calling,
            checks,  # noqa: F401  registers Django system checks
            copying,
            devices,
            editing,
            exports,
            handover,
            holding_files,
            moving,
            new_numbers,
            notices,
            printouts,
            ratings,
            remarks,
            replies,
        )
        from linli.cases.holds import open_among
        from linli.cases.kinds import load_kinds
        from linli.ledger.triggers import append_only
        from linli.residents.people.erasing import hold_while

        hold_while(open_among)
        append_only("cases_forgetting")
        load_kinds()
        bodywork.register_powers()
        calling.register_entries()
        copying.register_entries()
        notices.register_entries()
        devices.register_tables()
        editing.register_entries()
        calendar_edits.register_entries()
        exports.register_entries()
        handover.register_entries()
        holding_files.register_entries()
        moving.register_entries()
        new_numbers.register_entries()
        printouts.register_entries()
        ratings.register_ratings()
        remarks.register_entries()
        replies.register_entries()
