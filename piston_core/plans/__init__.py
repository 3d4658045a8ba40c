"""Field plans: what ``fields`` says, worked out once, so that rows are only looked up and written."""
