"""What counts: one module for each store, which is imported when it is used."""
