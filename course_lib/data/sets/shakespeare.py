"""Tiny Shakespeare: 40,000 lines from Shakespeare's plays, 1.1 million characters.

A. Karpathy, "The unreasonable effectiveness of recurrent neural networks", 2015. The usual first
corpus for small language models: 65 different characters. The last tenth is held out, as in
nanoGPT.
"""

from __future__ import annotations

from course_lib.data.sources.corpus_set import CorpusSet
from course_lib.data.sources.keras_file import KerasFile

CORPUS = CorpusSet(
    name="shakespeare",
    page="https://github.com/karpathy/char-rnn",
    file=KerasFile(
        name="tinyshakespeare.txt",
        url="https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
        digest="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ),
    stand_in="python_help",
)
