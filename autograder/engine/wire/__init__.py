"""What the engine's processes share: messages, frames, the codec, limits.

Runs in all of them, so it imports nothing else of this package.
"""
