from django.apps import AppConfig


class PostsConfig(AppConfig):
    name = "linli.posts"
    label = "posts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from linli.posts.entries import register_entries

        register_entries()
