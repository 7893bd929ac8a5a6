"""What the documents of `network` promise."""

import re
from pathlib import Path

import pytest

from edgewise.core.errors import UserError
from edgewise.scenarios.network.file.keys import key_rows
from edgewise.scenarios.network.file.reading import EXAMPLE, read_network
from edgewise.scenarios.network.file.tables import NetworkFile


def test_every_key_has_a_row() -> None:
    """Of all tables: their names are found in the schema, not in the table that is under test."""
    rows = {(table, key) for table, key, _, _ in key_rows()}
    definitions = NetworkFile.model_json_schema()["$defs"]
    keys = [
        key
        for name, each in definitions.items()
        if name != "FileReference"
        for key in each["properties"]
    ]
    assert sorted(key for _, key in rows) == sorted(f"`{key}`" for key in keys)


@pytest.mark.parametrize("key", ["slot_s", "episode_slots", "max_power_w", "fading"])
def test_what_is_needed_is_what_a_file_cannot_be_without(key: str, tmp_path: Path) -> None:
    """The example without a key is refused where the table says "needed", and read otherwise."""
    text = re.sub(rf"^{key} = .*\n", "", EXAMPLE.read_text(), flags=re.M)
    path = tmp_path / "without.toml"
    path.write_text(text)
    (default,) = (default for _, name, _, default in key_rows() if name == f"`{key}`")
    if default == "needed":
        with pytest.raises(UserError, match=f"lacks {key}"):
            read_network(path)
    else:
        network = read_network(path)
        found = network.radio[0].fading if key == "fading" else network.network.episode_slots
        assert str(found) == default
