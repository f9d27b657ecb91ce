"""The cohort of Lee 2024, Table 1, by category of the Glasgow coma scale."""

import numpy as np

COUNTS = {"mild": (310, 53), "moderate": (65, 28), "severe": (40, 29)}
"""Patients without and with expansion."""

CATEGORY = np.concatenate([np.repeat(name, sum(counts)) for name, counts in COUNTS.items()])
OUTCOME = np.concatenate([np.repeat([0, 1], counts) for counts in COUNTS.values()])
PROBABILITY = np.concatenate([np.full(sum(c), c[1] / sum(c)) for c in COUNTS.values()])
"""What a logit on the categories predicts, which is the share of each."""
