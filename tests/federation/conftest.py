"""Helpers beside these tests are imported by name, also by processes that they start."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
