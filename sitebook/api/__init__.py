"""The machinery of the interface for programs: who calls, problem details, repeats, limits.

The operations stand in each area's ``api``.
"""
