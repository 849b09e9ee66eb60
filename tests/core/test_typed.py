"""
Tests of `phase2_gate.core.typed`: what our named tuples do is what those of `typing` do.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import sys
import types
from collections.abc import Sized
from typing import NamedTuple as Original
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

import phase2_gate
from phase2_gate.core import typed


class Theirs(Original):
    """
    As the standard library makes it.
    """

    name: str
    size: int = 7
    tags: tuple[str, ...] = ()


class Ours(typed.NamedTuple):
    """
    The same, of ours.
    """

    name: str
    size: int = 7
    tags: tuple[str, ...] = ()

    @property
    def loud(self) -> str:
        """
        The name in capitals.
        """
        return self.name.upper()

    def grown(self, by: int) -> Ours:
        """
        One that is larger.
        """
        return self._replace(size=self.size + by)


_VALUES = st.one_of(st.integers(), st.text(max_size=3), st.none())
_NAMES = st.sampled_from(("name", "size", "tags", "cls", "self", "other"))


@given(st.lists(_VALUES, max_size=5), st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_it_is_made_as_the_original(values: list[object], named: dict[str, object]) -> None:
    """
    Of the same calls, with the same values; what the one refuses, the other does.
    """
    try:
        expected = Theirs(*values, **named)  # type: ignore[arg-type] # any call
    except TypeError:
        with pytest.raises(TypeError, match=r"^Ours: seen \d values and \[.*\], need name, size, tags$"):
            Ours(*values, **named)  # type: ignore[arg-type] # as above
        return
    made = Ours(*values, **named)  # type: ignore[arg-type] # as above
    assert tuple(made) == tuple(expected)
    assert (made.name, made.size, made.tags) == (expected.name, expected.size, expected.tags)
    assert hash(made) == hash(expected)
    assert repr(made) == repr(expected).replace("Theirs", "Ours")
    assert made._asdict() == expected._asdict()


@given(st.dictionaries(_NAMES, _VALUES, max_size=3))
def test_it_is_replaced_as_the_original(named: dict[str, object]) -> None:
    """
    Field by field; a name that there is not is a TypeError, which it is for theirs from Python 3.13 on.
    """
    try:
        expected = Theirs("a")._replace(**named)  # type: ignore[arg-type] # any call
    except (TypeError, ValueError):
        with pytest.raises(TypeError, match=r"^Ours: seen \[.*\], need some of name, size, tags$"):
            Ours("a")._replace(**named)  # type: ignore[arg-type] # as above
        return
    assert tuple(Ours("a")._replace(**named)) == tuple(expected)  # type: ignore[arg-type] # as above


def test_it_is_made_of_a_row() -> None:
    """
    Of as many values as there are fields, whatever their defaults, as the original is.
    """
    assert Ours._make(iter(["a", 3, ()])) == ("a", 3, ())
    assert Theirs._make(iter(["a", 3, ()])) == ("a", 3, ())
    for number in (0, 1, 2, 4):
        with pytest.raises(TypeError, match=f"^Ours: seen {number} values, need name, size, tags$"):
            Ours._make(range(number))
        with pytest.raises(TypeError):
            Theirs._make(range(number))


def test_it_has_what_the_original_has() -> None:
    """
    Everything public, and what the documentation of `collections.namedtuple` promises.
    """
    promised = {"_make", "_asdict", "_replace", "_fields", "_field_defaults", "__match_args__"}
    assert {name for name in dir(Theirs) if not name.startswith("_")} | promised <= set(dir(Ours))
    assert getattr(Ours("a"), "__replace__")(size=1) == ("a", 1, ())  # noqa: B009 - unknown to Python 3.11


def test_it_is_a_tuple_that_nobody_changes() -> None:
    """
    No attribute can be set, and there is no place for another.
    """
    made = Ours("a", 3)

    assert isinstance(made, tuple)
    assert type(Ours) is type
    for name in ("size", "other"):
        with pytest.raises(AttributeError):
            setattr(made, name, 1)
    assert not hasattr(made, "__dict__")
    assert sys.getsizeof(made) == sys.getsizeof(Theirs("a", 3))


def test_the_body_of_the_class_stays() -> None:
    """
    Properties, methods, the docstring, the annotations, where it is from.
    """
    assert Ours("a").loud == "A"
    assert Ours("a").grown(2) == ("a", 9, ())
    assert (Ours.__doc__ or "").strip() == "The same, of ours."
    assert list(Ours.__annotations__) == ["name", "size", "tags"]
    assert (Ours.__module__, Ours.__qualname__) == (__name__, "Ours")
    assert Ours._fields == Theirs._fields
    assert Ours._field_defaults == Theirs._field_defaults


def test_it_says_what_it_takes() -> None:
    """
    To `help`, and to editors: names, defaults, and the annotations as they are written.
    """
    ours, theirs = (inspect.signature(cls).parameters.values() for cls in (Ours, Theirs))
    assert [(one.name, one.kind, one.default) for one in ours] == [(one.name, one.kind, one.default) for one in theirs]
    assert str(inspect.signature(Ours)) == "(name: 'str', size: 'int' = 7, tags: 'tuple[str, ...]' = ())"


def test_it_can_be_a_base() -> None:
    """
    Of an ordinary class, which has the same fields and may have more attributes, also together with another base.
    """

    class Mine(Ours, Sized):
        """
        A user's.
        """

        note: str = "k"

        def shout(self) -> str:
            """
            Its name, loud.
            """
            return self.loud + "!"

    made = Mine("a", size=2)
    assert (made, made.shout(), made.note, made._replace(size=3)) == (("a", 2, ()), "A!", "k", Mine("a", 3))
    assert str(inspect.signature(Mine)) == str(inspect.signature(Ours))
    made.note = "changed"
    assert made.note == "changed"


def test_it_is_taken_apart_by_a_pattern() -> None:
    """
    By place and by name.
    """
    match Ours("a", 3):
        case Ours(name, 3, tags=()):
            assert name == "a"
        case other:
            pytest.fail(f"seen {other!r}")


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_survives_pickling(protocol: int) -> None:
    """
    With every protocol.
    """
    back = pickle.loads(pickle.dumps(Ours("a", 3, ("b",)), protocol))  # noqa: S301 - of our own making
    assert type(back) is Ours
    assert back == ("a", 3, ("b",))


def test_it_is_copied() -> None:
    """
    Deep copies hold copies.
    """
    made = Ours("a", 3, (["b"],))  # type: ignore[arg-type] # something that can be changed
    for back in (copy.copy(made), copy.deepcopy(made)):
        assert type(back) is Ours
        assert back == made
    assert copy.deepcopy(made).tags[0] is not made.tags[0]


def test_a_class_without_fields_is_refused() -> None:
    """
    From Python 3.14 on, a body without the future import does not show its annotations.
    """
    with pytest.raises(TypeError, match=r"^Empty: a named tuple without fields: its module needs `from __future__"):
        types.new_class("Empty", (typed.NamedTuple,))


def test_a_field_without_a_default_does_not_follow_one_with_it() -> None:
    """
    As the original: nobody could say which value is whose.
    """
    body = {"__annotations__": {"a": "int", "b": "int"}, "a": 1}
    with pytest.raises(TypeError, match=r"^Odd: a field without a default stands behind one with a default$"):
        types.new_class("Odd", (typed.NamedTuple,), exec_body=lambda empty: empty.update(body))


def test_there_is_a_bound_to_the_number_of_fields() -> None:
    """
    Twenty, of which the last is read as the first is.
    """
    names = [f"field{place}" for place in range(21)]
    body = {"__annotations__": dict.fromkeys(names[:20], "int")}
    made = types.new_class("Full", (typed.NamedTuple,), exec_body=lambda empty: empty.update(body))
    assert [getattr(made(*range(20)), name) for name in names[:20]] == list(range(20))

    body = {"__annotations__": dict.fromkeys(names, "int")}
    with pytest.raises(TypeError, match=r"^Overfull: seen 21 fields, need 20 at most$"):
        types.new_class("Overfull", (typed.NamedTuple,), exec_body=lambda empty: empty.update(body))


def test_the_types_of_fields_can_be_asked_for() -> None:
    """
    Of every class that the package gives away, and of all that these hold: for serialisers, and for `hypothesis`.
    """
    pending = [getattr(phase2_gate, name) for name in phase2_gate.__all__]
    seen: set[type] = set()
    while pending:
        one = pending.pop()
        pending += get_args(one)
        if isinstance(one, type) and one not in seen and one.__module__.startswith("phase2_gate"):
            seen.add(one)
            pending += get_type_hints(one).values()
    assert {"Finding", "Record", "Profile", "Built", "Run", "Waiver", "Limits"} <= {one.__name__ for one in seen}


def test_types_that_only_checkers_tell_apart() -> None:
    """
    A protocol is a base with no say, and a new type is the old one.
    """

    class Shape(typed.Protocol):
        """
        Something with an area.
        """

        def area(self) -> int:
            """
            Its area.
            """

    assert Shape.__mro__ == (Shape, typed.Protocol, object)
    assert typed.NewType("Name", str) is str
    assert typed.TYPE_CHECKING is False
