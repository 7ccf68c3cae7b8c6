"""Cases, case files, and the messages for what is wrong with them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graddiff import SCALARS, Case
from graddiff.cases import BEHAVIOURS, CaseError, Sources, load
from graddiff.domains import POSITIVE, REAL, UNIT
from graddiff.run import CaseRun


def prepare(case: Case) -> CaseRun:
    run = CaseRun.prepare(case, "file.py", Sources())
    if run.misfit:
        raise CaseError(run.misfit)
    return run


def ids(case: Case) -> list[str]:
    """Return the ids of the cells that ask for numbers on contiguous inputs."""
    return [cell.id for cell in prepare(case).cells if cell.variant.kind not in BEHAVIOURS]


def test_the_cells_of_one_argument() -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], orders=(1, 2, 3))
    modes = ["rev-over-rev", "fwd-over-rev", "rev-over-fwd", "fwd-over-fwd"]
    assert ids(case) == [f"{aspect}-x-(3,)" for aspect in ["value", "vjp", "jvp", *modes, "order3"]]


def test_each_of_two_arguments_is_probed_alone_before_all_together() -> None:
    case = Case("f", lambda np: lambda x, y: x * y, [REAL, REAL], aspects=("vjp",))
    assert ids(case) == ["vjp-x-(3,)&(3,)", "vjp-y-(3,)&(3,)", "vjp-x+y-(3,)&(3,)"]


def test_further_shapes_dtypes_and_kinds_get_vjp_and_jvp() -> None:
    case = Case(
        "sin",
        lambda np: lambda x: np.sin(x),
        [REAL],
        shapes=[(3,), (2, 2)],
        dtypes=("float64", "float32"),
        kinds=SCALARS,
        orders=(1, 3),
        aspects=("vjp", "jvp", "order"),
    )
    kinds = [f"{aspect}-x-{kind}" for kind in SCALARS for aspect in ("vjp", "jvp", "order3")]
    others = [f"{aspect}-x-{label}" for label in ("(2,2)", "(3,)-float32") for aspect in ("vjp", "jvp")]
    assert ids(case) == ["vjp-x-(3,)", "jvp-x-(3,)", "order3-x-(3,)", *others, *kinds]


def test_variants_of_unequal_shapes_are_called_broadcasting() -> None:
    case = Case("f", lambda np: lambda x, y: x * y, [REAL, REAL], shapes=[(3,), ((2, 3), (3,)), (2, 2)])
    words = {cell.variant.label: cell.word for cell in prepare(case).cells if cell.aspect == "vjp"}
    assert words == {
        "(3,)&(3,)": "vjp",
        "(2,3)&(3,)": "broadcasting vjp",
        "(2,2)&(2,2)": "shape vjp",
        "strided-(3,)&(3,)": "strided vjp",
        "empty-(0,)&(0,)": "empty vjp",
    }


def test_inputs_are_the_same_every_time_and_of_their_kind() -> None:
    case = Case("sin", lambda np: lambda x: np.sin(x), [REAL], kinds=("float", "int", "int array", "(1,)"))
    first, second = prepare(case).cells, prepare(case).cells
    for a, b in zip(first, second, strict=True):
        assert np.array_equal(a.variant.inputs[0], b.variant.inputs[0])
    kinds = {cell.variant.label: cell.variant.inputs[0] for cell in first}
    assert isinstance(kinds["float"], float)
    assert isinstance(kinds["int"], int)
    assert kinds["int array"].dtype.kind == "i"
    assert kinds["(1,)"].shape == (1,)


def test_a_nesting_function_gets_the_library() -> None:
    case = Case("n", lambda np, lib: lambda x: lib.grad(np.sin)(x) * x, [REAL], shapes=[()])
    assert len(prepare(case).cells) == 7


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"aspects": ("vpj",)}, "'vpj' is unknown; known are"),
        ({"kinds": ("double",)}, "'double' is unknown"),
        ({"expect": {"autograd": "broken"}}, "'broken' is unknown"),
        ({"expect": {"autograd backward": "wrong"}}, "'backward' is unknown"),
        ({"kind": "convention"}, "give both or neither"),
        ({"at": [0.0]}, "give both or neither"),
        ({"behaviours": ("striped",)}, "'striped' is unknown; known are empty, strided, raises"),
        ({"orders": (0,)}, "an order is at least 1"),
    ],
)
def test_a_mistake_in_the_words_of_a_case(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseError, match="sin: ") as error:
        Case("sin", lambda np: lambda x: np.sin(x), [REAL], **arguments)
    assert told in str(error.value)


@pytest.mark.parametrize(
    ("case", "told"),
    [
        (Case("c", lambda np: lambda x, y: x, [REAL]), "takes 2 arguments (x, y), but there are 1 domains"),
        (Case("c", lambda: 1, [REAL]), "must take (np) or (np, lib), but it takes 0"),
        (Case("c", lambda np: 1.0, [REAL]), "it returned float"),
        (Case("c", lambda np: lambda x: np.log(x), [REAL]), "plain NumPy gives [0.4158773784554742, nan,"),
        (Case("c", lambda np: lambda x: x.missing, [REAL]), "plain NumPy raises AttributeError"),
        (Case("c", lambda np: lambda x: x, [UNIT], kinds=("int",)), "UNIT has none"),
        (Case("c", lambda np: lambda x, y: x, [REAL, REAL], shapes=[((3,),)]), "1 shapes for 2 arguments"),
    ],
)
def test_a_case_that_does_not_fit_together(case: Case, told: str) -> None:
    with pytest.raises(CaseError) as error:
        prepare(case)
    assert str(error.value).startswith("c: ")
    assert told in str(error.value)


def test_the_message_for_a_domain_names_argument_and_values() -> None:
    with pytest.raises(CaseError, match=r"for x = \[.*\]; a domain must keep the function finite"):
        prepare(Case("c", lambda np: lambda x: np.log(x), [REAL]))


def test_the_most_specific_expectation_counts() -> None:
    expect = {"a": "right", "a forward": "unsupported", "a jvp": "wrong"}
    case = Case("c", lambda np: np.sin, [REAL], expect=expect)
    answers = [case.expected("a", aspect) for aspect in ("vjp", "fwd-over-rev", "jvp")]
    assert answers == ["right", "unsupported", "wrong"]
    assert case.expected("b", "vjp") is None


def test_the_source_is_one_line() -> None:
    case = Case(
        "c",
        lambda np: (
            lambda x: (
                np.sin(x)  # a comment
                + 1
            )
        ),
        [REAL],
    )
    assert Sources().line(case.function) == "lambda np: lambda x: np.sin(x) + 1"


def test_cases_of_a_file_are_collected_from_names_and_lists(tmp_path: Path) -> None:
    path = tmp_path / "some.py"
    path.write_text(
        "from graddiff import Case\nfrom graddiff.domains import REAL\n"
        "A = Case('a', lambda np: np.sin, [REAL])\n"
        "MORE = [A, Case('b', lambda np: np.cos, [REAL]), 3]\n"
    )
    assert [case.id for case in load(path)] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("x = 1\ny = x / 0\n", "bad.py cannot be imported: line 2: y = x / 0: ZeroDivisionError"),
        ("def f(:\n", "bad.py cannot be imported: line 1: "),
        ("x = 1\n", "bad.py holds no case"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "bad.py"
    path.write_text(text)
    with pytest.raises(CaseError) as error:
        load(path)
    assert told in str(error.value)


def test_a_case_of_a_domain_that_fits_is_accepted() -> None:
    assert prepare(Case("c", lambda np: lambda x: np.log(x), [POSITIVE])).cells
