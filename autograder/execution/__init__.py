"""The student side: warm kernels in a sandbox, and what they may use."""
