"""Commands that are more than a few lines, one file each: what each takes, and what it prints."""
