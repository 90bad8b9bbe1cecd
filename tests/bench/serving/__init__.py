"""The serving benchmark: a million events, our server and its peers, the same queries to each."""
