"""Token embeddings plus positions, the first layer of a Transformer."""

from __future__ import annotations

from typing import Any

import keras

from course_lib.blocks.sinusoidal_encoding import sinusoidal_encoding

LONGEST = 512  # positions, unless the model needs more


@keras.saving.register_keras_serializable(package="course_lib")
class TokenEmbedding(keras.layers.Layer):
    """Embeds tokens, scales by the root of the width, and adds their positions.

    Vaswani et al. 2017, §3.4 and §3.5. Embeddings start with a standard deviation of
    `width ** -0.5`, so that they are as large as the positions after the scaling.

    Args:
        size: Number of different tokens.
        width: Numbers for each token, even.
        positions: Whether positions are added. Without them the order of the tokens is lost.
        longest: The largest number of tokens in a sequence.
        **settings: As for every Keras layer.

    Example:
        >>> tuple(TokenEmbedding(20, 8)(keras.ops.zeros((3, 5), "int32")).shape)
        (3, 5, 8)
    """

    def __init__(
        self,
        size: int,
        width: int,
        positions: bool = True,
        longest: int = LONGEST,
        **settings: Any,
    ) -> None:
        super().__init__(**settings)
        self.size, self.width, self.positions, self.longest = size, width, positions, longest
        self.embedding = keras.layers.Embedding(
            size, width, embeddings_initializer=keras.initializers.RandomNormal(stddev=width**-0.5)
        )
        self._table = sinusoidal_encoding(longest, width)

    def build(self, input_shape: Any) -> None:
        """Create the table of embeddings."""
        self.embedding.build(input_shape)
        self.built = True

    def call(self, tokens: Any) -> Any:
        """Map tokens `(batch, n)` to vectors `(batch, n, width)`."""
        x = self.embedding(tokens) * self.width**0.5
        if not self.positions:
            return x
        table = keras.ops.convert_to_tensor(self._table, dtype=x.dtype)
        return x + table[: keras.ops.shape(tokens)[1]]

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """Add the width to the shape of the tokens."""
        return (*input_shape, self.width)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {name: getattr(self, name) for name in ("size", "width", "positions", "longest")}
        return {**super().get_config(), **own}
