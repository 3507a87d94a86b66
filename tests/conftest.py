"""Settings of all tests: property tests have no deadline (machines differ) and draw the same examples in CI every time."""

import os

from desk_fixtures import admin, doccano, doccano_environment
from hypothesis import settings

collect_ignore = ["coverage_fuzz.py"]
"""A developer's tool that needs atheris, which the lock does not hold."""

__all__ = ["admin", "doccano", "doccano_environment"]  # a server and its administrator, for all tests of the desk

settings.register_profile("project", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("project")
