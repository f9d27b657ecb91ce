"""Published risk scores: declared in ``Resources/scores/*.yaml``, computed by one evaluator."""
