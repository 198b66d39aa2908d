"""Sitebook: register and service desk for equipment at other people's places."""
