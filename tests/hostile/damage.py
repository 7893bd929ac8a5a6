"""Ways in which a file of a results folder may be found one day."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any


def damage(path: Path, draw: random.Random) -> str:
    """Do something to the file; returns what."""
    ways: list[Callable[[Path, random.Random], str]] = [
        flip,
        flip,
        cut,
        more,
        empty,
        noise,
        gone,
        folder_in_its_place,
        of_another,
    ]
    ways += [edited] * 4 if path.suffix == ".json" else []
    return draw.choice(ways)(path, draw)


def flip(path: Path, draw: random.Random) -> str:
    """One bit."""
    content = bytearray(path.read_bytes())
    if not content:
        return "nothing to flip"
    place = draw.randrange(len(content))
    content[place] ^= 1 << draw.randrange(8)
    path.write_bytes(bytes(content))
    return f"bit {place} flipped"


def cut(path: Path, draw: random.Random) -> str:
    """Shorter."""
    content = path.read_bytes()
    length = draw.randrange(max(len(content), 1))
    path.write_bytes(content[:length])
    return f"cut to {length}"


def more(path: Path, draw: random.Random) -> str:
    """Longer."""
    path.write_bytes(path.read_bytes() + draw.randbytes(draw.randrange(1, 100)))
    return "longer"


def empty(path: Path, draw: random.Random) -> str:
    """A disk was full."""
    path.write_bytes(b"")
    return "emptied"


def noise(path: Path, draw: random.Random) -> str:
    """Another content of the same length."""
    path.write_bytes(draw.randbytes(path.stat().st_size))
    return "noise"


def gone(path: Path, draw: random.Random) -> str:
    """Deleted."""
    path.unlink()
    return "deleted"


def folder_in_its_place(path: Path, draw: random.Random) -> str:
    """A folder of its name."""
    path.unlink()
    path.mkdir()
    return "a folder"


def of_another(path: Path, draw: random.Random) -> str:
    """The content of another file of the same kind."""
    others = [p for p in path.parents[2].rglob(f"*{path.suffix}") if p != path and p.is_file()]
    if not others:
        return "no other"
    other = draw.choice(sorted(others))
    shutil.copyfile(other, path)
    return f"as {other.name}"


def edited(path: Path, draw: random.Random) -> str:
    """JSON with another value somewhere."""
    try:
        facts = json.loads(path.read_text())
    except (ValueError, OSError):
        return "no JSON"
    where = _somewhere(facts, draw)
    path.write_text(json.dumps(facts))
    return f"edited {where}"


VALUES: tuple[Any, ...] = (None, True, -1, 0, 1e308, "", "x", [], {}, [[]], {"a": 1}, "../../x")


def _somewhere(facts: Any, draw: random.Random) -> str:
    path = []
    while isinstance(facts, dict | list) and facts:
        keys = list(facts) if isinstance(facts, dict) else list(range(len(facts)))
        key = draw.choice(keys)
        path.append(str(key))
        inner = facts[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.2:
            action = draw.choice(("set", "set", "set", "drop"))
            if action == "drop":
                del facts[key]
            else:
                facts[key] = draw.choice([x for x in VALUES if x != inner])
            return f"{'.'.join(path)} {action}"
        facts = inner
    return "nothing"
