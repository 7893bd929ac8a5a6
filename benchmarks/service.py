"""Requests per second that `edgewise serve DIR` answers, with 1 and with 16 connections, each of
which asks again as soon as it is answered; and the same of inferences with many rows. CPU-seconds
of the service do not depend on what else the machine does.

    python -m benchmarks.service DIR [SECONDS]

The load comes from this process, the service is another one: on two cores they do not share one.
"""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import numpy as np
from yarl import URL

from edgewise.deployment import contract
from edgewise.deployment.contract import Contract, Quantity
from edgewise.service.tensors import KINDS

SECONDS = 10.0
CONNECTIONS = (1, 16)
ROWS = 64


def main() -> None:
    """Print a line per load; exit 1 if a request failed."""
    folder = Path(sys.argv[1])
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS
    command = [sys.executable, "-m", "edgewise", "serve", str(folder), "--port", "0"]
    service = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert service.stdout is not None
        url = service.stdout.readline().strip()
        errors = asyncio.run(loads(url, contract.read(folder), seconds))
    finally:
        service.terminate()
        service.wait()
    sys.exit(1 if errors else 0)


async def loads(url: str, served: Contract, seconds: float) -> int:
    """Each load for so long; how many requests failed."""
    shares = seconds / (2 * len(CONNECTIONS))
    errors = 0
    for connections in CONNECTIONS:
        errors += await load(f"{url}/decide", one(served), connections, shares, rows=1)
    path = f"{url}/v2/models/{served.scenario}/infer"
    for connections in CONNECTIONS:
        errors += await load(path, many(served), connections, shares, rows=ROWS)
    return errors


async def load(url: str, body: bytes, connections: int, seconds: float, rows: int) -> int:
    """Prints a line; how many requests failed."""
    delays_s: list[float] = []
    errors = 0
    ends = perf_counter() + seconds

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal errors
        while (begun := perf_counter()) < ends:
            async with session.post(url, data=body, headers=headers) as answer:
                await answer.read()
                errors += answer.status != 200
            delays_s.append(perf_counter() - begun)

    headers = {"content-type": "application/json"}
    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as session:
        begun, cpu_s = perf_counter(), await cpu_seconds(session, url)
        await asyncio.gather(*(client(session) for _ in range(connections)))
        taken_s, cpu_s = perf_counter() - begun, await cpu_seconds(session, url) - cpu_s
    rate = len(delays_s) / taken_s
    p50_ms, p99_ms = 1e3 * np.quantile(delays_s, (0.5, 0.99))
    print(
        f"{url.rpartition('/')[2]}, {rows} rows, {connections} connections: {rate:,.0f} requests/s "
        f"({rate * rows:,.0f} decisions/s), p50 {p50_ms:.2f} ms, p99 {p99_ms:.2f} ms, "
        f"{1e3 * cpu_s / len(delays_s):.2f} CPU-ms a request, {errors} errors of {len(delays_s)}",
        flush=True,
    )
    return errors


async def cpu_seconds(session: aiohttp.ClientSession, url: str) -> float:
    """Of the service, until now."""
    async with session.get(str(URL(url).with_path("/metrics"))) as answer:
        (line,) = re.findall(r"^process_cpu_seconds_total (\S+)$", await answer.text(), re.M)
    return float(line)


def one(served: Contract) -> bytes:
    """A body of /decide: everything in the middle of its range."""
    observation = {each.name: middle(each).tolist() for each in served.observation}
    return json.dumps({"agent": 0, "observation": observation}).encode()


def many(served: Contract) -> bytes:
    """A body of an inference, the agents in turn."""
    agents = [row % served.agents for row in range(ROWS)]
    inputs: list[dict[str, Any]] = [
        {"name": "agent", "datatype": "INT32", "shape": [ROWS], "data": agents}
    ]
    for each in served.observation:
        data = np.broadcast_to(middle(each), (ROWS, *each.shape)).tolist()
        shape = [ROWS, *each.shape]
        inputs.append(
            {"name": each.name, "datatype": KINDS[each.kind], "shape": shape, "data": data}
        )
    return json.dumps({"inputs": inputs}).encode()


def middle(field: Quantity) -> np.ndarray:
    """The middle of the field's range, in its shape."""
    value = (field.low + field.high) / 2
    exact = {"real": value, "integer": int(value), "boolean": False}[field.kind]
    return np.full(field.shape, exact)


if __name__ == "__main__":
    main()
