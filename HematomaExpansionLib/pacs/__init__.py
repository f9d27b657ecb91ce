"""Talking to a PACS: scans out of it, results back into it, and a service that does both."""
