"""Every page of the demo newsroom as readers and staff see it: `make pictures`."""
