"""CycleGAN: what a training step changes, and what each weight of the loss does."""

from __future__ import annotations

import numpy as np
import pytest
from keras import ops

from course_lib.models import cyclegan

NETWORKS = ("to_a", "to_b", "critic_a", "critic_b")
RNG = np.random.default_rng(0)
A, B = RNG.uniform(-1, 1, (2, 4, 8, 8, 1)).astype("float32")


def test_a_step_updates_all_four_networks():
    model = cyclegan((8, 8, 1), filters=2, critic_filters=2)
    model.compile()
    before = {name: getattr(model, name).get_weights() for name in NETWORKS}
    model.train_step((A, B))
    for name in NETWORKS:
        after = getattr(model, name).get_weights()
        assert any(not np.array_equal(x, y) for x, y in zip(before[name], after, strict=True))


@pytest.mark.parametrize(("cycle", "identity"), [(0, 0), (3, 0), (0, 2), (3, 2)])
def test_the_loss_is_the_sum_of_its_weighted_terms(cycle, identity):
    model = cyclegan((8, 8, 1), filters=2, critic_filters=2)
    model.compile(rate=0.0, critic_rate=0.0, cycle=cycle, identity=identity)
    new_a, new_b = model.to_a(B), model.to_b(A)

    def away(images, others):
        return np.abs(ops.convert_to_numpy(images) - others).mean()

    wanted = sum(
        ((ops.convert_to_numpy(critic(new)) - 1) ** 2).mean()
        for critic, new in ((model.critic_a, new_a), (model.critic_b, new_b))
    )
    wanted += cycle * (away(model.to_a(new_b), A) + away(model.to_b(new_a), B))
    wanted += identity * (away(model.to_a(A), A) + away(model.to_b(B), B))
    logs = model.train_step((A, B))
    assert float(logs["translator_loss"]) == pytest.approx(wanted, rel=1e-4)


def test_impossible_sizes_are_explained():
    with pytest.raises(ValueError, match="filters"):
        cyclegan(filters=0)
