"""The cells of a case: which questions are asked on which inputs, and how a library is asked.

A variant is one set of inputs: the base (first shapes, first dtype), further shapes, dtypes and kinds of
scalar, or a point of a convention. A cell is one aspect of one variant for one choice of arguments. To add an
aspect, name it in `cases.ASPECTS`, say in `_questions_for` where it is asked, in `QUESTIONS` how a library
answers it, and in `truth.Derivation.answer` how the referee does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graddiff.arrays import Function, Shape, is_finite
from graddiff.cases import Case, CaseError
from graddiff.domains import COMPLEX, REAL, Domain, generator
from graddiff.libraries import Library
from graddiff.numbers import rounded


@dataclass(frozen=True, eq=False)
class Variant:
    """One set of inputs of a case, with the cotangent and the tangents that go with it."""

    label: str
    kind: str
    inputs: tuple[Any, ...]
    weight: Any
    tangents: tuple[Any, ...]
    seconds: tuple[Any, ...]
    value: Any


@dataclass(frozen=True, eq=False)
class Cell:
    """One question about one variant: the aspect, the order, and the arguments that are differentiated."""

    case: Case
    aspect: str
    argnums: tuple[int, ...]
    names: tuple[str, ...]
    order: int
    variant: Variant

    @property
    def argument(self) -> str:
        """The names of the differentiated arguments: "x" or "x+y"."""
        return "+".join(self.names[i] for i in self.argnums)

    @property
    def word(self) -> str:
        """The aspect as it is shown; off the base inputs it is named after the variant."""
        aspect = f"order {self.order}" if self.aspect == "order" else self.aspect
        return aspect if self.variant.kind == "base" else f"{self.variant.kind} {aspect}"

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
    """Return all cells of a case; `function`, over plain NumPy, shows whether the domains fit."""
    found: list[Cell] = []
    for variant in variants_of(case, names, function):
        found += [
            Cell(case, aspect, argnums, tuple(names), order, variant)
            for aspect, argnums, order in _questions_for(case, len(names), variant.kind)
            if aspect in case.aspects
        ]
    return found


def _questions_for(case: Case, arguments: int, kind: str) -> Iterator[tuple[str, tuple[int, ...], int]]:
    together = tuple(range(arguments))
    alone = [(i,) for i in together] if arguments > 1 and kind not in ("kind", "dtype", "point") else []
    if kind == "base":
        yield "value", together, 0
    for aspect in ("vjp", "jvp"):
        for argnums in (*alone, together):
            yield aspect, argnums, 1
    if kind == "base" and 2 in case.orders:
        for aspect in ("rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd"):
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
    return [_variant(case, function, names, *entry) for entry in made]


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
    """Complete inputs by a cotangent and tangents, all like what they belong to."""
    value = plain_value(case, function, names, inputs)
    return Variant(
        label,
        kind,
        inputs,
        like(value, case.id, "weight", point=kind == "point"),
        tuple(like(x, case.id, "tangent", i, point=kind == "point") for i, x in enumerate(inputs)),
        tuple(like(x, case.id, "second", i, point=kind == "point") for i, x in enumerate(inputs)),
        value,
    )


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
    given = ", ".join(
        f"{name} = {np.asarray(value).ravel()[:6].tolist()}" for name, value in zip(names, inputs, strict=True)
    )
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
        return QUESTIONS[cell.aspect](library, function, cell.variant, inputs)

    return compute


def _first_order(cell: Cell, library: Library, function: Function, inputs: Sequence[Any]) -> Sequence[Any]:
    """Differentiate in some arguments while the others are constants."""

    def partial(*chosen: Any) -> Any:
        full = list(inputs)
        for argnum, value in zip(cell.argnums, chosen, strict=True):
            full[argnum] = value
        return function(*full)

    chosen = [inputs[i] for i in cell.argnums]
    if cell.aspect == "vjp":
        return as_tuple(library.vjp(partial, *chosen)[1](cell.variant.weight), len(chosen))
    return [library.jvp(partial, chosen, [cell.variant.tangents[i] for i in cell.argnums])[1]]


def as_tuple(value: Any, arguments: int) -> tuple[Any, ...]:
    """Return what a pullback gave as a tuple, one entry for each argument; it may be a library's box."""
    return (value,) if arguments == 1 else tuple(value[i] for i in range(arguments))


def _value(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    return [library.vjp(f, *inputs)[0]]


def _rev_over_rev(library: Library, f: Function, variant: Variant, inputs: tuple[Any, ...]) -> Sequence[Any]:
    def slope(*xs: Any) -> Any:
        gradients = as_tuple(library.vjp(f, *xs)[1](variant.weight), len(xs))
        terms = [library.numpy.sum(g * t) for g, t in zip(gradients, variant.tangents, strict=True)]
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
    """Return n nested gradients of sums: elementwise_grad where the value has the shape of the argument."""
    if np.shape(cell.variant.value) == np.shape(cell.variant.inputs[0]):
        for _ in range(cell.order):
            function = library.elementwise_grad(function)
        return function
    for _ in range(cell.order):
        function = library.grad(_summed(library, function))
    return function


def _summed(library: Library, function: Function) -> Function:
    return lambda *args: library.numpy.sum(function(*args))


QUESTIONS: Mapping[str, Answer] = {
    "value": _value,
    "rev-over-rev": _rev_over_rev,
    "fwd-over-rev": _fwd_over_rev,
    "rev-over-fwd": _rev_over_fwd,
    "fwd-over-fwd": _fwd_over_fwd,
}
