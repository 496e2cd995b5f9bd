"""From one text source to every form of a lab's notebook, and the proof that they are right."""
