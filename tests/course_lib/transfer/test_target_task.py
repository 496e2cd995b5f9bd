import numpy as np
import pytest

from course_lib.transfer import target_task


@pytest.mark.parametrize("name", ["objects", "digits"])
def test_tasks_have_the_same_form(name):
    (x, y), (x_test, y_test) = target_task(name, 30, 20, seed=1)
    assert x.shape == (30, 32, 32, 3)
    assert x.dtype == "uint8"
    assert y.shape == (30,)
    assert y_test.shape == (20,)
    assert not np.array_equal(x[:20], target_task(name, 30, 20, seed=2)[0][0][:20])


def test_unknown_task_is_rejected():
    with pytest.raises(ValueError, match='"objects" or "digits"'):
        target_task("letters", 1, 1)
