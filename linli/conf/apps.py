from django.apps import AppConfig


class ConfConfig(AppConfig):
    name = "linli.conf"
    label = "conf"
