"""The network, played slot by slot: recorded once, packed into the page."""
