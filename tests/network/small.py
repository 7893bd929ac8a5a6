"""Small networks for tests of what runs on them."""

from edgewise import scenarios
from edgewise.scenarios.network.env import NetworkEnv


def small_network(devices: int) -> NetworkEnv:
    """The built-in example (two sites, a shared band and four channels, three servers) with so
    many devices."""
    env = scenarios.make("network", **{"devices.count": devices})
    assert isinstance(env, NetworkEnv)
    return env
