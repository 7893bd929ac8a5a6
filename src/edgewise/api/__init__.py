"""What a Python program asks of edgewise: a comparison as a table, a finished run as a policy."""
