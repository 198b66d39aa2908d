"""A large register made of real words, and what every page costs on it: ``sitebook bench``."""
