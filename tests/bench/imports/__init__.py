"""How fast imports are, what memory they take, and whether a killed one can be finished."""
