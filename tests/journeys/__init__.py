"""Whole ways through the newsroom, in a browser, with every process running."""
