"""The cells of a case: which questions are asked on which inputs, and how a library is asked.

A variant is one set of inputs: the base (first shapes, first dtype), further shapes, dtypes and kinds of
scalar, or a point of a convention. A cell is one aspect of one variant for one choice of arguments. To add an
aspect, name it in `cases.ASPECTS`, say in `_questions_for` where it is asked, in `QUESTIONS` how a library
answers it, and in `truth.Derivation.answer` how the referee does.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import permutations
from typing import Any

import numpy as np

from graddiff.arrays import Function, Shape, is_finite
from graddiff.cases import BEHAVIOURS, Case, CaseError
from graddiff.domains import COMPLEX, REAL, Domain, generator
from graddiff.libraries import Library, constant
from graddiff.numbers import rounded
from graddiff.special_points import special_inputs

SECOND_ORDER = ("rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd")
OF_THEIR_OWN = ("empty", "raises")  # inputs on which a library may behave in another way than on the base


@dataclass(frozen=True)
class Surroundings:
    """What goes with some inputs: the value of the function under plain NumPy, a cotangent, two sets of tangents.

    Where plain NumPy raises, the error stands for the value.
    """

    value: Any
    weight: Any = None
    tangents: tuple[Any, ...] = ()
    seconds: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class Variant:
    """One set of inputs of a case. What goes with it is computed when it is first asked for: a run may need few."""

    label: str
    kind: str
    inputs: tuple[Any, ...]
    surround: Callable[[], Surroundings]

    @cached_property
    def surroundings(self) -> Surroundings:
        """What goes with the inputs; a `CaseError` where the function does not take them."""
        return self.surround()

    @property
    def value(self) -> Any:
        """The value under plain NumPy, or the error that it raises."""
        return self.surroundings.value

    @property
    def weight(self) -> Any:
        """The cotangent, like the value."""
        return self.surroundings.weight

    @property
    def tangents(self) -> tuple[Any, ...]:
        """A tangent for each input."""
        return self.surroundings.tangents

    @property
    def seconds(self) -> tuple[Any, ...]:
        """A tangent for each input, for the second order."""
        return self.surroundings.seconds

    @property
    def is_empty(self) -> bool:
        """Say whether no input has any element."""
        return all(np.size(x) == 0 for x in self.inputs)


@dataclass(frozen=True, eq=False)
class Cell:
    """One question about one variant: the aspect, the order, and the arguments that are differentiated.

    A mixed second derivative has one argument in `argnums`, and another one `along` whose tangent it is taken first.
    """

    case: Case
    aspect: str
    argnums: tuple[int, ...]
    names: tuple[str, ...]
    order: int
    variant: Variant
    along: int | None = None

    @property
    def argument(self) -> str:
        """The names of the differentiated arguments: "x" or "x+y"; "y,x" for the derivative by x of that by y."""
        if self.along is not None:
            return f"{self.names[self.along]},{self.names[self.argnums[0]]}"
        return "+".join(self.names[i] for i in self.argnums)

    @property
    def word(self) -> str:
        """The aspect as it is shown; off the base inputs it is named after the variant."""
        aspect = f"order {self.order}" if self.aspect == "order" else self.aspect
        return aspect if self.variant.kind in ("base", aspect) else f"{self.variant.kind} {aspect}"

    @property
    def expectable(self) -> str:
        """The word under which `expect` of the case speaks of this cell."""
        return self.variant.kind if self.variant.kind in OF_THEIR_OWN else self.aspect

    @property
    def id(self) -> str:
        """The id of the cell within its case, as pytest shows it: "vjp-x-(3,)"."""
        aspect = f"order{self.order}" if self.aspect == "order" else self.aspect
        return f"{aspect}-{self.argument}-{self.variant.label}".replace(" ", "")

    def part_name(self, part: int) -> str:
        """Return the name of a part of the answer: the argument it belongs to, or "result"."""
        by_argument = self.aspect not in ("value", "jvp", "fwd-over-fwd")
        return self.names[self.argnums[part]] if by_argument else "result"


def cells_of(case: Case, names: Sequence[str], function: Function) -> list[Cell]:
    """Return all cells of a case; `function`, over plain NumPy, shows which of the inputs it does not take."""
    found: list[Cell] = []
    for variant in _special_variants(case, names, function) if case.special else variants_of(case, names, function):
        found += [
            Cell(case, aspect, argnums, tuple(names), order, variant)
            for aspect, argnums, order in _questions_for(case, len(names), variant.kind)
            if aspect in case.aspects or aspect == "raises"
        ]
        if variant.kind == "special" and 2 in case.orders:
            found += _mixed_cells(case, tuple(names), variant)
    return found


def _mixed_cells(case: Case, names: tuple[str, ...], variant: Variant) -> Iterator[Cell]:
    """Give the second derivatives by each pair of different arguments, in both orders and all pairs of modes."""
    for along, by in permutations(range(len(names)), 2):
        alone = replace(variant, surround=partial(_mixed, variant, along, by))
        for aspect in SECOND_ORDER:
            if aspect in case.aspects:
                yield Cell(case, aspect, (by,), names, 2, alone, along)


def _mixed(variant: Variant, along: int, by: int) -> Surroundings:
    """Return surroundings with a tangent for one argument alone, and a second one for another alone."""
    around = variant.surroundings
    tangents = tuple(t * (i == along) for i, t in enumerate(around.tangents))
    seconds = tuple(t * (i == by) for i, t in enumerate(around.seconds))
    return replace(around, tangents=tangents, seconds=seconds)


def _questions_for(case: Case, arguments: int, kind: str) -> Iterator[tuple[str, tuple[int, ...], int]]:
    together = tuple(range(arguments))
    if kind in BEHAVIOURS:
        for aspect in {"raises": ("raises",), "empty": ("vjp",), "strided": ("vjp", "jvp")}[kind]:
            yield aspect, together, 1
        return
    alone = [(i,) for i in together] if arguments > 1 and kind not in ("kind", "dtype", "point", "special") else []
    if kind == "base":
        yield "value", together, 0
    for aspect in ("vjp", "jvp"):
        for argnums in (*alone, together):
            yield aspect, argnums, 1
    if kind in ("base", "special") and 2 in case.orders:
        for aspect in SECOND_ORDER:
            yield aspect, together, 2
    lowest = {"base": 3, "kind": 2}.get(kind)
    if lowest is not None:
        for order in sorted(order for order in set(case.orders) if order >= lowest):
            yield "order", (0,), order


# inputs


def variants_of(case: Case, names: Sequence[str], function: Function) -> list[Variant]:
    """Return the sets of inputs of a case, the base first."""
    if case.at is not None:
        points = [point if isinstance(point, tuple) else (point,) for point in case.at]
        return [_variant(case, function, names, f"at{_label(p)}", "point", p) for p in points]
    first, *others = case.rows(len(names))
    dtype, *dtypes = case.dtypes

    def arrays(shapes: Sequence[Shape], dtype: str) -> tuple[Any, ...]:
        pairs = zip(case.domains, names, shapes, strict=True)
        return tuple(sample(case, domain, name, shape, dtype) for domain, name, shape in pairs)

    made = [(shapes_label(first), "base", arrays(first, dtype))]
    made += [(shapes_label(row), _shape_word(row), arrays(row, dtype)) for row in others]
    made += [(f"{shapes_label(first)}-{other}", "dtype", arrays(first, other)) for other in dtypes]
    for kind in case.kinds:
        values = tuple(of_kind(case, d, n, kind) for d, n in zip(case.domains, names, strict=True))
        made.append((kind, "kind", values))
    variants = [_variant(case, function, names, *entry) for entry in made]
    return variants + _behaviour_variants(case, function, names, variants[0])


def _special_variants(case: Case, names: Sequence[str], function: Function) -> list[Variant]:
    """Return the special points of a case where plain NumPy gives finite numbers."""
    if case.kind == "convention":
        return []
    (first, *_), dtype = case.rows(len(names)), case.dtypes[0]
    base = tuple(sample(case, d, n, shape, dtype) for d, n, shape in zip(case.domains, names, first, strict=True))
    found = (_called(case, function, names, label, "special", x) for label, x in special_inputs(tuple(names), base))
    return [
        replace(variant, label=variant.label.removeprefix("special-"))
        for variant in found
        if variant.kind == "special" and is_finite(variant.value)
    ]


def _behaviour_variants(case: Case, function: Function, names: Sequence[str], base: Variant) -> list[Variant]:
    """Return the inputs that ask for behaviour: not contiguous, empty, and those with which plain NumPy raises."""
    found = []
    shapes = [np.shape(x) for x in base.inputs]
    if "strided" in case.behaviours and any(map(_size, shapes)):
        inputs = tuple(map(strided, base.inputs))
        found.append(replace(base, label=f"strided-{base.label}", kind="strided", inputs=inputs))
    if "empty" in case.behaviours and all(shapes):
        empty = [(0,) * len(shape) for shape in shapes]
        inputs = tuple(x[tuple(slice(0) for _ in x.shape)].copy() for x in base.inputs)
        found.append(_called(case, function, names, shapes_label(empty), "empty", inputs))
    bad = [_called(case, function, names, str(i), "raises", inputs) for i, inputs in enumerate(case.raises)]
    for variant in bad:
        if not isinstance(variant.value, Exception):
            raise CaseError(f"{case.id}: raises: plain NumPy takes {_given(names, variant.inputs)} without an error")
    return found + bad


def _size(shape: Shape) -> bool:
    return len(shape) > 0 and max(shape) > 1


def strided(x: Any) -> Any:
    """Return an array of the same numbers that is neither contiguous nor in order in memory."""
    if np.ndim(x) == 0:
        return x
    memory = np.zeros((*x.shape[:-1], 2 * x.shape[-1]), dtype=x.dtype)
    view = memory[..., ::-2]
    view[...] = x
    return view


def _called(
    case: Case, function: Function, names: Sequence[str], label: str, kind: str, inputs: tuple[Any, ...]
) -> Variant:
    """Return inputs with what plain NumPy makes of them: a value, or an error where it raises."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = function(*inputs)
    except Exception as error:
        raised = Surroundings(error.with_traceback(None))
        return Variant(label, "raises", inputs, lambda: raised)
    tangents, seconds = (
        tuple(like(x, case.id, word, i) for i, x in enumerate(inputs)) for word in ("tangent", "second")
    )
    found = Surroundings(value, like(value, case.id, "weight"), tangents, seconds)
    return Variant(f"{kind}-{label}", kind, inputs, lambda: found)


def shapes_label(shapes: Sequence[Shape]) -> str:
    """Return a label such as "(3,)" or "(2,3)&(3,)"."""
    return "&".join(str(shape).replace(" ", "") for shape in shapes)


def _shape_word(row: Sequence[Shape]) -> str:
    return "shape" if len(set(row)) == 1 else "broadcasting"


def _label(point: tuple[Any, ...]) -> str:
    return ",".join(str(np.asarray(value).tolist()).replace(" ", "") for value in point)


def sample(case: Case, domain: Domain, name: str, shape: Shape, dtype: str) -> Any:
    """Draw the array for one argument: always the same for the same case, argument and shape."""
    try:
        value = np.asarray(domain.sample(generator(case.id, name, shape), shape))
    except Exception as error:
        raise CaseError(f"{case.id}: argument {name}: {domain} cannot fill shape {shape}: {error}") from error
    if value.dtype.kind == "f":
        return value.astype(dtype)
    return value.astype(np.result_type(dtype, np.complex64)) if value.dtype.kind == "c" else value


def of_kind(case: Case, domain: Domain, name: str, kind: str) -> Any:
    """Draw the value for one argument as a float, a np.float64, a 0-d array and so on."""
    if kind.startswith("int"):
        if not domain.integers:
            raise CaseError(
                f"{case.id}: argument {name}: kind {kind!r} needs a domain with integers, but {domain} has "
                "none; choose another domain or leave this kind out"
            )
        order = generator(case.id, name, kind).permutation(len(domain.integers))
        integers = np.array(domain.integers)[order]
        return int(integers[0]) if kind == "int" else integers[:3].copy()
    array = sample(case, domain, name, {"(1,)": (1,), "array": (3,)}.get(kind, ()), "float64")
    return {"float": array.item, "np.float64": lambda: array[()]}.get(kind, lambda: array)()


def _variant(
    case: Case, function: Function, names: Sequence[str], label: str, kind: str, inputs: tuple[Any, ...]
) -> Variant:
    """Complete inputs by a value, a cotangent and tangents, all like what they belong to."""

    def surround() -> Surroundings:
        value = plain_value(case, function, names, inputs)
        tangents, seconds = (
            tuple(like(x, case.id, word, i, point=kind == "point") for i, x in enumerate(inputs))
            for word in ("tangent", "second")
        )
        return Surroundings(value, like(value, case.id, "weight", point=kind == "point"), tangents, seconds)

    return Variant(label, kind, inputs, surround)


def with_inputs(cell: Cell, inputs: tuple[Any, ...], library: Any) -> Cell:
    """Return the cell on other inputs; inputs that the function does not take are a `CaseError`."""
    function = cell.case.build(cell.case.function, np, library)
    moved = _variant(cell.case, function, cell.names, cell.variant.label, cell.variant.kind, inputs)
    taken = moved.surroundings
    return replace(cell, variant=replace(moved, surround=lambda: taken))


def like(value: Any, *words: object, point: bool = False) -> Any:
    """Return fixed random numbers (ones for a point) of the shape, dtype and kind of scalar of a value."""
    array = np.asarray(value)
    dtype = array.dtype if array.dtype.kind in "fc" else np.dtype(np.float64)
    domain = COMPLEX if dtype.kind == "c" else REAL
    drawn = np.ones(array.shape) if point else domain.sample(generator(*words), array.shape)
    drawn = drawn.astype(dtype)
    if isinstance(value, np.ndarray):
        return drawn
    return drawn[()] if isinstance(value, np.generic) else drawn.item()


def plain_value(case: Case, function: Function, names: Sequence[str], inputs: Sequence[Any]) -> Any:
    """Return the function's value under plain NumPy; refuse inputs where it raises or is not finite."""
    given = _given(names, inputs)
    try:
        with np.errstate(all="ignore"):
            value = rounded(function(*inputs))
    except Exception as error:
        raise CaseError(
            f"{case.id}: plain NumPy raises {type(error).__name__}: {error} for {given}; "
            "the domains or shapes do not fit this function: choose others"
        ) from error
    if case.kind == "smooth" and not is_finite(value):
        raise CaseError(
            f"{case.id}: plain NumPy gives {np.asarray(value).ravel()[:6].tolist()} for {given}; a domain "
            f"must keep the function finite: choose another than {', '.join(map(str, case.domains))}"
        )
    return value


def _given(names: Sequence[str], inputs: Sequence[Any]) -> str:
    pairs = zip(names, inputs, strict=False)
    return ", ".join(f"{name} = {np.asarray(value).ravel()[:6].tolist()}" for name, value in pairs)


# how a library is asked


Answer = Callable[[Library, Function, Variant, tuple[Any, ...]], Sequence[Any]]


def ask(cell: Cell, library: Library) -> Callable[..., Sequence[Any]]:
    """Return the computation of a cell by a library, as a function of the inputs."""

    def compute(*inputs: Any) -> Sequence[Any]:
        function = cell.case.build(cell.case.function, library.numpy, library)
        if cell.aspect == "order":
            return [_nested(cell, library, function)(*inputs)]
        if cell.aspect in ("vjp", "jvp"):
            return _first_order(cell, library, function, inputs)
        if cell.along is not None:
            return [_mixed_second(cell, library, function, inputs, cell.along)]
        return QUESTIONS[cell.aspect](library, function, cell.variant, inputs)

    return compute


def _first_order(cell: Cell, library: Library, function: Function, inputs: Sequence[Any]) -> Sequence[Any]:
    """Differentiate in some arguments while the others are constants."""

    def partial(*chosen: Any) -> Any:
        full = [constant(library, x) for x in inputs]
        for argnum, value in zip(cell.argnums, chosen, strict=True):
            full[argnum] = value
        return function(*full)

    chosen = [inputs[i] for i in cell.argnums]
    if cell.aspect == "vjp":
        return as_tuple(library.vjp(partial, *chosen)[1](cell.variant.weight), len(chosen))
    return [library.jvp(partial, chosen, [cell.variant.tangents[i] for i in cell.argnums])[1]]


def _mixed_second(cell: Cell, library: Library, function: Function, inputs: Sequence[Any], along: int) -> Any:
    """Differentiate in one argument and then in another, each alone, as nested calls of a user do."""
    (by,), variant = cell.argnums, cell.variant
    inner, outer = (by, along) if cell.aspect == "fwd-over-rev" else (along, by)

    def slope(y: Any) -> Any:
        args = [*inputs[:outer], y, *inputs[outer + 1 :]]
        alone = _of_one(function, args, inner)
        if cell.aspect.endswith("fwd"):
            return library.jvp(alone, [args[inner]], [variant.tangents[inner]])[1]
        gradient = library.vjp(alone, args[inner])[1](variant.weight)
        return gradient if outer == along else _paired(library, gradient, variant.tangents[along], inputs)

    if cell.aspect.startswith("fwd"):
        ways = variant.tangents if outer == along else variant.seconds
        return library.jvp(slope, [inputs[outer]], [ways[outer]])[1]
    return library.vjp(slope, inputs[outer])[1](variant.weight if cell.aspect.endswith("fwd") else 1.0)


def _of_one(function: Function, args: Sequence[Any], place: int) -> Function:
    return lambda x: function(*args[:place], x, *args[place + 1 :])


def _paired(library: Library, gradient: Any, tangent: Any, inputs: Sequence[Any]) -> Any:
    total = library.numpy.sum(gradient * constant(library, tangent))
    return library.numpy.real(total) if any(map(np.iscomplexobj, inputs)) else total


def as_tuple(value: Any, arguments: int) -> tuple[Any, ...]:
    """Return what a pullback gave as a tuple, one entry for each argument; it may be a library's box."""
    return (value,) if arguments == 1 else tuple(value[i] for i in range(arguments))


def _raises(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    library.vjp(f, *inputs)
    return []


def _value(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    return [library.vjp(f, *inputs)[0]]


def _rev_over_rev(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    def slope(*xs: Any) -> Any:
        gradients = as_tuple(library.vjp(f, *xs)[1](variant.weight), len(xs))
        ways = [constant(library, t) for t in variant.tangents]
        terms = [library.numpy.sum(g * t) for g, t in zip(gradients, ways, strict=True)]
        total = sum(terms[1:], start=terms[0])
        return library.numpy.real(total) if any(map(np.iscomplexobj, variant.inputs)) else total

    return as_tuple(library.vjp(slope, *inputs)[1](1.0), len(inputs))


def _fwd_over_rev(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    def gradient(i: int) -> Function:
        return lambda *xs: as_tuple(library.vjp(f, *xs)[1](variant.weight), len(xs))[i]

    return [library.jvp(gradient(i), inputs, variant.tangents)[1] for i in range(len(inputs))]


def _rev_over_fwd(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    def slope(*xs: Any) -> Any:
        return library.jvp(f, xs, variant.tangents)[1]

    return as_tuple(library.vjp(slope, *inputs)[1](variant.weight), len(inputs))


def _fwd_over_fwd(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    def slope(*xs: Any) -> Any:
        return library.jvp(f, xs, variant.tangents)[1]

    return [library.jvp(slope, inputs, variant.seconds)[1]]


def _nested(cell: Cell, library: Library, function: Function) -> Function:
    """Return n nested gradients of sums: by elementwise_grad where the function works element by element."""
    if is_elementwise(function, cell.variant.inputs):
        for _ in range(cell.order):
            function = library.elementwise_grad(function)
        return function
    for _ in range(cell.order):
        function = library.grad(_summed(library, function))
    return function


def is_elementwise(function: Function, inputs: Sequence[Any]) -> bool:
    """Say whether each element of the value depends on its own element of the first argument only."""
    x, *rest = inputs
    start = np.array(x, dtype=np.result_type(np.asarray(x), float))
    value = np.asarray(function(start, *rest))
    if value.shape != start.shape:
        return False
    for i in range(start.size if start.size > 1 else 0):
        moved = start.copy()
        moved.flat[i] += 1e-6
        changed = np.asarray(np.asarray(function(moved, *rest)) != value, dtype=bool)
        if np.any(np.delete(changed.ravel(), i)):
            return False
    return True


def _summed(library: Library, function: Function) -> Function:
    return lambda *args: library.numpy.sum(function(*args))


QUESTIONS: Mapping[str, Answer] = {
    "value": _value,
    "raises": _raises,
    "rev-over-rev": _rev_over_rev,
    "fwd-over-rev": _fwd_over_rev,
    "rev-over-fwd": _rev_over_fwd,
    "fwd-over-fwd": _fwd_over_fwd,
}
