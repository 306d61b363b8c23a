from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "linli.portals.demo"
    label = "demo"
    default_auto_field = "django.db.models.BigAutoField"
