"""The five papers' learners on a network: each finds the option that is known to be best, decides
what its device can carry out, and is refused where it would not fit."""

import pytest

from edgewise import scenarios
from edgewise.scenarios.network.schemes.learned import LEARNED

SCENARIO = scenarios.get("network")
DEVICES = 2
LADDER = {
    "candidate_sites": 1,
    "candidate_servers": 1,
    "cloud": None,
    "radio": [
        {
            "name": "lte",
            "access": "shared",
            "channel_bandwidth_hz": 20e6,
            "max_power_w": 0.2,
            "pathloss_intercept_db": 128.1,
            "pathloss_slope_db": 37.6,
            "fading": "none",
        }
    ],
    "application": [
        {
            "name": "video",
            "share": 1.0,
            "arrival_probability": 0.8,
            "bits": 1e5,
            "cycles_per_bit": [800.0, 1200.0],
            "deadline_s": 0.5,
        }
    ],
    "devices": {
        "count": DEVICES,
        "radius_m": 100.0,
        "cpu_hz": 0.5e9,
        "switched_capacitance": 1e-27,
    },
}
"""Two sites, a server at each; two devices that have one link each. Local takes 0.2 s."""
SERVER_HZ = {"better": 1e11, "worse": 1e8}
"""The task takes a millisecond at the server, or twice its deadline."""
SLOTS = {"dirs": 30, "il-maq": 600, "oql-cent": 600, "oql-dist": 600, "oql-dist-no-history": 600}
REPLAY = {"num_envs": 4, "capacity": 400, "batch_size": 32, "hidden": [16], "update_every": 1}
SMALL = {
    "dirs": {"demonstrations": 32, "demonstration_evaluations": 50, "online_evaluations": 10},
}


def ladder(server_hz):
    server = [{"name": f"at {s}", "site": s, "cpu_hz": server_hz} for s in ("A", "B")]
    return {**LADDER, "server": server}


def settings_of(scheme):
    small = {"rate": 0.01, "actor_rate": 0.01, "critic_rate": 0.01, "actor_wait": 50, **REPLAY}
    taken = {name: value for name, value in small.items() if scheme.takes(name)}
    return {**taken, **SMALL.get(scheme.name, {})}


@pytest.mark.parametrize("scheme", LEARNED, ids=lambda scheme: scheme.name)
def test_every_learner_ends_at_the_option_that_is_known_to_be_best(scheme):
    for name, server_hz in SERVER_HZ.items():
        env, decided = trained(scheme, ladder(server_hz))
