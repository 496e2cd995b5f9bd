"""pandas' frames, series, indexes and scalars as plain data, and back."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.python_values import check_type

_NULLABLE = re.compile(r"U?Int(?:8|16|32|64)|Float(?:32|64)|boolean|string|str")
_FREQUENCY = re.compile(r"-?[A-Za-z0-9:-]{1,24}")
_ZONE = re.compile(r"[A-Za-z0-9_+/:-]{1,40}")


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of a value of pandas; None for others."""
    import pandas as pd

    if isinstance(value, pd.DataFrame):
        columns = [_describe_column(value.iloc[:, i].array) for i in range(value.shape[1])]
        return "frame", [columns, _describe_index(value.index), _describe_index(value.columns)]
    if isinstance(value, pd.Series):
        return "series", [_describe_column(value.array), _describe_index(value.index), value.name]
    if isinstance(value, pd.Index):
        return "index", _describe_index(value)
    if value is pd.NaT or value is pd.NA:
        return "missing", "NaT" if value is pd.NaT else "NA"
    if isinstance(value, pd.Timestamp):
        zone = None if value.tz is None else str(value.tz)
        return "timestamp", [int(value.as_unit("ns").value), zone, value.unit]
    if isinstance(value, pd.Timedelta):
        return "timedelta", [int(value.as_unit("ns").value), value.unit]
    if isinstance(value, pd.Period):
        return "period", [int(value.ordinal), value.freqstr]
    if isinstance(value, pd.Interval):
        return "interval", [value.left, value.right, value.closed]
    if isinstance(value, pd.api.extensions.ExtensionArray):
        return "array", _describe_column(value)
    return None


def _describe_index(index: Any) -> list[Any]:
    import pandas as pd

    if isinstance(index, pd.MultiIndex):
        levels = [_describe_index(level) for level in index.levels]
        return ["multi", levels, [np.asarray(code) for code in index.codes], list(index.names)]
    if isinstance(index, pd.RangeIndex):
        return ["range", index.start, index.stop, index.step, index.name]
    frequency = getattr(index, "freqstr", None)
    return ["plain", _describe_column(index.array), index.name, frequency]


def _describe_column(values: Any) -> list[Any]:
    """The data of a column, by what pandas calls its dtype."""
    import pandas as pd

    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        categories = _describe_column(values.categories.array)
        return ["category", np.asarray(values.codes), categories, bool(values.ordered)]
    if isinstance(dtype, pd.PeriodDtype):
        return ["period", np.asarray(values.asi8), values.freqstr]
    if isinstance(dtype, pd.IntervalDtype):
        ends = [_describe_column(pd.Index(part).array) for part in (values.left, values.right)]
        return ["interval", *ends, values.closed]
    if isinstance(dtype, pd.DatetimeTZDtype):
        plain = np.asarray(values.tz_convert("UTC").tz_localize(None))
        return ["zoned", plain, str(dtype.tz)]
    if _NULLABLE.fullmatch(str(dtype)):
        return ["nullable", str(dtype), [None if v is pd.NA or v != v else v for v in values]]
    array = np.asarray(values)
    return ["objects", array.tolist()] if array.dtype.kind == "O" else ["numpy", array]


def rebuild(kind: str, data: Any) -> Any:
    """The value that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    import pandas as pd

    if kind == "frame":
        columns, index, names = data
        parts = {i: _rebuild_column(column) for i, column in enumerate(check_type(columns, list))}
        frame = pd.DataFrame(parts, index=_rebuild_index(index))
        frame.columns = _rebuild_index(names)
        return frame
    if kind == "series":
        return pd.Series(_rebuild_column(data[0]), index=_rebuild_index(data[1]), name=data[2])
    if kind == "index":
        return _rebuild_index(data)
    if kind == "array":
        return _rebuild_column(data)
    if kind == "missing":
        return {"NaT": pd.NaT, "NA": pd.NA}[data]
    if kind == "interval":
        return pd.Interval(*data)
    if kind == "period":
        return pd.Period(ordinal=check_type(data[0], int), freq=_check(_FREQUENCY, data[1]))
    count, *zone, unit = data
    if kind == "timedelta":
        return pd.Timedelta(check_type(count, int), "ns").as_unit(unit)
    made = pd.Timestamp(check_type(count, int), unit="ns").as_unit(unit)
    return made if zone[0] is None else made.tz_localize("UTC").tz_convert(_check(_ZONE, zone[0]))


def _rebuild_index(data: Any) -> Any:
    import pandas as pd

    form, *parts = check_type(data, list)
    if form == "range":
        return pd.RangeIndex(*(check_type(part, int) for part in parts[:3]), name=parts[3])
    if form == "multi":
        levels, codes, names = parts
        made = [_rebuild_index(level) for level in levels]
        return pd.MultiIndex(made, codes, names=names, verify_integrity=True)
    if form != "plain":
        raise CodecError("an index of an unknown form")
    column, name, frequency = parts
    index = pd.Index(_rebuild_column(column), name=name)
    if frequency is not None and hasattr(index, "freq") and index.freq is None:
        # It raises where the dates are not so far apart.
        index.freq = _check(_FREQUENCY, frequency)
    return index


def _rebuild_column(data: Any) -> Any:
    import pandas as pd

    form, *parts = check_type(data, list)
    if form == "numpy":
        return check_type(parts[0], np.ndarray)
    if form == "objects":
        array = np.empty(len(check_type(parts[0], list)), object)
        for place, item in enumerate(parts[0]):
            array[place] = item
        return array
    if form == "nullable":
        return pd.array(check_type(parts[1], list), dtype=_check(_NULLABLE, parts[0]))
    if form == "category":
        codes, categories, ordered = parts
        made = pd.Index(_rebuild_column(categories))
        return pd.Categorical.from_codes(check_type(codes, np.ndarray), made, ordered is True)
    if form == "period":
        dtype = pd.PeriodDtype(_check(_FREQUENCY, parts[1]))
        return pd.arrays.PeriodArray(check_type(parts[0], np.ndarray), dtype=dtype)
    if form == "interval":
        ends = [_rebuild_column(part) for part in parts[:2]]
        return pd.arrays.IntervalArray.from_arrays(*ends, closed=parts[2])
    if form == "zoned":
        plain = pd.DatetimeIndex(check_type(parts[0], np.ndarray))
        return plain.tz_localize("UTC").tz_convert(_check(_ZONE, parts[1])).array
    raise CodecError("a column of an unknown form")


def _check(form: re.Pattern[str], text: Any) -> str:
    if not form.fullmatch(check_type(text, str)):
        raise CodecError(f"{text[:40]!r} is not allowed here")
    return str(text)
