"""Settings of all tests: property tests have no deadline (machines differ) and draw the same examples in CI every time."""

import os

from hypothesis import settings

settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")
