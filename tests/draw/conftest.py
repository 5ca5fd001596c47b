"""A test here is never wrong for being slow: the machine is shared, so none has a deadline."""

from hypothesis import settings

settings.register_profile("shared-machine", deadline=None)
settings.load_profile("shared-machine")
