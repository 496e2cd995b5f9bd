import numpy as np

from course_lib.models import mlp
from course_lib.training import fit


def test_training_is_one_line_on_standard_output(capsys):
    fit(mlp((4,), 3, (2,)), np.zeros((30, 2)), np.zeros(30), epochs=3, validation_split=0.2)
    out, err = capsys.readouterr()
    assert out.count("\n") == 1
    last = out.rstrip().split("\r")[-1]
    assert last.startswith("epoch 3/3 ━━━━━━━━━━━━━━━━━━━━ ")
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert f"  {name} " in last
    assert err == ""


def test_verbose_false_prints_nothing(capsys):
    fit(mlp((4,), 3, (2,)), np.zeros((30, 2)), np.zeros(30), epochs=1, verbose=False)
    assert capsys.readouterr().out == ""
