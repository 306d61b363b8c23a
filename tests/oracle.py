"""A second, slow reading of the rights, to hold the fast one against: it reads the yaml files and the source of the
tables by itself, compares places as strings of digits, and imports nothing that decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

REPOSITORY = Path(__file__).resolve().parent.parent
KINDS_OF_POST = (
    *("grid_worker", "clerk", "call_taker", "dispatcher", "handler"),
    *("checker", "inspector", "head", "administrator", "mediator"),
)
WATCHING = 4  # digits of a city: it and what is above sees figures, and cases its level has part in
ALLOWED, LACKING, OUTSIDE = "allowed", "lacking", "outside"


@dataclass(frozen=True)
class Who:
    """An actor as the oracle knows it: a post (kind, area as digits), a party or the system."""

    type: str
    post: int = 0
    kind: str = ""
    area: str = ""
    name: str = ""
    case: int = 0


@dataclass(frozen=True)
class Matter:
    """A case as the oracle knows it; `tasks` are the open ones as (post, role, what was asked).

    `agreed`: whether the reporter has said yes to what needs a yes; `named`: whether the parties know them by name.
    """

    key: int
    kind: str
    place: str
    opened_by: int = 0
    reporter: bool = True
    tasks: tuple[tuple[int, str, str], ...] = ()
    took: frozenset[str] = field(default_factory=frozenset)
    seen: bool = True
    agreed: bool = False
    named: bool = False


@cache
def procedures() -> dict[str, dict[str, Any]]:
    """Every procedure.yaml as it lies on the disk."""
    paths = sorted(REPOSITORY.glob("linli/kinds/*/procedure.yaml"))
    return {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths}


def roles() -> list[str]:
    """What somebody can be in a case beside its reporter, in any kind; and one that no kind has."""
    found = {role for rules in procedures().values() for role in rules.get("roles", {})}
    return sorted(found - {"reporter"} | {"neighbour"})


@cache
def core_rules() -> dict[str, frozenset[str]]:
    """The post rules of the core, of retention, of a body's work and of exchange, read out of their source."""
    found = dict(_calls("linli/posts/powers.py", "PostRule", 2))
    for path in ("linli/cases/holding_files.py", "linli/cases/bodywork.py", "linli/exchange/apps.py"):
        found |= dict(_calls(path, "allow", 1))
    return found


@cache
def purposes() -> dict[str, dict[str, frozenset[str]]]:
    """The register of purposes, read out of its source."""
    tree, names = _tree("linli/residents/purposes.py")
    found = {}
    for call in [*_named(tree, "Purpose"), *_named(tree, "_showing")]:
        name = next((text for each in call.args[:2] if (text := _text(each, names))), "")
        if not name:  # made by a function for each of its calls
            continue
        given = {each.arg: each.value for each in call.keywords}
        found[name] = {
            key: _kinds(given[key], names) if key in given else frozenset()
            for key in ("posts", "parties", "systems")
        }
        found[name]["consent"] = frozenset({"needed"} if "by_consent" in given else ())
        found[name]["named"] = frozenset({"only"} if "of_named" in given else ())
    return found


def _tree(path: str) -> tuple[ast.Module, dict[str, Any]]:
    """A module, and the names that are given a plain value in it."""
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    names: dict[str, Any] = {"EVERYBODY": frozenset(KINDS_OF_POST)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            both = _both_tuples(target, value)
            pairs = zip(target.elts, value.elts, strict=True) if both else [(target, value)]
            for name, given in pairs:
                if isinstance(name, ast.Name) and name.id not in names:
                    names[name.id] = given
    return tree, names


def _both_tuples(target: ast.expr, value: ast.expr) -> bool:
    return isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)


def _named(tree: ast.Module, called: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == called and node.args:
            yield node


def _calls(path: str, called: str, place: int) -> Iterator[tuple[str, frozenset[str]]]:
    tree, names = _tree(path)
    for call in _named(tree, called):
        if name := _text(call.args[0], names):
            yield name, _kinds(call.args[place], names)


def _text(node: ast.expr, names: dict[str, Any]) -> str:
    """A text, written or named; empty for anything else."""
    if isinstance(node, ast.Name):
        return _text(names[node.id], names) if isinstance(names.get(node.id), ast.expr) else ""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _value(node: ast.expr, names: dict[str, Any]) -> str:
    if isinstance(node, ast.Name):
        return _value(names[node.id], names)
    if isinstance(node, ast.Attribute):
        return node.attr.lower()
    assert isinstance(node, ast.Constant)
    return str(node.value)


def _kinds(node: ast.expr, names: dict[str, Any]) -> frozenset[str]:
    """A set of kinds of post however it is written: a display, frozenset(...), a name, a difference."""
    if isinstance(node, ast.Name):
        known = names[node.id]
        return known if isinstance(known, frozenset) else _kinds(known, names)
    if isinstance(node, ast.BinOp):
        return _kinds(node.left, names) - _kinds(node.right, names)
    if isinstance(node, ast.Call):
        return _kinds(node.args[0], names) if node.args else frozenset()
    if isinstance(node, ast.Attribute) and node.attr == "values":
        return frozenset(KINDS_OF_POST)
    assert isinstance(node, ast.Set), ast.dump(node)
    found: set[str] = set()
    for each in node.elts:
        found |= _kinds(each.value, names) if isinstance(each, ast.Starred) else {_value(each, names)}
    return frozenset(found)


# --- deciding -----------------------------------------------------------------------------------------------


def power(who: Who, name: str, place: str) -> str:
    """Whether a post may use a power of the core at a place."""
    if who.type != "post" or not place.startswith(who.area):
        return OUTSIDE
    return ALLOWED if who.kind in core_rules().get(name, frozenset()) else LACKING


def step(who: Who, name: str, matter: Matter) -> str:
    """Whether somebody may take a step of a case, whatever its stage."""
    rule = procedures()[matter.kind]["steps"][name]
    if who.type == "system":
        return ALLOWED if rule.get("system") else LACKING
    if who.type == "party":
        if who.case != matter.key:
            return OUTSIDE
        return ALLOWED if who.name in rule.get("parties", ()) else LACKING
    answer = _post_step(who, name, rule, matter)
    if procedures()[matter.kind].get("sight") == "tasks":
        if not matter.seen:
            return OUTSIDE
        answer = LACKING if answer == OUTSIDE else answer
    elif len(who.area) <= WATCHING and not matter.seen and not rule.get("from_above"):
        return OUTSIDE
    checked = set(rule.get("apart_from", ()))
    return LACKING if answer == ALLOWED and checked & matter.took else answer


def _post_step(who: Who, name: str, rule: dict[str, Any], matter: Matter) -> str:
    by_area = procedures()[matter.kind].get("sight", "area") == "area"
    own = [(role, asks) for post, role, asks in matter.tasks if post == who.post]
    inside = matter.place.startswith(who.area)
    if not (own or (inside if by_area else who.post == matter.opened_by)):
        return OUTSIDE
    for role, asks in own:
        if role in rule.get("tasked", ()) and (role != "asked" or asks in rule.get("settles", ())):
            return ALLOWED
    if "reporter" in rule.get("parties", ()) and who.post == matter.opened_by and not matter.reporter:
        return ALLOWED
    if not inside:
        return OUTSIDE
    return ALLOWED if who.kind in rule.get("posts", ()) else LACKING


def reading(who: Who, name: str, matter: Matter) -> str:
    """Whether somebody may give a purpose for reading who raised a case."""
    rule = purposes()[name]
    shielded = bool(rule["named"]) and not matter.named
    if who.type == "system":
        return ALLOWED if who.name in rule["systems"] else LACKING
    if who.type == "party":
        listed = "reporter" if who.name in roles() else who.name  # stands for every party itself
        known = matter.named if rule["named"] else who.name == "reporter"
        return ALLOWED if who.case == matter.key and listed in rule["parties"] and known else OUTSIDE
    if not matter.place.startswith(who.area):
        return OUTSIDE
    if rule["consent"] and not matter.agreed:
        return LACKING
    carries = any(post == who.post and role != "asked" for post, role, _asks in matter.tasks)
    if shielded or (rule["named"] and not carries):
        return LACKING
    return ALLOWED if who.kind in rule["posts"] else LACKING
