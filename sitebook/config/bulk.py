"""The areas' lists whose rows can be chosen for one action: add an area's when it has some."""

from sitebook.config.registers import DECLARED
from sitebook.contacts import bulk_lists

LISTS = (*(each.bulk_list for each in DECLARED), *bulk_lists.LISTS)
