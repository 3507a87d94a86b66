from pathlib import Path

import pytest
from spacy.util import load_config

from training.variants import read_variants, row_of

CONFIG = Path(__file__).parent.parent / "configs" / "recogniser.cfg"


def test_every_variant_changes_settings_that_the_configuration_has() -> None:
    variants = read_variants()
    assert len(variants) > 8
    assert not next(iter(variants.values()))
    for overrides in variants.values():
        load_config(CONFIG, overrides=overrides, interpolate=False)
        for name in overrides:
            place = load_config(CONFIG, interpolate=False)
            for part in name.split("."):
                assert part in place
                place = place[part]


def test_two_variants_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "variants.toml"
    path.write_text('[[variant]]\nname = "a"\n[[variant]]\nname = "a"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="name of its own"):
        read_variants(path)


def test_a_row_tells_real_scores_only_where_measured() -> None:
    assert "real" not in row_of("a", [0.5], [], 3, "")
    assert "real = [0.4]" in row_of("a", [0.5], [0.4], 3, "")
