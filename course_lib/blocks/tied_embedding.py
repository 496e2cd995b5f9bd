"""An embedding that is also the output layer."""

from __future__ import annotations

from typing import Any

import keras


@keras.saving.register_keras_serializable(package="course_lib")
class TiedEmbedding(keras.layers.Layer):
    """Embeds tokens and, with `reverse=True`, maps vectors to logits with the same table.

    The logit of a token is the product of a vector with the embedding of that token (Press & Wolf
    2017, "Using the output embedding to improve language models"). Newer versions of Keras have
    `keras.layers.ReversibleEmbedding`, which does the same.

    Args:
        size: Number of different tokens.
        width: Numbers for each token.
        **settings: As for every Keras layer.

    Example:
        >>> layer = TiedEmbedding(20, 8)
        >>> x = layer(keras.ops.zeros((3, 5), "int32"))
        >>> tuple(x.shape), tuple(layer(x, reverse=True).shape), layer.count_params()
        ((3, 5, 8), (3, 5, 20), 160)
    """

    def __init__(self, size: int, width: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.size, self.width = size, width
        # With GPT-2's 0.02, what the first blocks add would drown the tokens in a narrow model.
        normal = keras.initializers.RandomNormal(stddev=width**-0.5)
        self.embedding = keras.layers.Embedding(size, width, embeddings_initializer=normal)

    def build(self, input_shape: Any) -> None:
        """Create the table of embeddings."""
        self.embedding.build(input_shape)
        self.built = True

    def call(self, inputs: Any, reverse: bool = False) -> Any:
        """Map tokens `(batch, n)` to vectors `(batch, n, width)`, or vectors to logits."""
        if not reverse:
            return self.embedding(inputs)
        table = keras.ops.cast(self.embedding.embeddings, inputs.dtype)
        return keras.ops.matmul(inputs, keras.ops.transpose(table))

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "size": self.size, "width": self.width}
