"""Commands of the shell door that are more than a few lines, one a file, and what all commands share."""
