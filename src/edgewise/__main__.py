"""`python -m edgewise` is `edgewise`."""

from edgewise.cli.main import run

if __name__ == "__main__":
    run()
