"""Results of SciPy, SymPy expressions, networkx graphs and Pillow's images as plain data."""

from __future__ import annotations

import sys
from typing import Any

from autograder.engine.wire.codec import CodecError
from autograder.engine.wire.python_values import check_type

_RESULTS = {
    "Bunch": ("sklearn.utils", "Bunch"),
    "OptimizeResult": ("scipy.optimize", "OptimizeResult"),
    "RootResults": ("scipy.optimize", "OptimizeResult"),
}
_GRAPHS = frozenset(("Graph", "DiGraph", "MultiGraph", "MultiDiGraph"))
_VIEWS = {
    **{f"{form}EdgeView": "edges" for form in ("", "Out", "Multi", "OutMulti")},
    **{f"{form}DegreeView": "degree" for form in ("", "Di", "Multi", "DiMulti")},
}
_MODES = frozenset(("1", "L", "LA", "RGB", "RGBA", "CMYK", "HSV", "YCbCr", "LAB", "F", "I", "I;16"))
_ATOM_NAMES = (
    "Pi Exp1 ImaginaryUnit Infinity NegativeInfinity ComplexInfinity NaN EulerGamma GoldenRatio "
    "EmptySet Reals Integers Naturals Rationals Complexes BooleanTrue BooleanFalse"
)
_ATOMS = frozenset(_ATOM_NAMES.split())
_NODE_NAMES = """Add Mul Pow Equality Unequality StrictLessThan LessThan StrictGreaterThan
    GreaterThan Tuple exp log sin cos tan cot sec csc asin acos atan acot atan2 sinh cosh tanh coth
    asinh acosh atanh Abs sign floor ceiling sqrt factorial binomial gamma erf re im conjugate
    arg Max Min Heaviside DiracDelta Derivative Integral Sum Product Limit Piecewise
    ExprCondPair And Or Not Xor FiniteSet Interval Union Intersection Complement Subs Order"""
_NODES = frozenset(_NODE_NAMES.split())
ROOTS = frozenset(("scipy", "sklearn", "sympy", "networkx", "PIL"))


def describe(value: Any) -> tuple[str, Any] | None:
    """The kind and the data of a value of one of these libraries; None for others."""
    name = type(value).__name__
    if isinstance(value, dict) and (result := _find_result(type(value))):
        return "result", [result, dict(value)]
    root = type(value).__module__.partition(".")[0]
    if root == "scipy" and name.startswith("rv_") and name.endswith("_frozen"):
        return "distribution", [value.dist.name, list(value.args), dict(value.kwds)]
    if root == "networkx" and name == "NodeView":
        return "view", ["nodes", ("graph", ["Graph", {}, list(map(list, value.data())), []])]
    if root == "networkx" and name in _VIEWS:
        return "view", [_VIEWS[name], describe(value._graph)]
    if root == "networkx" and name in _GRAPHS:
        edges = value.edges(keys=True, data=True) if value.is_multigraph() else value.edges.data()
        nodes = [[node, dict(about)] for node, about in value.nodes.data()]
        return "graph", [name, dict(value.graph), nodes, [list(edge) for edge in edges]]
    if root == "PIL":
        image = sys.modules["PIL.Image"]
        if isinstance(value, image.Image):
            value = value.convert("RGBA") if value.mode not in _MODES else value
            return "image", [value.mode, list(value.size), value.tobytes()]
    if root == "sympy":
        tree = _describe_expression(value)
        return None if tree is None else ("expression", tree)
    return None


def _find_result(kind: type) -> str | None:
    """The name of the results' class that a class is, or derives from."""
    return next((base.__name__ for base in kind.__mro__ if base.__name__ in _RESULTS), None)


def rebuild(kind: str, data: Any) -> Any:
    """The value that `describe` described.

    Raises:
        CodecError: the data are not of this kind; other exceptions mean the same.
    """
    if kind == "result":
        return _rebuild_result(*data)
    if kind == "view" and data[0] in ("nodes", *_VIEWS.values()):
        return getattr(_rebuild_graph(*data[1][1]), data[0])
    if kind == "distribution":
        return _rebuild_distribution(*data)
    if kind == "graph":
        return _rebuild_graph(*data)
    if kind == "image":
        from PIL import Image

        mode, size, content = data
        if mode not in _MODES:
            raise CodecError("an image of an unknown mode")
        shape = tuple(check_type(side, int) for side in size)
        return Image.frombytes(mode, shape, check_type(content, bytes))
    if kind != "expression":
        raise CodecError("an unknown kind")
    return _rebuild_expression(data)


def _rebuild_result(name: Any, items: Any) -> Any:
    import importlib

    module, class_name = _RESULTS[name]
    return getattr(importlib.import_module(module), class_name)(**check_type(items, dict))


def _rebuild_distribution(name: Any, args: Any, kwds: Any) -> Any:
    from scipy import stats

    found = vars(stats).get(check_type(name, str))
    if not isinstance(found, (stats.rv_continuous, stats.rv_discrete)):
        raise CodecError("an unknown distribution")
    return found(*check_type(args, list), **check_type(kwds, dict))


def _rebuild_graph(name: Any, about: Any, nodes: Any, edges: Any) -> Any:
    import networkx

    if name not in _GRAPHS:
        raise CodecError("an unknown kind of graph")
    graph = getattr(networkx, name)(**check_type(about, dict))
    graph.add_nodes_from((node, check_type(given, dict)) for node, given in nodes)
    graph.add_edges_from(tuple(edge) for edge in edges)
    return graph


def _describe_expression(value: Any) -> list[Any] | None:
    import sympy

    name = type(value).__name__
    if isinstance(value, sympy.MatrixBase):
        items = [_describe_expression(item) for item in value]
        return None if None in items else ["Matrix", *value.shape, items]
    if type(value) is sympy.Symbol:
        return ["Symbol", value.name, {k: v for k, v in value._assumptions_orig.items()}]
    if isinstance(value, sympy.Integer):
        return ["Integer", int(value)]
    if isinstance(value, sympy.Rational):
        return ["Rational", int(value.p), int(value.q)]
    if isinstance(value, sympy.Float):
        return ["Float", str(value), int(value._prec)]
    if name in _ATOMS:
        return ["Atom", name]
    is_undefined = isinstance(type(value), sympy.core.function.UndefinedFunction)
    if not is_undefined and name not in _NODES:
        return None
    parts = [_describe_expression(part) for part in value.args]
    if None in parts:
        return None
    return ["Function" if is_undefined else "Node", name, parts]


def _rebuild_expression(data: Any) -> Any:
    import sympy

    form, *parts = check_type(data, list)
    if form == "Symbol":
        facts = {check_type(k, str): check_type(v, bool) for k, v in parts[1].items()}
        return sympy.Symbol(check_type(parts[0], str), **facts)
    if form in ("Integer", "Rational"):
        return getattr(sympy, form)(*(check_type(part, int) for part in parts))
    if form == "Float":
        return sympy.Float(float(check_type(parts[0], str)), precision=check_type(parts[1], int))
    if form == "Matrix":
        rows, columns, items = parts
        return sympy.Matrix(rows, columns, [_rebuild_expression(item) for item in items])
    name = check_type(parts[0], str)
    if form == "Atom" and name in _ATOMS:
        found = getattr(sympy.core.numbers, name, None) or getattr(sympy.sets.fancysets, name, None)
        found = found or getattr(sympy.logic.boolalg, name, None) or getattr(sympy, name)
        return found() if isinstance(found, type) else found
    inner = [_rebuild_expression(part) for part in check_type(parts[1], list)]
    if form == "Function":
        return sympy.Function(name)(*inner)
    if form != "Node" or name not in _NODES:
        raise CodecError("an expression of an unknown part")
    known = getattr(sympy, name, None) or sympy.functions.elementary.piecewise.ExprCondPair
    return known(*inner)
