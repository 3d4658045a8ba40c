"""What is served, said as data: for OpenAPI, for pages of documentation, for whatever a project makes of it."""
