"""Hand a site over, split, join, take back; what each touches."""
