"""What makes one training run another: a checkpoint is gone on from only by the run that wrote it."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from HematomaExpansionLib.prediction.patient import Patient


def identity(settings: Mapping[str, Any], *groups: Sequence[Patient]) -> str:
    """SHA-256 for :attr:`.task.Plan.data`.

    Args:
        settings: of network, input and optimiser, all that the weights depend on and the plan does not hold;
            JSON-able.
        groups: who is learnt from and who is watched, each group in its order.
    """
    named = [[[one.name, one.expansion] for one in group] for group in groups]
    return sha256(json.dumps([dict(settings), named], sort_keys=True).encode()).hexdigest()
