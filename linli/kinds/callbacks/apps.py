from django.apps import AppConfig


class CallbacksConfig(AppConfig):
    name = "linli.kinds.callbacks"
    label = "callbacks"
    default_auto_field = "django.db.models.BigAutoField"
