"""Measurements that can be repeated with one command: ``python -m bench pages search``."""
