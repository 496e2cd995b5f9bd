from datetime import date

import pytest

from course_lib.data.sets.dates import DATASET, LANGUAGES, LONGEST, write_date


def test_every_form_fits_and_tells_the_date_apart():
    days = [date(2027, month, day) for month in range(1, 13) for day in (1, 2, 3, 11, 22, 28)]
    for language, (_, _, forms) in LANGUAGES.items():
        for form in range(len(forms)):
            written = [write_date(day, language, form) for day in days]
            assert len(set(written)) == len(days), (language, form)
            assert max(map(len, written)) <= LONGEST


@pytest.mark.parametrize(
    ("number", "ordinal"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (21, "21st")]
)
def test_ordinal_numbers(number, ordinal):
    assert write_date(date(2027, 5, number), "English", 2) == f"{ordinal} of May 2027"


def test_a_day_of_the_test_set_is_in_no_training_set():
    (_, y_train), _ = DATASET.stand_in(2000, 1, seed=1)
    _, (_, y_test) = DATASET.stand_in(1, 400, seed=2)
    assert not set(y_train) & set(y_test)
