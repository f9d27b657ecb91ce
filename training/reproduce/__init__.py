"""The tables and figures of the four papers from any cohort, beside what the papers printed."""
