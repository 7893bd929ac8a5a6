"""Words into calls: one file a command, errors into exit codes."""
