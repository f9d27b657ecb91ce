"""Measure blood in a scan, and its change between two scans."""
