"""What a page of the documents tells its reader to type."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy.md"


def sections(page: Path, language: str = "sh") -> dict[str, list[str]]:
    """The blocks in this language by the title of their section, titles without a block apart."""
    parts = re.split(r"^## (.*)$", page.read_text(), flags=re.M)[1:]
    titled = zip(parts[::2], parts[1::2], strict=True)
    blocks = {
        title: re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)
        for title, text in titled
    }
    return {title: found for title, found in blocks.items() if found}


def commands(page: Path, section: str) -> list[str]:
    """The lines to type in a section, in order."""
    return [line for block in sections(page)[section] for line in block.splitlines()]
