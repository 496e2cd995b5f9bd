"""`autograder export`: the marks, as an LMS takes them back."""
