from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "linli.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils.translation import gettext

        from linli.cases.forgetting import WORDS, Part, forget_with
        from linli.exchange.entries import register_entries
        from linli.exchange.handling import register_activities
        from linli.exchange.sheets.replies import clear_told, told_about
        from linli.posts.models import PostKind
        from linli.posts.powers import allow
        from linli.residents.sealing import SealedTable, register

        register_entries()
        forget_with(Part(WORDS, told_about, clear_told))
        clerks = {PostKind.ADMINISTRATOR, PostKind.CALL_TAKER, PostKind.CLERK}
        allow(
            "exchange.sources",
            {PostKind.ADMINISTRATOR},
            label=lambda: gettext("Add and end outside systems, give them keys"),
        )
        allow(
            "exchange.read", {*clerks, PostKind.HEAD}, label=lambda: gettext("See what outside systems sent")
        )
        allow("exchange.sheets", clerks, label=lambda: gettext("Take sheets in and give replies back"))
        register(
            SealedTable(
                "exchange.Feed",
                ("secret_sealed",),
                lambda feed, _column: f"exchange_feed/{feed.pk}/secret",
                versioned=False,
            )
        )
        register(
            SealedTable(
                "exchange.Parcel",
                ("sealed",),
                lambda parcel, _column: f"exchange_parcel/{parcel.pk}/sealed",
                versioned=False,
            )
        )
        register_activities()
