"""`python -m edgewise` is `edgewise`."""

from edgewise.cli.start import run

if __name__ == "__main__":
    run()
