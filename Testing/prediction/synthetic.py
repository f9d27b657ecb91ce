"""Patients made for tests, without images."""

import numpy as np

from HematomaExpansionLib.prediction.patient import Patient


def patients(count: int, seed: int = 0, features: bool = False) -> list[Patient]:
    """Patients whose outcome hangs on volume, IVH, GCS and, where there are features, on the first two."""
    rng = np.random.default_rng(seed)
    made = []
    for number in range(count):
        ich, ivh = float(rng.uniform(2, 60)), bool(rng.random() < 0.4)
        gcs, hypodensity = int(rng.integers(3, 16)), bool(rng.random() < 0.5)
        signal = rng.normal(size=12)
        logit = (
            0.05 * (ich - 30)
            + 1.2 * (ivh - 0.4)
            - 0.15 * (gcs - 9)
            + 0.8 * features * (signal[0] + signal[1])
        )
        known = {
            f"{name}:original_f{n}": float(signal[n]) for name in ("ning2025", "lu2024") for n in range(12)
        }
        values = {
            "age_years": float(rng.integers(30, 95)),
            "gcs": gcs,
            "fibrinogen_mg_dl": float(rng.uniform(150, 500)),
            "onset_to_ct_h": float(rng.uniform(0.5, 7.5)),
            "ich_ml": ich,
            "ivh": ivh,
            "hypodensity": hypodensity,
            "blend": bool(rng.random() < 0.2),
            "previous_ich": bool(rng.random() < 0.1),
            "warfarin": bool(rng.random() < 0.1),
        }
        made.append(
            Patient(
                name=f"p{number}",
                values=values,
                expansion=bool(rng.random() < 1 / (1 + np.exp(-logit))),
                radiomics=known if features else {},
            )
        )
    return made
