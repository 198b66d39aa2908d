"""Actions on many records at once: what was chosen, how far it is, what each row said, and the way back."""
