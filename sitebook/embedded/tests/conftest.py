"""The operator of the server's tests."""

from sitebook.server.tests.conftest import another, operator, settled

__all__ = ["another", "operator", "settled"]
