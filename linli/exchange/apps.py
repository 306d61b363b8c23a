from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "linli.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.exchange.entries import register_entries
        from linli.posts.models import PostKind
        from linli.posts.powers import allow
        from linli.residents.sealing import SealedTable, register

        register_entries()
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
        allow("exchange.sources", {PostKind.ADMINISTRATOR})
        allow("exchange.read", {PostKind.ADMINISTRATOR, PostKind.HEAD, PostKind.CALL_TAKER, PostKind.CLERK})
        allow("exchange.sheets", {PostKind.ADMINISTRATOR, PostKind.CALL_TAKER, PostKind.CLERK})
