"""The scenario's specification once more, as plain loops over the tables of a network file; and
random networks, states and decisions to try it on."""

import math
from types import SimpleNamespace

import numpy as np

from edgewise.scenarios.network.build import network_env
from edgewise.scenarios.network.file.tables import NetworkFile

NOISE_W_PER_HZ = 10 ** ((-174.0 - 30.0) / 10.0)


def env_of(tables):
    """The environment of these tables."""
    return network_env(NetworkFile.model_validate(tables))


def evaluate(tables, state, decision):
    """Every quantity of the outcome, by the equations of the specification."""
    network, radios, servers = tables["network"], tables["radio"], tables["server"]
    names = [site["name"] for site in tables["site"]]
    devices = range(len(state.task_bits))
    out = SimpleNamespace(
        **{
            name: np.zeros(len(devices))
            for name in (
                "rate_bps",
                "transmit_s",
                "forward_s",
                "compute_s",
                "local_s",
                "delay_s",
                "energy_j",
                "cost",
            )
        },
        deadline_met=np.zeros(len(devices), bool),
        failed=np.zeros(len(devices), bool),
    )
    sends = [
        state.task_bits[n] > 0 and decision.server[n] > 0 and decision.offload_ratio[n] > 0
        for n in devices
    ]
    alpha = [decision.offload_ratio[n] if sends[n] else 0.0 for n in devices]

    def received(n, site, r, k):
        if site not in state.candidate[n]:
            return 0.0
        c = list(state.candidate[n]).index(site)
        return decision.power_w[n] * state.gain[n, c, r, k]

    arrived = []
    for n in devices:
        if not sends[n]:
            continue
        site, r = state.candidate[n][decision.candidate[n]], decision.radio[n]
        radio = radios[r]
        noise = radio.get("noise_w_per_hz", NOISE_W_PER_HZ)
        if radio["access"] == "chosen":
            k, band = decision.channel[n], radio["channel_bandwidth_hz"]
            others = sum(
                received(m, site, r, k)
                for m in devices
                if m != n and sends[m] and decision.radio[m] == r and decision.channel[m] == k
            )
            sinr = received(n, site, r, k) / (noise * band + others)
        else:
            together = sum(
                sends[m]
                and decision.radio[m] == r
                and state.candidate[m][decision.candidate[m]] == site
                for m in devices
            )
            band = radio.get("channels", 1) * radio["channel_bandwidth_hz"] / together
            sinr = received(n, site, r, 0) / (noise * band)
        rate = band * math.log1p(sinr) / math.log(2.0)
        out.rate_bps[n] = rate if sinr >= radio.get("sinr_threshold", 0.0) else 0.0
        bits = alpha[n] * state.task_bits[n]
        needed = bits / out.rate_bps[n] if out.rate_bps[n] > 0 else math.inf
        out.transmit_s[n] = min(needed, network["timeout_s"])
        out.failed[n] = needed >= network["timeout_s"]
        if out.failed[n]:
            continue
        at = servers[decision.server[n] - 1].get("site")
        if at is None:
            wire = tables["cloud"]
        else:
            wire = None if names.index(at) == site else tables["backhaul"]
        if wire is not None:
            out.forward_s[n] = wire["delay_s"] + bits / wire["rate_bps"]
        arrived.append(n)
    work = {n: alpha[n] * state.task_cycles[n] for n in arrived}
    arrival = {n: out.transmit_s[n] + out.forward_s[n] for n in arrived}
    load = np.array(state.backlog_cycles, dtype=float)
    for n in arrived:
        m = decision.server[n] - 1
        here = [i for i in arrived if decision.server[i] - 1 == m]
        if servers[m].get("discipline", "fifo") == "fifo":
            before = sum(work[i] for i in here if (arrival[i], i) < (arrival[n], n))
            cycles = state.backlog_cycles[m] + before + work[n]
        else:
            cycles = state.backlog_cycles[m] + work[n] * len(here)
        out.compute_s[n] = cycles / servers[m]["cpu_hz"]
        load[m] += work[n]
    for n in devices:
        application = tables["application"][state.application[n]]
        cpu = state.device_cpu_hz[n]
        out.local_s[n] = (1 - alpha[n]) * state.task_cycles[n] / cpu
        kappa = tables["devices"]["switched_capacitance"]
        out.energy_j[n] = (
            kappa * cpu**2 * (1 - alpha[n]) * state.task_cycles[n]
            + decision.power_w[n] * out.transmit_s[n]
        )
        if not state.task_bits[n] > 0:
            continue
        away = out.transmit_s[n] + out.forward_s[n] + out.compute_s[n]
        out.delay_s[n] = max(out.local_s[n], away) if sends[n] else out.local_s[n]
        met = not out.failed[n] and out.delay_s[n] <= state.deadline_s[n]
        out.deadline_met[n] = met
        out.cost[n] = application.get("weight", 1.0) * (
            network["delay_weight_per_s"] * out.delay_s[n]
            + network["energy_weight_per_j"] * out.energy_j[n]
            + network["miss_weight"] * (not met)
        )
    hz = np.array([server["cpu_hz"] for server in servers])
    tasks = sum(bits > 0 for bits in state.task_bits)
    out.load_s = load / hz
    out.utility = -sum(out.cost) / max(tasks, 1)
    cooperative = network.get("cooperative", True)
    out.reward = np.full(len(devices), out.utility) if cooperative else -out.cost
    out.backlog_after = np.maximum(load - hz * network["slot_s"], 0.0)
    return out


def random_tables(rng, sites=3, servers=4, devices=9):
    """A network with random values. Its sizes and places stay, so that it compiles once: a shared
    radio, one whose channel is chosen, and one with a single channel that is either."""
    names = [f"s{i}" for i in range(sites)]
    radios = [
        {
            "name": f"r{r}",
            "access": access,
            "channels": int(channels),
            "channel_bandwidth_hz": float(10 ** rng.uniform(5, 7)),
            "max_power_w": float(rng.uniform(0.05, 0.3)),
            "pathloss_intercept_db": 120.0,
            "pathloss_slope_db": 30.0,
            "sinr_threshold": float(rng.choice([0.0, 0.1, 1.0])),
        }
        for r, (access, channels) in enumerate(
            [
                ("shared", rng.integers(1, 4)),
                ("chosen", 3),
                (str(rng.choice(["shared", "chosen"])), 1),
            ]
        )
    ]
    standing = [
        {
            "name": f"m{m}",
            "cpu_hz": float(10 ** rng.uniform(9, 10.5)),
            "discipline": str(rng.choice(["fifo", "shared"])),
        }
        | ({} if m == servers - 1 else {"site": str(rng.choice(names))})
        for m in range(servers)
    ]
    applications = [
        {
            "name": f"a{a}",
            "share": 0.5,
            "arrival_probability": 0.7,
            "bits": [1e4, 1e6],
            "cycles_per_bit": [100.0, 1000.0],
            "deadline_s": float(rng.uniform(0.05, 0.5)),
            "weight": float(rng.uniform(0.5, 3)),
        }
        for a in range(2)
    ]
    return {
        "network": {
            "name": "random",
            "slot_s": 0.1,
            "timeout_s": float(rng.uniform(0.05, 1.0)),
            "delay_weight_per_s": float(rng.uniform(0, 2)),
            "energy_weight_per_j": float(rng.uniform(0, 2)),
            "miss_weight": float(rng.uniform(0, 2)),
            "cooperative": bool(rng.integers(2)),
            "candidate_sites": 2,
        },
        "site": [{"name": name, "x_m": 100.0 * i, "y_m": 0.0} for i, name in enumerate(names)],
        "radio": radios,
        "server": standing,
        "backhaul": {"rate_bps": float(10 ** rng.uniform(7, 9)), "delay_s": 0.003},
        "cloud": {"rate_bps": 5e7, "delay_s": float(rng.uniform(0, 0.1))},
        "application": applications,
        "devices": {
            "count": devices,
            "radius_m": 300.0,
            "cpu_hz": [1e9, 2e9],
            "switched_capacitance": float(rng.choice([0.0, 1e-27])),
        },
    }


def random_state(rng, tables, sites):
    """Any state by the contract's fields: also without a task, without a gain, with a backlog."""
    devices, radios = tables["devices"]["count"], tables["radio"]
    candidates = min(tables["network"].get("candidate_sites", 3), sites)
    choices = [r.get("channels", 1) if r["access"] == "chosen" else 1 for r in radios]
    gain = 10 ** rng.uniform(-14, -9, (devices, candidates, len(radios), max(choices)))
    gain[rng.uniform(size=gain.shape) < 0.1] = 0.0
    for r, count in enumerate(choices):
        gain[:, :, r, count:] = 0.0
    bits = rng.uniform(1e4, 1e6, devices) * (rng.uniform(size=devices) < 0.8)
    return {
        "task_bits": bits,
        "task_cycles": bits * rng.uniform(100, 1000, devices),
        "deadline_s": rng.uniform(0.05, 1.0, devices),
        "application": rng.integers(0, len(tables["application"]), devices),
        "device_cpu_hz": rng.uniform(1e9, 2e9, devices),
        "candidate": np.array([rng.permutation(sites)[:candidates] for _ in range(devices)]),
        "gain": gain,
        "backlog_cycles": rng.uniform(0, 1e9, len(tables["server"]))
        * rng.integers(0, 2, len(tables["server"])),
    }


def random_decision(rng, tables, state):
    """Any decision: also of who has no task, and on links without a gain."""
    devices, candidates = state["candidate"].shape
    radio = rng.integers(0, len(tables["radio"]), devices)
    choices = [r.get("channels", 1) if r["access"] == "chosen" else 1 for r in tables["radio"]]
    return {
        "server": rng.integers(0, len(tables["server"]) + 1, devices),
        "candidate": rng.integers(0, candidates, devices),
        "radio": radio,
        "channel": np.array([rng.integers(0, choices[r]) for r in radio]),
        "power_w": rng.uniform(0, 0.3, devices) * (rng.uniform(size=devices) < 0.9),
        "offload_ratio": np.clip(rng.uniform(-0.2, 1.3, devices), 0, 1),
    }


class Fields:
    """Arrays under their names."""

    def __init__(self, fields):
        self.__dict__.update(fields)
