from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "sitebook.customers"
    label = "customers"
