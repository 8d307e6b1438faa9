#!/usr/bin/env python
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.management import execute_from_command_line

    from newsroom.engines import EnginesError

    try:
        execute_from_command_line(sys.argv)
    except EnginesError as problem:
        sys.exit(str(problem))
