# The agent describes annotations whose reading would run code or take all memory.
# %% start
from autograder.engine.student import student_values as v
from autograder.engine.wire.agent_protocol import ValueKind
from autograder.engine.wire.codec import Extension
texts = ["__import__('os').system('true')", "typing.__builtins__", "list[" * 200 + "]" * 200, "exit()",
    "builtins.exec", "typing.sys.modules", "(lambda: 0)()", "int" + " | int" * 100_000, "\0"]
v._find_annotations = lambda value: {f"p{i}": Extension(ValueKind.ANNOTATION, text) for i, text in enumerate(texts)}
# %% apply
def apply(f: int, values: list) -> list: return values
