"""Claims judged and figures drawn from results that are made up, one file a scenario."""
