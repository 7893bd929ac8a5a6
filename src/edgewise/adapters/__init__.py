"""From the world outside: measured sites, traces."""
