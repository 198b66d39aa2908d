"""Columns the database writes by itself."""

from __future__ import annotations

from django.db import models


def generated(template: str) -> models.GeneratedField:
    """A column of text made of others of its row by SQL."""
    expression = models.Func(template=template, output_field=models.TextField())
    return models.GeneratedField(expression=expression, output_field=models.TextField(), db_persist=True)
