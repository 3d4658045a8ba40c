"""Commands of the app ``piston``."""
