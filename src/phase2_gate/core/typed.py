"""
What of `typing` is needed while a program runs, without loading it.

To load `typing`, and to make named tuples its way, takes a sixth of the time in which a small bundle is judged
(decision 0009). Type checkers see the originals. What stands in annotations alone (``Any``, ``Self``) is imported from
`typing` itself, below ``if TYPE_CHECKING``.
"""

from __future__ import annotations

from collections import namedtuple

__all__ = ["TYPE_CHECKING", "NamedTuple", "NewType", "Protocol"]

TYPE_CHECKING = False
"""As `typing.TYPE_CHECKING`: type checkers know the name, and take it for true."""

if TYPE_CHECKING:
    import inspect
    from collections.abc import Iterable
    from typing import Any, Self

_Row = namedtuple("_Row", "a b c d e f g h i j k l m n o p q r s t")  # noqa: PYI024 - what this module is about
_GETTERS = tuple([vars(_Row)[field] for field in _Row._fields])
"""What reads the n-th value of a tuple; written in C, they take less than half the time of a property."""


class _Signature:
    """
    What `help` and editors ask a class for whose constructor takes anything, as it is the one of all.

    Args:
        fields: The fields and their annotations.
        defaults: Values of the last of them.
    """

    def __init__(self, fields: dict[str, Any], defaults: dict[str, Any]) -> None:
        self._fields = fields
        self._defaults = defaults

    def __get__(self, _: object, __: type) -> inspect.Signature:
        from inspect import Parameter, Signature

        kind, none = Parameter.POSITIONAL_OR_KEYWORD, Parameter.empty
        return Signature(
            [
                Parameter(field, kind, default=self._defaults.get(field, none), annotation=annotation)
                for field, annotation in self._fields.items()
            ]
        )


class _Fields(tuple[object, ...]):
    """
    What all named tuples have in common; what it does is what an original one does.
    """

    __slots__ = ()
    if TYPE_CHECKING:
        _fields: tuple[str, ...]
        _field_defaults: dict[str, Any]

    def __new__(cls, /, *values: object, **named: object) -> Self:
        fields = cls._fields
        if named or len(values) != len(fields):
            rest = fields[len(values) :]
            known = {**cls._field_defaults, **named}
            if len(values) > len(fields) or not named.keys() <= set(rest) <= known.keys():
                message = f"{cls.__name__}: seen {len(values)} values and {list(named)}, need {', '.join(fields)}"
                raise TypeError(message)
            values += tuple([known[field] for field in rest])
        return tuple.__new__(cls, values)

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __repr__(self) -> str:
        shown = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
        return f"{type(self).__name__}({shown})"

    @classmethod
    def _make(cls, values: Iterable[object]) -> Self:
        row = tuple(values)
        if len(row) != len(cls._fields):
            message = f"{cls.__name__}: seen {len(row)} values, need {', '.join(cls._fields)}"
            raise TypeError(message)
        return tuple.__new__(cls, row)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))

    def _replace(self, /, **named: object) -> Self:
        if unknown := named.keys() - set(self._fields):
            message = f"{type(self).__name__}: seen {sorted(unknown)}, need some of {', '.join(self._fields)}"
            raise TypeError(message)
        return self._make({**self._asdict(), **named}.values())

    __replace__ = _replace  # what `copy.replace` calls, from Python 3.13 on


class _Maker(type):
    """
    Makes a class whose body annotates fields the class of tuples that have these fields, an ordinary class.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
        if not bases:
            return super().__new__(cls, name, bases, body)
        annotations = body.get("__annotations__", {})
        fields = tuple(annotations)
        defaults = {field: body[field] for field in fields if field in body}
        if not fields:
            # Python 3.14 keeps annotations elsewhere, unless they are texts.
            message = f"{name}: a named tuple without fields: its module needs `from __future__ import annotations`"
            raise TypeError(message)
        if tuple(defaults) != fields[len(fields) - len(defaults) :]:
            message = f"{name}: a field without a default stands behind one with a default"
            raise TypeError(message)
        if len(fields) > len(_GETTERS):
            message = f"{name}: seen {len(fields)} fields, need {len(_GETTERS)} at most"
            raise TypeError(message)
        own = {"__slots__": (), "__match_args__": fields, "_fields": fields, "_field_defaults": defaults}
        getters = dict(zip(fields, _GETTERS, strict=False))
        return type(name, (_Fields,), {**body, **own, **getters, "__signature__": _Signature(annotations, defaults)})


class _NamedTuple(metaclass=_Maker):
    """
    What stands as the base of such a class, and is none of its bases.
    """


class _Protocol:
    """
    The base of what is a protocol for type checkers, and never made or asked about while a program runs.
    """


def _new_type(_: str, base: type) -> type:
    """
    As `typing.NewType`, for types that are told apart by type checkers alone.
    """
    return base


if TYPE_CHECKING:
    from typing import NamedTuple, NewType, Protocol
else:
    NamedTuple, NewType, Protocol = _NamedTuple, _new_type, _Protocol
