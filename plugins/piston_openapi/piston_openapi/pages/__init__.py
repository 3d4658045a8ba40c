"""The pages for people: what an API serves, told and tried in a browser."""
