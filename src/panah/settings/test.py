"""Settings for the tests and the type checker: the site's, without anything of a real machine."""

from panah.settings.site import *  # noqa: F403

LOGGING = {"version": 1, "disable_existing_loggers": False}
