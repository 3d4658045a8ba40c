"""The command of the quotas."""
