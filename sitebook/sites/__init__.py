"""Sites, who had them, areas and positions, as of a day."""
