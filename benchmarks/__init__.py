"""Piston beside its peers: the same work, the same answers, measured in turn in one process."""
