"""The one way a rule says no."""


class Refused(Exception):
    """A verb that cannot be done. ``str(error)`` is a sentence fit for the user:
    it names the thing, the value and what to do. Pages show it, the API answers 409."""

    status = 409


class StaleEdit(Refused):
    """Somebody else saved the record first; carries nothing, the caller reads both values again."""


class NotAllowed(Refused):
    """The user may see the record but not do this."""

    status = 403
