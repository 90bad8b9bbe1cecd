"""The serving benchmark: a million events, our server beside its peers, the same questions to each."""
