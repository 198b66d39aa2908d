"""The areas' lists whose rows can be chosen for one action: add an area's when it has some."""

from sitebook.config.registers import REGISTERS
from sitebook.contacts import bulk_lists
from sitebook.sites.register import SITES

LISTS = (*bulk_lists.LISTS, SITES.bulk_list, *(each.bulk_list for each in REGISTERS))
