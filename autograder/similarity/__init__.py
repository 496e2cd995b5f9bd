"""`autograder similar`: pairs of submissions that share code beyond the release."""
