import pytest

from course_lib.training import steps_per_execution


@pytest.mark.parametrize("steps", [1, 2, 7, 36, 100, 469, 5000])
@pytest.mark.parametrize("epochs", [1, 3, 20])
def test_executions_are_few_and_even_and_enough_for_a_schedule(steps, epochs):
    size = steps_per_execution(steps, epochs)
    assert 1 <= size <= min(50, steps)
    executions = -(-steps // size)
    assert executions * epochs >= min(20, steps * epochs)
    assert executions * size - steps < executions  # the last one is nearly as long as the others


def test_unknown_number_of_steps():
    assert steps_per_execution(None, 5) == 1
