"""Measurements that can be repeated with one command: ``make bench`` lists them."""
