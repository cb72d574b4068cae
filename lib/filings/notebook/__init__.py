"""Run notebooks: what an output carries, one notebook's execution, all of them in order."""
