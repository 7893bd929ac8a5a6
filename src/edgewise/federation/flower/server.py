"""The ServerApp: rounds of Flower's strategy, and what became of each, as files."""

import json
import time
from pathlib import Path
from typing import Any

from flwr.app import Context
from flwr.serverapp import Grid, ServerApp

from edgewise.federation.files import FIRST, LAST, REPORT, load_model, save_model, write_whole
from edgewise.federation.flower.arrays import model_of, record_of
from edgewise.federation.flower.guard import Round, guarded
from edgewise.federation.flower.traffic import Traffic, exchange

LOOK_S = 0.2
app = ServerApp()


@app.main()
def main(grid: Grid, context: Context) -> None:
    """All rounds of a run; a failure is told in the report as well."""
    config = context.run_config
    folder = Path(str(config["folder"]))
    try:
        report = _run(grid, config, folder)
    except Exception as error:
        write_whole(folder / REPORT, {"error": f"{type(error).__name__}: {error}"})
        raise
    write_whole(folder / REPORT, report)


def _run(grid: Grid, config: Any, folder: Path) -> dict[str, Any]:
    weights = tuple(json.loads(config["weights"]))
    while len(list(grid.get_node_ids())) < len(weights):
        time.sleep(LOOK_S)
    strategy = guarded(config["strategy"], weights)
    result = strategy.start(
        grid,
        record_of(load_model(folder / FIRST)),
        num_rounds=int(config["rounds"]),
        timeout=float(config["timeout-s"]),
    )
    # Flower keeps no arrays if no reply of any round could be used.
    arrays = model_of(result.arrays) or load_model(folder / FIRST)
    save_model(folder / LAST, arrays)
    return {"rounds": [_told(each) for each in strategy.rounds]}


def _told(happened: Round) -> dict[str, Any]:
    traffic = sum((exchange(*pair) for pair in happened.exchanged), Traffic())
    return {
        "round": happened.number,
        "counted": happened.counted,
        "refused": happened.refused,
        "outbound_bytes": traffic.outbound,
        "inbound_bytes": traffic.inbound,
    }
