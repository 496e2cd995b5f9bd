"""The trusted side: it drives the student's kernel, judges by value, and runs the test cells."""
