"""What each step of a request costs, and what the peers need for the same."""
