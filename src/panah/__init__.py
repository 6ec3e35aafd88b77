"""Panah: raise in public, help in private, prove the books."""

__version__ = "0.1.0"
