"""The nine non-contrast CT markers of haematoma expansion, each with its evidence."""
