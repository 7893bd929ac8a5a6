"""What sites, radios and servers can get wrong together."""

from collections.abc import Iterator

from edgewise.core.errors import unknown_name
from edgewise.scenarios.network.file.complaints import Complaint
from edgewise.scenarios.network.file.places import Places
from edgewise.scenarios.network.file.tables import NetworkFile, Radio


def site_complaints(file: NetworkFile) -> Iterator[Complaint]:
    listed = file.network.sites is not None
    if listed and file.site:
        yield Complaint(
            ("network", "sites"),
            "sites are given by [[site]] and by the file of [network] sites: keep one of them",
        )
    if not listed and not file.site:
        yield Complaint(
            ("network",), 'there are no sites: give [[site]] tables, or sites = "sites.csv"'
        )
    kinds = set()
    for i, site in enumerate(file.site):
        metres = (site.x_m is not None, site.y_m is not None)
        degrees = (site.latitude is not None, site.longitude is not None)
        if (metres, degrees) not in (
            ((True, True), (False, False)),
            ((False, False), (True, True)),
        ):
            yield Complaint(
                ("site", i),
                f"[[site]] '{site.name}' has no position: give it x_m and y_m, "
                "or latitude and longitude, and no more",
            )
        kinds.add(all(metres))
        if len(kinds) > 1:
            yield Complaint(
                ("site", i),
                f"[[site]] '{site.name}' is in other units than those before it: "
                "give all sites in metres, or all in degrees",
            )
            return


def server_complaints(file: NetworkFile, sites: Places) -> Iterator[Complaint]:
    for i, server in enumerate(file.server):
        if server.site not in (None, "*") and sites.number(server.site) is None:
            yield Complaint(
                ("server", i, "site"),
                f"[[server]] '{server.name}' stands at a site that does not exist: "
                f"{unknown_site(server.site, sites)}",
            )


def radio_complaints(file: NetworkFile, sites: Places) -> Iterator[Complaint]:
    names = [radio.name for radio in file.radio]
    owned = file.devices.radios
    for i, name in enumerate(owned or ()):
        if name not in names:
            yield Complaint(("devices", "radios", i), str(unknown_name("radio", name, names)))
    for i, radio in enumerate(file.radio):
        yield from _radio_sites(i, radio, sites)
        if owned is not None and radio.name not in owned:
            yield Complaint(
                ("radio", i),
                f"[[radio]] '{radio.name}' is in no device: add it to radios in [devices], "
                "or leave it out",
            )


def _radio_sites(i: int, radio: Radio, sites: Places) -> Iterator[Complaint]:
    if radio.sites == ():
        yield Complaint(
            ("radio", i, "sites"),
            f"[[radio]] '{radio.name}' is at no site: name one, or leave the radio out",
        )
    for j, name in enumerate(radio.sites or ()):
        if sites.number(name) is None:
            yield Complaint(
                ("radio", i, "sites", j),
                f"[[radio]] '{radio.name}' is at a site that does not exist: "
                f"{unknown_site(name, sites)}",
            )


def unknown_site(name: str, sites: Places) -> str:
    """The nearest names, and no list of a thousand."""
    text = str(unknown_name("site", name, sites.names))
    return text if len(sites.names) <= 12 else text.partition(" Valid:")[0]


def wire_complaints(file: NetworkFile, sites: Places) -> Iterator[Complaint]:
    """[backhaul] and [cloud], where tasks would need them."""
    placed = [server.name for server in file.server if server.site is not None]
    clouds = [server.name for server in file.server if server.site is None]
    if placed and len(sites.names) > 1 and file.backhaul is None:
        yield Complaint(
            (),
            f"there is no [backhaul], which leads from other sites to server '{placed[0]}': "
            "give its rate_bps and delay_s",
        )
    if clouds and file.cloud is None:
        yield Complaint(
            (),
            f"there is no [cloud], which leads to server '{clouds[0]}': give its rate_bps and "
            "delay_s, or the server a site",
        )
