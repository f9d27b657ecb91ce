"""Many patients: the table, the workers, resuming, and what the cohort says as a whole."""
