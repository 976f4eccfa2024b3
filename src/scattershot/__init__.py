"""Scattershot: a node of a distributed Twitter that no one owns."""

__version__ = "0.1.0"
