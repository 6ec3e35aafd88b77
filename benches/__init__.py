"""Measurements beside a floor or a peer, in one run. `make bench` runs all; docs/benchmarks.md holds the figures."""
