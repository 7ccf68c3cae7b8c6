"""The first divergence: which primitive's rule first made a wrong number, and what the other library did there.

The tapes of both libraries (`tapes`) are read in the order of time: the calls forward, then the backward pass from the
output on; an inner derivative comes before the outer one that contains it. Three questions are asked, in this order.

1. Is a value another one than plain NumPy's, or did one rule by itself make a wrong cotangent or tangent of what it
   was given? That is decided by differences of the one primitive, so it needs no second library.
2. Are the rules right, but not differentiable in turn (a rule that keeps a detached value)? Each primitive of the tape
   is differentiated by itself to the orders of the cell, and compared with differences.
3. Else the fault lies between the calls: a cotangent is not the sum of what the uses of its value sent, or the tapes
   are aligned: values that both computed are anchors, and the first anchor whose cotangents differ is named with the
   calls that made them.

The search has a bound, counted in evaluations of primitives and in pairs of values, for the tape of an iteration may be
long; where it was reached, the answer says what was left out.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from graddiff.arrays import number
from graddiff.budget import Budget
from graddiff.cells import Cell, ask
from graddiff.differences import WrongDerivative, evaluations, expected, largest_of, wrong_derivative
from graddiff.libraries import Library
from graddiff.tapes import (
    Call,
    Flow,
    Slot,
    Tape,
    close,
    copied,
    fingerprint,
    is_finite_flow,
    is_numeric,
    is_same,
    parts,
    print_of,
    recording_of,
    source_line,
)

SHOWN = 6
GROSS, FINE = 1e-4, 1e-6
MOST_EVALUATIONS = 50_000  # of primitives in one round of checks of all rules: some seconds
MOST_PAIRS = 50_000  # of values of the two tapes that are held against each other
MOST_TWINS = 4  # a rule without a twin among the first ones is checked: that costs less than to look at all
NOT_FOUND = "not found"
MODES = {"rev-over-rev": "rr", "fwd-over-rev": "rf", "rev-over-fwd": "fr", "fwd-over-fwd": "ff", "vjp": "r", "jvp": "f"}


@dataclass(frozen=True)
class Side:
    """What one library has at the place of the divergence: the primitive, the numbers, and the line of the rule."""

    library: str
    primitive: str
    numbers: str = ""
    source: str = ""

    def lines(self) -> list[str]:
        """Return the numbers on one line and the rule on the next."""
        numbers = "  ".join(part for part in (self.library, self.primitive, self.numbers) if part)
        return [numbers, f"  {self.source}"] if self.source else [numbers]


@dataclass(frozen=True)
class Divergence:
    """The first place where a tape is wrong, or where two tapes part.

    `kind` is "value", "cotangent", "tangent", "derivative of the rule", "engine" or "error". `library` and `primitive`
    are to blame; where nobody could be, `library` is "". `argument` is the position of the primitive's argument.
    """

    kind: str
    library: str
    primitive: str
    argument: int | None
    where: str
    sides: tuple[Side, ...] = ()
    truth: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def source(self) -> str:
        """The line of the rule that is to blame; of nobody, the first library's."""
        blamed = [side.source for side in self.sides if side.library == self.library]
        return (blamed or [side.source for side in self.sides] or [""])[0]

    def lines(self) -> list[str]:
        """Return the divergence in a few lines; no array is longer than six."""
        blame = f": {self.library} is wrong" if self.library else ""
        place = f" of {self.primitive}{self.where}{blame}" if self.primitive else ""
        head = f"first divergence: {self.kind}{place}"
        truth = [f"differences of {self.primitive} alone  {self.truth}"] if self.truth else []
        sides = [line for side in self.sides for line in side.lines()]
        return [head, *(f"  {line}" for line in (*sides, *truth, *self.notes))]


def first_divergence(cell: Cell, first: Library, second: Library | None = None) -> Divergence | None:
    """Return where the computation of a cell first goes wrong in one of the libraries, or where the two part.

    Without a second library the first is held against differences alone. None means that there is nothing to tell: a
    library records no tape, or both do the same. Of tapes so long that not all of them was asked, the answer says so.
    """
    tapes = [tape for library in (first, second) if library and (tape := record(cell, library))]
    if not tapes:
        return None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        search = Search(cell, tapes, [library for library in (first, second) if library])
        found = search.broken_value() or search.broken_rule() or search.broken_off() or search.between()
        return search.with_left_out(found)


def record(cell: Cell, library: Library) -> Tape | None:
    """Compute a cell with a library that writes a tape; an error is kept on it."""
    recording = recording_of(library)
    if recording is None:
        return None
    with recording as tape, warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        tape.library = library.name
        try:
            answer = ask(cell, library)(*map(copied, cell.variant.inputs))
            tape.answer = tuple(map(copied, answer))
        except Exception as error:
            tape.error = f"{type(error).__name__}: {error}".splitlines()[0][:160]
    return tape


@dataclass
class Search:
    """The tapes of a cell, the questions that are asked of them, and how much may be asked."""

    cell: Cell
    tapes: Sequence[Tape]
    libraries: Sequence[Library]
    rounds: list[Budget] = field(default_factory=list)
    pairs: Budget = field(default_factory=lambda: Budget(MOST_PAIRS))

    def with_left_out(self, found: Divergence | None) -> Divergence | None:
        """Return what was found with a note of what was not asked; that alone, if nothing was found."""
        rules = sum(len(tape.flows) for tape in self.tapes)
        unchecked = max((budget.refused for budget in self.rounds), default=0)
        told = [f"{unchecked} of {rules} rules were not checked"] if unchecked else []
        told += ["not all values were held against each other"] if self.pairs.refused else []
        if not told:
            return found
        left_out = f"left out, for the tapes are long: {'; '.join(told)}"
        nothing = Divergence(NOT_FOUND, "", "", None, "")
        known = tuple(note for note in (found or nothing).notes if note != ENGINE or not unchecked)
        return replace(found or nothing, notes=(*known, left_out))

    def other(self, tape: Tape) -> Tape | None:
        """Return the tape of the other library."""
        return next((entry for entry in self.tapes if entry is not tape), None)

    # 1. one call by itself

    def broken_value(self) -> Divergence | None:
        """Find the first call whose value is not plain NumPy's."""
        for tape in self.tapes:
            for call in tape.calls:
                true = evaluated(call)
                if is_numeric(true) and is_numeric(call.value) and is_another(true, call):
                    sides = self.sides(tape, call, call.value, true, lambda c: c.value)
                    return Divergence("value", tape.library, call.primitive, None, "", sides, shown(true, true))
        return None

    def broken_rule(self) -> Divergence | None:
        """Find the first rule that made a wrong number.

        Gross errors come first, for fine ones need more care to tell; and where the libraries differ comes before
        where they do the same.
        """
        for suspects_only, tolerance in ((True, GROSS), (True, FINE), (False, GROSS)):
            self.rounds.append(Budget(MOST_EVALUATIONS))
            for tape in self.tapes:
                for flow in self.suspects[tape.library] if suspects_only else filter(is_finite_flow, tape.flows):
                    asked = self.rounds[-1].allows(evaluations(flow))
                    true = expected(flow, tolerance) if asked else None
                    if true is not None:
                        return self.of_flow(tape, flow, true)
        return next((found for tape in self.tapes if (found := self.broken_derivative(tape))), None)

    @cached_property
    def suspects(self) -> dict[str, list[Flow]]:
        """For each library, the uses of rules that must be checked: not where the other library did the very same."""
        return {tape.library: [flow for flow in tape.flows if self.is_suspect(flow, tape)] for tape in self.tapes}

    def is_suspect(self, flow: Flow, tape: Tape) -> bool:
        """Say whether a rule must be checked."""
        twins = self.twins.get((tape.library, fingerprint(flow)), ())
        return is_finite_flow(flow) and not any(is_same(twin, flow) for twin in twins[:MOST_TWINS])

    @cached_property
    def twins(self) -> dict[tuple[str, tuple[object, ...]], list[Flow]]:
        """For each tape, the flows of the other one by their fingerprints: tapes may be long."""
        found: dict[tuple[str, tuple[object, ...]], list[Flow]] = {}
        for tape in self.tapes:
            other = self.other(tape)
            for flow in filter(is_finite_flow, other.flows if other else ()):
                found.setdefault((tape.library, fingerprint(flow)), []).append(flow)
        return found

    def of_flow(self, tape: Tape, flow: Flow, true: Any) -> Divergence:
        """Describe a rule that made a wrong number."""
        call, made, reverse = flow.call, flow.made, flow.place is not None
        other_shape = np.shape(made) != np.shape(true)
        given = ", ".join(shown(x, x) for g in flow.given for x in parts(g))
        notes = (
            f"given {'cotangent' if reverse else 'tangents'} {given}",
            f"shape {np.shape(made)} instead of {np.shape(true)}" if other_shape else "",
            self.context(tape, call),
        )
        return Divergence(
            "cotangent" if reverse else "tangent",
            tape.library,
            call.primitive,
            flow.place,
            f", argument {flow.place}" if reverse else "",
            self.sides(tape, call, made, true, self.made_of(flow), flow.place),
            shown(true, true if other_shape else made),
            tuple(line for line in notes if line),
        )

    def made_of(self, flow: Flow) -> Callable[[Call], Any]:
        """Return the function that gives what a call of another tape made where this flow did."""

        def made(call: Call) -> Any:
            flows = [twin for tape in self.tapes for twin in tape.flows if twin.call is call]
            alike = [twin for twin in flows if twin.place == flow.place] or flows
            return alike[0].made if alike else None

        return made

    def context(self, tape: Tape, call: Call) -> str:
        """Say in which derivative a call lies, and whose rule made it."""
        depth = tape.ranks()[call.trace]
        level = f"trace {depth + 1} of {len(tape.modes)}, counted from the outermost" if len(tape.modes) > 1 else ""
        maker = f"called by the rule of {call.within[-1].primitive}" if call.within else ""
        return ", ".join(part for part in (level, maker) if part)

    # 2. the derivative of one rule

    def broken_derivative(self, tape: Tape) -> Divergence | None:
        """Find the primitive whose rule is right but has a wrong derivative: of the lowest order the first one."""
        modes = self.modes(tape)
        library = next(entry for entry in self.libraries if entry.name == tape.library)
        known: dict[tuple[str, tuple[tuple[int, ...], ...]], Call] = {}
        for call in tape.calls if len(modes) > 1 else ():
            if all(map(is_numeric, (call.value, *(call.args[i] for i in call.followed)))):
                known.setdefault((call.primitive, tuple(np.shape(call.args[i]) for i in call.followed)), call)
        found = [(entry, call) for call in known.values() if (entry := wrong_derivative(library, call, modes))]
        if not found:
            return None
        wrong, call = min(found, key=lambda pair: pair[0].order)
        return self.of_derivative(tape, call, wrong)

    def of_derivative(self, tape: Tape, call: Call, wrong: WrongDerivative) -> Divergence:
        """Describe a rule that has a wrong derivative."""
        side = Side(tape.library, call.primitive, number(wrong.made), source_line(call.rule_at(wrong.place)))
        return Divergence(
            "derivative of the rule",
            tape.library,
            call.primitive,
            wrong.place,
            f", argument {wrong.place}",
            (side, *twin_side(self.other(tape), self.twin(tape, call), None, None, wrong.place)),
            number(wrong.true),
            (f"order {wrong.order} of {call.primitive} alone; its lower orders are right",),
        )

    def modes(self, tape: Tape) -> str:
        """Return the modes of the nested derivatives of a cell, the innermost first: r and f."""
        if self.cell.aspect == "order":
            return "r" * min(self.cell.order, 4)
        inside = "".join(tape.modes[trace][0] for trace in sorted(tape.modes, reverse=True))
        known = MODES.get(self.cell.aspect, "")
        return known if len(inside) <= len(known) else inside[:3]

    # 3. what the engine does between the calls, and the two tapes side by side

    def broken_sum(self) -> Divergence | None:
        """Find the first value whose cotangent is not the sum of what its uses sent to it."""
        for tape in self.tapes:
            for slot in tape.slots():
                made = self.answer_for(tape, slot) if slot.producer is None else slot.totals
                pairs = list(zip(slot.sums, made, strict=False))
                numbers = [pair for pair in pairs if all(map(is_numeric, pair))]
                wrong = next(((true, other) for true, other in numbers if not close(true, other, FINE)), None)
                if wrong:
                    name = slot.producer.primitive if slot.producer else "an argument"
                    side = Side(tape.library, name, shown(wrong[1], wrong[0]), rule_lines(slot))
                    sent = f"its uses ({used_by(slot)}) sent {shown(wrong[0], wrong[0])} in all"
                    return Divergence("engine", tape.library, name, None, "", (side,), notes=(sent, ENGINE))
        return None

    def answer_for(self, tape: Tape, slot: Slot) -> list[Any]:
        """Return the answer that a library gave for an argument of the function, if that is in reverse mode."""
        if self.cell.aspect not in ("vjp", "rev-over-rev", "rev-over-fwd", "order") or self.rank(tape, slot):
            return []
        inputs = [self.cell.variant.inputs[i] for i in self.cell.argnums]
        found = [answer for x, answer in zip(inputs, tape.answer, strict=False) if close(x, slot.value)]
        return found if len(found) == 1 else []

    def broken_off(self) -> Divergence | None:
        """Describe an error: the call in whose rule it was raised, or else the last one before it."""
        for tape in self.tapes:
            last = (*tape.calls[-1:], *tape.running)
            if tape.error and last:
                call = last[-1]
                side = Side(tape.library, call.primitive, tape.error, source_line(call.rule_at(None)))
                sides = (side, *twin_side(self.other(tape), self.twin(tape, call), None, None, None))
                notes = () if tape.running else ("raised by no rule; this was the last call before",)
                return Divergence("error", tape.library, call.primitive, None, "", sides, notes=notes)
        return None

    def between(self) -> Divergence | None:
        """Find what is wrong between the calls; nothing is asked where both libraries gave the same answer."""
        if any(tape.error for tape in self.tapes) or (len(self.tapes) == 2 and self.answers_agree()):
            return None
        return self.broken_sum() or (self.aligned() if len(self.tapes) == 2 else None)

    def aligned(self) -> Divergence | None:
        """Find the first value of the function itself whose cotangents, or tangents, differ in the two tapes."""
        tape, other = self.tapes
        others: dict[object, list[Slot]] = {}
        for twin in other.slots():
            others.setdefault((self.rank(other, twin), print_of(twin.value)), []).append(twin)
        for slot in (slot for slot in tape.slots() if slot.totals and not (slot.producer and slot.producer.within)):
            alike = others.get((self.rank(tape, slot), print_of(slot.value)), [])
            if not self.pairs.allows(len(alike)):
                continue
            same = [twin for twin in alike if close(twin.value, slot.value)]
            if same and not any(agree(slot, twin) for twin in same):
                return self.of_slots(slot, same[0])
        return self.of_answers()

    def answers_agree(self) -> bool:
        """Say whether both libraries gave the same answer."""
        first, second = (tape.answer for tape in self.tapes)
        return len(first) == len(second) and all(close(a, b, FINE) for a, b in zip(first, second, strict=True))

    def rank(self, tape: Tape, slot: Slot) -> int:
        """Return the place of the trace of a slot among those of its tape."""
        return tape.ranks()[slot.trace]

    def of_slots(self, mine: Slot, others: Slot) -> Divergence:
        """Describe a value whose cotangents differ, with the calls that use it in both tapes."""
        kind = "engine"
        names = [used_by(slot) for slot in (mine, others)]
        sides = tuple(
            Side(
                tape.library,
                f"{name}:",
                shown(slot.totals[-1], mine.totals[-1]) if slot.totals else "none",
                rule_lines(slot),
            )
            for tape, name, slot in zip(self.tapes, names, (mine, others), strict=True)
        )
        blamed = (mine.uses or others.uses)[0].primitive if mine.uses or others.uses else "the function"
        where = f", the cotangents of the value {shown(mine.value, mine.value)} differ"
        return Divergence(kind, "", blamed, None, where, sides, notes=(ENGINE,))

    def of_answers(self) -> Divergence:
        """Describe answers that differ although no cotangent does: the first value that only one library has."""
        tape, other = self.tapes
        foreign = first_foreign(other, tape, self.pairs) or first_foreign(tape, other, self.pairs)
        if foreign is None:
            pairs = zip(*(tape.answer for tape in self.tapes), strict=False)
            unequal = next(((a, b) for a, b in pairs if not close(a, b, FINE)), ("?", "?"))
            named = [(tape.calls[-1].primitive if tape.calls else "no call") for tape in self.tapes]
            trios = zip(self.tapes, named, unequal, strict=True)
            found = tuple(Side(t.library, f"{name}:", shown(value, value)) for t, name, value in trios)
            return Divergence("engine", "", "the function", None, ": the answers differ", found, notes=(ENGINE,))
        own = other if foreign in other.calls else tape
        sides = self.sides(own, foreign, foreign.value, foreign.value, lambda call: call.value)
        note = f"{own.library} has this value, the other library does not"
        return Divergence("value", "", foreign.primitive, None, "", sides, notes=(note,))

    # the other library at the same place

    def twin(self, tape: Tape, call: Call) -> Call | None:
        """Return the call of the other tape that stands for a call: of the same name and value, or on the same one."""
        other = self.other(tape)
        if other is None:
            return None
        rank = tape.ranks().get(call.trace, 0)
        calls = [c for c in other.calls if other.ranks()[c.trace] == rank]
        calls += [c for c in other.calls if other.ranks()[c.trace] != rank]
        same = [c for c in calls if c.name == call.name and close(c.value, call.value)]
        named = [c for c in calls if c.name == call.name]
        using = [c for c in calls if any(close(c.args[i], call.args[j]) for i in c.followed for j in call.followed)]
        return next(iter((*same, *[c for c in calls if close(c.value, call.value)], *using, *named)), None)

    def sides(
        self, tape: Tape, call: Call, made: Any, true: Any, of: Callable[[Call], Any], place: int | None = None
    ) -> tuple[Side, ...]:
        """Return what both libraries have at a call, the one to blame first."""
        side = Side(tape.library, call.primitive, shown(made, true), source_line(call.rule_at(place)))
        twin = self.twin(tape, call)
        return (side, *twin_side(self.other(tape), twin, of(twin) if twin else None, made, place))


ENGINE = "each rule by itself is right: look at how the engine adds up and tells traces apart"


def agree(a: Slot, b: Slot) -> bool:
    """Say whether two slots got the same cotangents; none at all is the same as zero."""
    if not (a.totals and b.totals):
        return all(not np.any(total) for total in (*a.totals, *b.totals) if is_numeric(total))
    return all(close(x, y, FINE) for x, y in zip(a.totals, b.totals, strict=False))


def first_foreign(tape: Tape, other: Tape, pairs: Budget) -> Call | None:
    """Return the first call of the outermost trace with a value that the other tape has nowhere."""
    known = [value for call in other.calls for value in (call.value, *call.args) if is_numeric(value)]
    prints, rank = set(map(print_of, known)), tape.ranks()
    for call in tape.calls:
        if rank[call.trace] != 0 or not is_numeric(call.value) or print_of(call.value) in prints:
            continue
        if not pairs.allows(len(known)):
            return None
        if not any(close(call.value, value) for value in known):
            return call
    return None


def twin_side(tape: Tape | None, twin: Call | None, made: Any, like: Any, place: int | None) -> tuple[Side, ...]:
    """Return what the other library has, in as many entries as there are."""
    if tape is None:
        return ()
    if twin is None:
        return (Side(tape.library, "no such call", tape.error),)
    rule = twin.rule_at(place if place in twin.followed else None)
    return (Side(tape.library, twin.primitive, shown(made, like) if is_numeric(made) else "", source_line(rule)),)


def used_by(slot: Slot) -> str:
    """Return the names of the primitives that use a value."""
    return ", ".join(dict.fromkeys(call.primitive for call in slot.uses)) or "no call"


def rule_lines(slot: Slot) -> str:
    """Return the line of the first rule that sends a cotangent to a slot."""
    return next((line for call in slot.uses if (line := source_line(call.rule_at(None)))), "")


def evaluated(call: Call) -> Any:
    """Return the value of a call under plain NumPy; None where that cannot be had."""
    try:
        return call.evaluate({})
    except Exception:
        return None


def is_another(true: Any, call: Call) -> bool:
    """Say whether a value is another one than the true one, by more than rounding of what it was computed from."""
    if np.shape(true) != np.shape(call.value):
        return True
    if close(true, call.value, FINE):
        return False
    error = np.max(np.abs(np.asarray(true) - call.value), initial=0.0)
    return not bool(error <= 1e-12 * largest_of(*call.args))


def shown(value: Any, other: Any) -> str:
    """Return at most six numbers of a value: of a longer one, those that differ most from another one like it."""
    if not is_numeric(value):
        return type(value).__name__
    array = np.asarray(value)
    if array.ndim == 0:
        return number(array[()])
    if array.size <= SHOWN or np.shape(other) != array.shape:
        more = ", ..." if array.size > SHOWN else ""
        return f"{array.shape} [{', '.join(map(number, array.ravel()[:SHOWN]))}{more}]"
    gaps = np.nan_to_num(np.abs(np.asarray(other, complex) - array), nan=np.inf).ravel()
    places = np.sort(np.argsort(-gaps, kind="stable")[:SHOWN])
    return f"{array.shape} at {places.tolist()} [{', '.join(number(array.ravel()[i]) for i in places)}, ...]"
