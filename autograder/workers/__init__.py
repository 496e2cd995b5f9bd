"""Who does the grading: threads of this process, or the workers of a cluster."""
