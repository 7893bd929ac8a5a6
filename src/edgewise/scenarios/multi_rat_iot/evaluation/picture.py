"""Figure 6 as a picture: which channel carries whom, who stays local, where users collide."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import FancyBboxPatch, Patch

from edgewise.study.claims import Rows

NUM_LORA = 10
LORA, WIFI, LOCAL, COLLISION, EMPTY = "#56B4E9", "#009E73", "#BDBDBD", "#D55E00", "#FFFFFF"
COLUMNS = 13
MARKED = 0.05
"""A channel is marked where users met in more than this share of the slots."""


def counts(place_share: np.ndarray) -> np.ndarray:
    """Mean numbers of users on LoRa, on WiFi and local, `[seeds, 3]`."""
    users = place_share.sum(axis=1)
    return np.stack(
        [users[:, :NUM_LORA].sum(1), users[:, NUM_LORA:-1].sum(1), users[:, -1]], axis=1
    )


def draw_places(
    canvas: Canvas, place_share: np.ndarray, collision_share: np.ndarray, paper: np.ndarray
) -> Rows:
    """`place_share` `[seeds, users, channels + 1]`, `collision_share` `[seeds, channels]`, `paper`
    as `counts` `[3]`. Above, the first seed, each user where it spent most slots; below, all seeds
    beside the paper."""
    canvas.set_size_inches(8.0, 5.6)
    above, below = canvas.subplots(2, 1, height_ratios=(3.2, 1.6))
    _draw_channels(above, place_share[0], collision_share[0])
    _draw_counts(below, paper, counts(place_share), collision_share.sum(axis=1))
    return _rows(place_share, collision_share)


def _draw_channels(axes: Axes, place_share: np.ndarray, collision_share: np.ndarray) -> None:
    num_channels = len(collision_share)
    home = place_share.argmax(axis=1)
    for channel in range(num_channels):
        wifi = channel >= NUM_LORA
        x, y = (channel - NUM_LORA, 1.3) if wifi else (channel, 2.6)
        users = np.flatnonzero(home == channel)
        meets = collision_share[channel] > MARKED
        colour = COLLISION if meets else (WIFI if wifi else LORA) if len(users) else EMPTY
        note = f"{100 * collision_share[channel]:.0f}%" if meets else ""
        number = str(channel + 1 - NUM_LORA * wifi)
        _box(axes, x, y, colour, _names(users, place_share[:, channel]) or "–", number, note)
    local = np.flatnonzero(home == num_channels)
    for i, user in enumerate(local):
        row, column = divmod(i, COLUMNS)
        text = _names(np.array([user]), place_share[:, -1])
        _box(axes, column, -0.1 - 0.9 * row, LOCAL, text, "", "")
    for y, name in ((2.6, "LoRa"), (1.3, "WiFi"), (-0.1, "local")):
        axes.text(-0.3, y + 0.4, name, ha="right", va="center", fontweight="bold")
    lora, wifi, alone = counts(place_share[None])[0]
    axes.set_title(
        f"First seed: mean {lora:.1f} users on LoRa, {wifi:.1f} on WiFi, {alone:.1f} local, "
        f"{collision_share.sum():.1f} channels shared. %: of slots"
    )
    rows = max(1, -(-len(local) // COLUMNS))
    axes.set(xlim=(-1.1, COLUMNS), ylim=(-0.2 - 0.9 * (rows - 1), 3.75))
    axes.set_axis_off()


def _box(axes: Axes, x: float, y: float, colour: str, text: str, above: str, note: str) -> None:
    style = "round,pad=0,rounding_size=0.1"
    axes.add_patch(
        FancyBboxPatch((x + 0.05, y), 0.9, 0.78, style, facecolor=colour, edgecolor="#555555")
    )
    axes.text(x + 0.5, y + 0.39, text, ha="center", va="center", fontsize=7)
    axes.text(x + 0.5, y + 0.84, above, ha="center", va="bottom", fontsize=7, color="#555555")
    axes.text(x + 0.5, y - 0.03, note, ha="center", va="top", fontsize=6.5, color=COLLISION)


def _draw_counts(axes: Axes, paper: np.ndarray, found: np.ndarray, shared: np.ndarray) -> None:
    """A stacked bar a seed, and the paper's; above it the mean number of channels shared."""
    bars = np.vstack([paper, found])
    places = np.array([0.0, *(1.5 + i for i in range(len(found)))])
    bottom = np.zeros(len(bars))
    for column, colour in enumerate((LORA, WIFI, LOCAL)):
        axes.bar(places, bars[:, column], bottom=bottom, color=colour, width=0.8)
        bottom += bars[:, column]
    for place, row in zip(places, bars, strict=True):
        axes.text(place, row[0] / 2, f"{row[0]:.0f}", ha="center", va="center", fontsize=7)
        middle = row[0] + row[1] / 2
        axes.text(place, middle, f"{row[1]:.0f}", ha="center", va="center", fontsize=7)
    for place, mean in zip(places, [0.0, *shared], strict=True):
        text = f"{mean:.1f}" if mean > MARKED else "0"
        axes.text(place, 30.5, text, ha="center", fontsize=7, color=COLLISION)
    axes.set_xticks(places, ["paper", *(str(i + 1) for i in range(len(found)))], fontsize=7)
    axes.grid(axis="x", visible=False)
    axes.set(ylabel="users", xlabel="seed")
    names = {"LoRa": LORA, "WiFi": WIFI, "local": LOCAL, "channels\nshared": COLLISION}
    axes.legend(
        handles=[Patch(color=colour, label=name) for name, colour in names.items()],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.05),
    )


def _names(users: np.ndarray, share: np.ndarray) -> str:
    """The users, each with its share of slots here unless it hardly leaves."""
    settled = 1 - MARKED
    return "\n".join(
        f"u{user + 1}" if share[user] > settled else f"u{user + 1}\n{100 * share[user]:.0f}%"
        for user in users
    )


def _rows(place_share: np.ndarray, collision_share: np.ndarray) -> Rows:
    """For each seed and channel (and local): the users that spent most of their slots there."""
    rows = []
    num_channels = collision_share.shape[1]
    for seed in range(len(place_share)):
        home = place_share[seed].argmax(axis=1)
        for channel in range(num_channels + 1):
            local = channel == num_channels
            rows.append(
                {
                    "seed": seed + 1,
                    "rat": "local" if local else "LoRa" if channel < NUM_LORA else "WiFi",
                    "channel": None if local else channel + 1,
                    "users": " ".join(str(user + 1) for user in np.flatnonzero(home == channel)),
                    "collision_share": None if local else collision_share[seed, channel],
                }
            )
    return rows
