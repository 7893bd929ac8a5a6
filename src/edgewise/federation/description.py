"""What the processes of a run are told about it: one file in the run's folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from edgewise import scenarios
from edgewise.federation.parts import Parts
from edgewise.runs.spec import RunSpec

FILE = "run.json"


@dataclass(frozen=True)
class Description:
    """Which run on which seed; where the world listens; the cores that sites may have."""

    spec: RunSpec
    seed: int
    port: int
    cores: tuple[int, ...]

    def write(self, folder: Path) -> None:
        """Into `folder`."""
        (folder / FILE).write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Description":
        """What `write` wrote."""
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(RunSpec(**told["spec"]), told["seed"], told["port"], tuple(told["cores"]))

    def parts(self) -> Parts:
        """The run in its parts."""
        return Parts.of(scenarios.get(self.spec.scenario), self.spec, self.seed)
