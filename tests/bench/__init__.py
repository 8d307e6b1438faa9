"""The figures of the site, measured here and now: `python -m tests.bench` (`make bench`).

Speed is always a ratio to a reference measured in the same run: both take turns, five rounds
each, on the same server with the same settings. Figures are printed, never asserted.
"""
