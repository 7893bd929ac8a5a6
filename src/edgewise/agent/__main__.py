"""`python -m edgewise.agent DIR [NUMBER]`: a trial of an exported folder on this device."""

import argparse
import sys
from pathlib import Path

from edgewise.agent.agent import Agent
from edgewise.agent.trial import trial
from edgewise.core.errors import UserError

BAD_INPUT = 2


def run() -> None:
    """Run the command line and exit."""
    reader = argparse.ArgumentParser("python -m edgewise.agent", description=__doc__)
    reader.add_argument("folder", type=Path, metavar="DIR", help="what edgewise export wrote")
    reader.add_argument("number", type=int, nargs="?", default=0, help="of the agent [0]")
    given = reader.parse_args()
    try:
        agent = Agent(given.folder, given.number)
    except UserError as error:
        print(f"edgewise: {error}", file=sys.stderr)
        sys.exit(BAD_INPUT)
    print(f"agent {given.number} of {agent.contract.scenario}: {trial(agent)}")


if __name__ == "__main__":
    run()
