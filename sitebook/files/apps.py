from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "sitebook.files"
    label = "files"

    def ready(self) -> None:
        """Uploads arrive on the disk of the data, not in the system's small /tmp."""
        from sitebook.files.storage import uploads

        uploads()
