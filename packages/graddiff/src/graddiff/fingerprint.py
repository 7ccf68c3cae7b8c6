"""A fingerprint of a function: of its code and of all that it can reach.

Two functions with the same fingerprint compute the same, so what was computed with one may stand for the other. Hashed
are the bytecode, without line numbers; the constants, defaults and closed-over values; the globals that the code names
and what it names of modules; and the same of every function, class and object that is found there. Of installed
packages the version counts, not the code.

What a fingerprint cannot see through (a file, the clock, random numbers, names that are made up at run time) is
refused: a miss costs time, a wrong hit would be a lie. Pickling by value, as cloudpickle does it, is no substitute: it
takes the functions of importable modules by their names, and its bytes differ from one process to the next.
"""

import dis
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    CellType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

import numpy as np

# fmt: off
PURE = frozenset({
    "abc", "builtins", "cmath", "collections", "contextlib", "copy", "copyreg", "dataclasses", "enum", "fractions",
    "functools", "itertools", "math", "numbers", "operator", "re", "string", "types", "typing", "_collections",
    "_collections_abc", "_functools", "_operator",
})
IMPURE = frozenset({
    "compile", "default_rng", "environ", "eval", "exec", "fromfile", "genfromtxt", "getenv", "globals", "hash", "id",
    "import_module", "input", "load", "loadtxt", "locals", "memmap", "monotonic", "now", "open", "perf_counter",
    "random", "time", "today", "urandom", "vars", "__import__",
})
# fmt: on
WRITTEN_OUT = (bool, int, float, complex, str, bytes, type(None), type(Ellipsis), type(NotImplemented), range, slice)
# fmt: off
OF_EVERY_CLASS = frozenset({  # and what decides no number
    "__abstractmethods__", "__annotate__", "__annotations__", "__dataclass_fields__", "__dataclass_params__",
    "__dict__", "__doc__", "__firstlineno__", "__hash__", "__match_args__", "__module__", "__qualname__",
    "__replace__", "__slotnames__", "__repr__", "__static_attributes__", "__weakref__", "_abc_impl",
})
# fmt: on
IMPORT_NAME = dis.opmap["IMPORT_NAME"]
INSTALLED = tuple({Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")})
OWN_PACKAGE = Path(__file__).resolve().parent


class NoFingerprintError(ValueError):
    """Something that a fingerprint cannot see through; the text says what."""


def fingerprint(*values: Any) -> str:
    """Return the fingerprint of functions, arrays, containers and objects.

    Parameters
    ----------
    *values
        What to look at, with all that can be reached from it.

    Returns
    -------
    str
        64 hexadecimal digits; the same in every process with the same Python and the same installed packages.

    Raises
    ------
    NoFingerprintError
        If something can be reached of which nobody knows whether it is the same the next time.

    Examples
    --------
    >>> fingerprint(lambda x: 2 * x) == fingerprint(lambda x: 2 * x)
    True
    >>> fingerprint(lambda x: 2 * x) == fingerprint(lambda x: 3 * x)
    False
    """
    walk = _Walk()
    try:
        walk.take_all(values)
    except RecursionError as error:
        raise NoFingerprintError("it reaches too deep") from error
    return walk.digest()


class _Walk:
    """One walk over all that can be reached; what is met again is told by its number."""

    def __init__(self) -> None:
        self._hash = sha256()
        self._met: dict[int, int] = {}
        self._alive: list[Any] = []  # so that no id is used twice

    def digest(self) -> str:
        """Return the fingerprint of all that was taken."""
        return self._hash.hexdigest()

    def write(self, *words: object) -> None:
        """Take words, so that no two lists of words look alike."""
        for word in words:
            data = word if isinstance(word, bytes) else str(word).encode()
            self._hash.update(b"%d:" % len(data) + data)

    def take_all(self, values: Sequence[Any]) -> None:
        """Take some values, and how many they are."""
        self.write(len(values))
        for value in values:
            self.take(value)

    def take(self, value: Any) -> None:
        """Take one value with all that it reaches."""
        kind = type(value)
        self.write(kind.__module__, kind.__qualname__)
        if kind in WRITTEN_OUT:
            self.write(repr(value))
        elif kind in (tuple, frozenset, set):  # equal ones may be one object or two, by the whim of the compiler
            UNNUMBERED[kind](self, value)
        elif id(value) in self._met:
            self.write("met", self._met[id(value)])
        else:
            self._met[id(value)] = len(self._met)
            self._alive.append(value)
            next((take for known, take in TAKERS.items() if isinstance(value, known)), _take_object)(self, value)


def _take_set(walk: _Walk, value: Any) -> None:
    walk.write(*sorted(fingerprint(element) for element in value))


UNNUMBERED: Mapping[type, Callable[[_Walk, Any], None]] = {
    tuple: _Walk.take_all,
    set: _take_set,
    frozenset: _take_set,
}


def _take_mapping(walk: _Walk, value: Mapping[Any, Any]) -> None:
    walk.take_all([part for item in value.items() for part in item])


def _take_array(walk: _Walk, value: Any) -> None:
    walk.write(value.dtype.descr, value.shape)
    if value.dtype.hasobject:
        walk.take_all(value.ravel().tolist())
    else:
        walk.write(np.ascontiguousarray(value).tobytes())


def _take_ufunc(walk: _Walk, value: np.ufunc) -> None:
    if "(vectorized)" in value.__name__:
        raise NoFingerprintError(f"{value.__name__}: what is in a ufunc made of a Python function cannot be seen")
    walk.write(value.__name__, value.types)


# functions


def _take_function(walk: _Walk, function: FunctionType) -> None:
    walk.take_all([_contents(cell) for cell in function.__closure__ or ()])
    if _is_known(function.__module__):
        walk.write(function.__module__, function.__qualname__, _version(function.__module__))
        return
    walk.take_all([function.__defaults__, function.__kwdefaults__, vars(function)])
    _take_code(walk, function.__code__)
    _take_names(walk, function.__code__, function.__globals__)


def _contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not filled yet
        return ()


def _take_code(walk: _Walk, code: CodeType) -> None:
    walk.write(code.co_code, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars, code.co_flags)
    walk.write(code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_exceptiontable)
    walk.take_all(code.co_consts)


def _take_names(walk: _Walk, code: CodeType, home: Mapping[str, Any]) -> None:
    """Take the values of all names in a function: globals, and what may be asked of the modules among them."""
    codes = list(_codes(code))
    names = {name for own in codes for name in own.co_names}
    impure = names & IMPURE
    if impure:
        raise NoFingerprintError(f"{code.co_qualname} names {', '.join(sorted(impure))}")
    if any(IMPORT_NAME in own.co_code[::2] for own in codes):
        raise NoFingerprintError(f"{code.co_qualname} imports when it is called")
    for name in sorted(names & home.keys()):
        walk.write(name)
        _take_named(walk, home[name], names)


def _take_named(walk: _Walk, value: Any, names: set[str]) -> None:
    """Take a value; of a module only what has one of the names that the code uses, or the version of its package."""
    if not isinstance(value, ModuleType):
        walk.take(value)
    elif _is_known(value.__name__):
        walk.write(value.__name__, _version(value.__name__))
    elif names & {"getattr", "__dict__"}:
        raise NoFingerprintError(f"what is asked of the module {value.__name__} is made up at run time")
    else:
        for name in sorted(names & vars(value).keys()):
            walk.write(name)
            _take_named(walk, vars(value)[name], names)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _take_method(walk: _Walk, method: MethodType) -> None:
    walk.take_all([method.__func__, method.__self__])


def _take_builtin(walk: _Walk, function: Any) -> None:
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        walk.take(owner)
    elif not _is_known(function.__module__):
        raise NoFingerprintError(f"{function.__module__}.{function.__name__} is compiled, and may be anything")
    walk.write(function.__module__, function.__qualname__, _version(function.__module__))


def _take_descriptor(walk: _Walk, value: Any) -> None:
    walk.write(value.__name__)


def _take_wrapper(walk: _Walk, value: Any) -> None:
    walk.take(value.__func__)


def _take_property(walk: _Walk, value: property) -> None:
    walk.take_all([value.fget, value.fset, value.fdel])


# classes and objects


def _take_class(walk: _Walk, value: type) -> None:
    walk.write(value.__module__, value.__qualname__)
    if _is_known(value.__module__):
        walk.write(_version(value.__module__))
        return
    walk.take_all(value.__bases__)
    _take_mapping(walk, {name: own for name, own in sorted(vars(value).items()) if name not in OF_EVERY_CLASS})


def _take_object(walk: _Walk, value: Any) -> None:
    """Take any other object by what pickle would make of it."""
    walk.take(type(value))
    if isinstance(value, ModuleType):
        raise NoFingerprintError(f"the module {value.__name__} is handed on as a value")
    if isinstance(value, Iterator) or type(value).__module__.startswith("numpy.random"):
        raise NoFingerprintError(f"{type(value).__qualname__} changes with each use")
    wrapped = getattr(value, "__wrapped__", None)
    try:
        made = value.__reduce_ex__(4) if wrapped is None else (wrapped,)
    except Exception as error:  # a type's own method may raise anything
        raise NoFingerprintError(f"{type(value).__qualname__} shows no state: {error}") from error
    if isinstance(made, str):
        made = (made,)
    walk.take_all([*made[:3], *(None if items is None else list(items) for items in made[3:5])])


TAKERS: Mapping[type | tuple[type, ...], Callable[[_Walk, Any], None]] = {
    FunctionType: _take_function,
    (np.ndarray, np.generic): _take_array,
    list: _Walk.take_all,
    (dict, MappingProxyType): _take_mapping,
    CodeType: _take_code,
    type: _take_class,
    MethodType: _take_method,
    (BuiltinFunctionType, BuiltinMethodType): _take_builtin,
    (staticmethod, classmethod): _take_wrapper,
    property: _take_property,
    (MemberDescriptorType, GetSetDescriptorType, WrapperDescriptorType, MethodDescriptorType): _take_descriptor,
    np.ufunc: _take_ufunc,
}


# what is installed


def _is_known(name: str | None) -> bool:
    """Say whether a module is pure, or belongs to an installed package or to graddiff: then its version counts."""
    top = (name or "").partition(".")[0]
    if top in PURE:
        return True
    file = getattr(sys.modules.get(top), "__file__", None)
    return file is not None and any(Path(file).is_relative_to(folder) for folder in (*INSTALLED, OWN_PACKAGE))


def _version(name: str | None) -> str:
    """Return the version of a package; that of Python, and what graddiff is, belong to what the caller tells apart."""
    top = (name or "").partition(".")[0]
    version = getattr(sys.modules.get(top), "__version__", None)
    if version is None and top and top not in PURE and top != __package__:
        raise NoFingerprintError(f"{top} is installed, and has no __version__ that would tell of a change")
    return str(version)
