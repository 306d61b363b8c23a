from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "linli.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.exchange.entries import register_entries
        from linli.exchange.handling import register_activities
        from linli.posts.models import PostKind
        from linli.posts.powers import allow

        register_entries()
        register_activities()
        allow("exchange.sources", {PostKind.ADMINISTRATOR})
        allow("exchange.read", {PostKind.ADMINISTRATOR, PostKind.HEAD, PostKind.CALL_TAKER, PostKind.CLERK})
        allow("exchange.sheets", {PostKind.ADMINISTRATOR, PostKind.CALL_TAKER, PostKind.CLERK})
