"""The machinery of the interface for programs: who calls, problem details, repeats, limits.
Operations stand in each area's ``api``."""
