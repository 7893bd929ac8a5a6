"""The nearest sites of many points, at a cost per point that does not grow with the sites."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int
from scipy.spatial import cKDTree

SHORT_LIST = 16
"""A cell with no more sites to compare than this, or four times those asked for, stays whole."""
LISTED_PER_SITE = 256
"""A site is on so many lists at most, on average; where they do not do, lists are longer."""
BLOCK = 2**22
"""So many distances at once; more points are taken in blocks."""


class NearestSites(eqx.Module):
    """A rectangle cut into cells, each with the list of sites that can be among the nearest of
    any point in it.

    Cells are halved until their lists are short. Node i of the tree has its halves at `child[i]`
    and `child[i] + 1` (0: it is a cell), below and above `cut[i]` along `axis[i]`; the list of a
    cell is `members[first:first + length]`, in the order of the sites.
    """

    count: int = eqx.field(static=True)
    depth: int = eqx.field(static=True)
    longest: int = eqx.field(static=True)
    site_xy_m: Float[Array, "sites 2"]
    axis: Int[Array, " nodes"]
    cut: Float[Array, " nodes"]
    child: Int[Array, " nodes"]
    first: Int[Array, " nodes"]
    length: Int[Array, " nodes"]
    members: Int[Array, " members"]

    @classmethod
    def within(
        cls, site_xy_m: np.ndarray, count: int, low_m: np.ndarray, high_m: np.ndarray
    ) -> "NearestSites":
        """For points in the rectangle from `low_m` to `high_m`, `count` sites each."""
        nodes = _halved(site_xy_m, count, low_m, high_m)
        members = [np.sort(np.asarray(sites, int)) for sites in nodes.lists]
        length = np.array([len(sites) for sites in members])
        return cls(
            count=count,
            depth=nodes.depth,
            longest=int(length.max()),
            site_xy_m=jnp.asarray(site_xy_m, float),
            axis=jnp.asarray(nodes.axis, int),
            cut=jnp.asarray(nodes.cut, float),
            child=jnp.asarray(nodes.child, int),
            first=jnp.asarray(np.cumsum(length) - length, int),
            length=jnp.asarray(length, int),
            members=jnp.asarray(np.concatenate(members), int),
        )

    def __call__(self, points_m: Float[Array, "points 2"]) -> Int[Array, "points count"]:
        """The `count` sites nearest to each point, nearest first, the lower number of equals.

        >>> nearest = NearestSites.within(np.array([[3.0, 4.0], [1.0, 0.0]]), 2, *np.eye(2))
        >>> nearest(jnp.zeros((1, 2)))
        Array([[1, 0]], dtype=int32)
        """
        size = max(BLOCK // self.longest, 1)
        if points_m.shape[0] <= size:
            return self._nearest(points_m)
        return jax.lax.map(
            lambda point_m: self._nearest(point_m[None])[0], points_m, batch_size=size
        )

    def _nearest(self, points_m: Float[Array, "points 2"]) -> Int[Array, "points count"]:
        node = self._cell(points_m)
        place = jnp.arange(self.longest)[None, :]
        listed = place < self.length[node][:, None]
        # Past the end of the last list, any member does: it is not listed.
        site = self.members[jnp.where(listed, self.first[node][:, None] + place, 0)]
        apart_m = self.site_xy_m[site] - points_m[:, None, :]
        squared = jnp.where(listed, jnp.sum(apart_m**2, axis=-1), jnp.inf)
        _, closest = jax.lax.top_k(-squared, self.count)
        return jnp.take_along_axis(site, closest, axis=1)

    def _cell(self, points_m: Float[Array, "points 2"]) -> Int[Array, " points"]:
        def descend(_: Any, node: Int[Array, " points"]) -> Int[Array, " points"]:
            along = jnp.take_along_axis(points_m, self.axis[node][:, None], axis=1)[:, 0]
            half = self.child[node] + (along >= self.cut[node])
            return jnp.where(self.child[node] > 0, half, node)

        start = jnp.zeros(points_m.shape[0], self.child.dtype)
        return jax.lax.fori_loop(0, self.depth, descend, start)


class _Nodes:
    """The tree while it grows, one level after another."""

    def __init__(self) -> None:
        self.axis: list[int] = []
        self.cut: list[float] = []
        self.child: list[int] = []
        self.lists: list[list[int]] = []
        self.depth = 0


def _halved(site_xy_m: np.ndarray, count: int, low_m: np.ndarray, high_m: np.ndarray) -> _Nodes:
    tree, nodes = cKDTree(site_xy_m), _Nodes()
    short, left = max(SHORT_LIST, 4 * count), LISTED_PER_SITE * len(site_xy_m)
    slack_m = 1e-3 + 1e-5 * float(np.max(np.abs([*site_xy_m, low_m, high_m])))
    low, high = low_m[None] - slack_m, high_m[None] + slack_m
    while len(low):
        centre, radius_m = _reach(tree, count, low, high)
        lists = tree.query_ball_point(centre, radius_m + slack_m)
        length = np.array([len(sites) for sites in lists])
        # Two halves list at most twice as many; sites at one place would be halved for ever.
        halve = (length > short) & (2 * int(length[length > short].sum()) <= left)
        left -= int(length[~halve].sum())
        start = len(nodes.axis) + len(low)
        axis = np.argmax(high - low, axis=1)
        each = np.arange(len(low))
        cut = (low[each, axis] + high[each, axis]) / 2
        nodes.axis += axis.tolist()
        nodes.cut += cut.tolist()
        nodes.child += np.where(halve, start + 2 * (np.cumsum(halve) - 1), 0).tolist()
        nodes.lists += [[] if split else sites for split, sites in zip(halve, lists, strict=True)]
        nodes.depth += bool(halve.any())
        low, high = _halves(low[halve], high[halve], axis[halve], cut[halve])
    return nodes


def _reach(
    tree: cKDTree, count: int, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Centre c and radius of the circle that holds all sites which can be among the nearest of a
    point p in the cell: with h half its diagonal and d the distance of the count-th nearest to c,
    that of p is within d + h of p, so within d + 2h of c."""
    centre = (low + high) / 2
    half_m = np.linalg.norm(high - low, axis=1) / 2
    distance_m, _ = tree.query(centre, k=[count])
    return centre, np.asarray(distance_m)[:, 0] + 2 * half_m


def _halves(
    low: np.ndarray, high: np.ndarray, axis: np.ndarray, cut: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Both halves of every cell, the lower one first."""
    each = np.arange(len(axis))
    lows, highs = np.repeat(low, 2, axis=0), np.repeat(high, 2, axis=0)
    highs[2 * each, axis] = cut
    lows[2 * each + 1, axis] = cut
    return lows, highs
