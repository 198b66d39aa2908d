"""The areas' lists whose rows can be chosen for one action: add an area's when it has some."""

from sitebook.contacts import bulk_lists

LISTS = (*bulk_lists.LISTS,)
