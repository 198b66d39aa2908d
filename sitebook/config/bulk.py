"""The areas' lists whose rows can be chosen for one action: add an area's when it has some."""

from sitebook.customers import bulk_lists as customers

LISTS = (*customers.LISTS,)
