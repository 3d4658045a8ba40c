"""The command line of Piston."""
