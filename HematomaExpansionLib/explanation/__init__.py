"""Where in a scan a network's answer comes from."""
