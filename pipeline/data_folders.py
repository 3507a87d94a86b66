"""Where the data lies that ships with the code: ``configs``, ``models`` and ``seeds/lists``.

In a checkout they stand beside the package; a wheel carries them inside it (``[tool.hatch.build.targets.wheel]`` in
``pyproject.toml``). This is the one place that knows.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class Tier(StrEnum):
    """Which trained models read: all that is known of a character, or what can be had at more than twice the speed."""

    full = "full"
    fast = "fast"


def data_folder(name: str, package: Path = _PACKAGE) -> Path:
    """Return the folder of shipped data called ``name`` (``configs``, ``models``, ``seeds/lists``) in either layout.

    Nothing is read; a folder that stands in neither place gives the path in the checkout, which errors then name.
    ``package`` is the folder of the installed package.

    >>> (data_folder("configs") / "events.toml").is_file()
    True
    """
    packaged = package / "_data" / name
    return packaged if packaged.is_dir() else package.parent / name


def models_of(tier: Tier = Tier.full) -> Path:
    """Return the folder of the trained models of a tier."""
    return data_folder("models") / tier
