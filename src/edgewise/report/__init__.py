"""Results as plots, tables and one page."""
