"""What an agent can do in a slot, as a list: local, or a link, a power level and a server.

The list is the same for every agent. An entry that its device or the site has no radio for is
kept, and marked as unusable.
"""

import equinox as eqx
import numpy as np
from jaxtyping import Array, Int

from edgewise.core.fields import integers

Numbers = np.ndarray


class OptionList(eqx.Module):
    """All options but the first, which is local: every candidate site, radio, channel and power
    level of the radio, and every server among those that a site offers, the last varying first.

    `radio_channels[r]` is what radio r lets a device choose from; `power_levels[r]` are shares of
    its maximal power; `offered[s]` are the servers (0..M-1) of site s, nearest first.
    """

    candidates: int = eqx.field(static=True)
    radio_channels: tuple[int, ...] = eqx.field(static=True)
    power_levels: tuple[tuple[float, ...], ...] = eqx.field(static=True)
    offered: Int[Array, "sites offered"] = integers()

    @property
    def num_offered(self) -> int:
        """The servers to choose from at a site."""
        return self.offered.shape[1]

    @property
    def links(self) -> Numbers:
        """Every (candidate, radio, channel), `[links, 3]`."""
        one_site = [(r, k) for r, count in enumerate(self.radio_channels) for k in range(count)]
        return np.array([(c, r, k) for c in range(self.candidates) for r, k in one_site])

    @property
    def rows(self) -> Numbers:
        """Every option but local: the number of its link, of its power level and of its server
        among those offered, `[options - 1, 3]`."""
        return np.array(
            [
                (link, level, server)
                for link, (_, radio, _) in enumerate(self.links)
                for level in range(len(self.power_levels[radio]))
                for server in range(self.num_offered)
            ]
        )

    @property
    def power_share(self) -> Numbers:
        """Of every option but local: its share of the radio's maximal power, `[options - 1]`."""
        radio = self.links[self.rows[:, 0], 1]
        return np.array(
            [self.power_levels[r][level] for r, level in zip(radio, self.rows[:, 1], strict=True)]
        )

    @property
    def count(self) -> int:
        """The number of options, local included."""
        levels = zip(self.radio_channels, self.power_levels, strict=True)
        each = sum(channels * len(shares) for channels, shares in levels)
        return 1 + self.candidates * each * self.num_offered
