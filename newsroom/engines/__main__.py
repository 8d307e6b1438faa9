"""`python -m newsroom.engines start|stop|status [--state-dir DIR]`."""

import argparse
import sys
from pathlib import Path

from newsroom.engines import EnginesError, attach, start, state_folder, stop


def main() -> int:
    """Do what the command line asks; 1 with a sentence when it cannot, or when nothing runs."""
    parser = argparse.ArgumentParser(prog="python -m newsroom.engines")
    parser.add_argument("action", choices=["start", "stop", "status"])
    parser.add_argument("--state-dir", type=Path, default=None)
    asked = parser.parse_args()
    folder = state_folder(asked.state_dir)
    try:
        if asked.action == "start":
            start(folder)
        elif asked.action == "stop":
            stop(folder)
            print(f"Nothing runs at {folder}.")
            return 0
        engines = attach(folder)
    except EnginesError as problem:
        print(problem, file=sys.stderr)
        return 1
    if engines is None:
        print(f"Nothing runs at {folder}.")
        return 1
    print(f"DATABASE_URL={engines.database_url}\nREDIS_URL={engines.redis_url}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
