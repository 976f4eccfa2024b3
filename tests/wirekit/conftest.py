"""How properties are tested here."""

from hypothesis import settings

settings.register_profile("unhurried", deadline=None)  # two shared cores say nothing about how long an example takes
settings.load_profile("unhurried")
