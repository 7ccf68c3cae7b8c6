"""The reports, written from the records of a run: one file for each form."""
