"""House rules as functions over one module's tree; each gives the lines that break it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Function = ast.FunctionDef | ast.AsyncFunctionDef
Broken = Iterator[tuple[int, str]]

# Which arguments are texts.
TRANSLATING = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], slice(0, 1)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], slice(0, 2)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], slice(0, 2)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], slice(0, 3)),
}
# Words that name a person's data. A list, a filter or an address with one of them finds people, not matters.
PERSON_WORDS = {
    "reporter",
    "phone",
    "telephone",
    "mobile",
    "tel",
    "contact",
    "name",
    "person",
    "resident",
    "caller",
    "applicant",
    "citizen",
    "household",
    "address",
    "email",
    "idcard",
    "identity",
    "follow",
}
PERSONAL_FIELDS = {
    "phone",
    "telephone",
    "mobile",
    "tel",
    "surname",
    "person",
    "caller",
    "applicant",
    "citizen",
    "address",
    "email",
    "idcard",
    "identity",
    "wechat",
    "birthday",
    "birth",
    "gender",
    "sex",
    "ethnicity",
    "nickname",
    "fullname",
}
PERSONAL_PAIRS = {
    "first_name",
    "last_name",
    "full_name",
    "given_name",
    "family_name",
    "reporter_name",
    "contact_name",
    "id_card",
    "id_number",
}


def functions(tree: ast.AST) -> Iterator[Function]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def hidden_imports(tree: ast.Module) -> Broken:
    """Imports inside functions."""
    for function in functions(tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom):
                yield node.lineno, f"import inside {function.name}()"


def untranslatable(tree: ast.Module) -> Broken:
    """What cannot be collected or translated: f-strings, computed texts, placeholders without a name."""
    for call in _calls(tree):
        texts = call.args[TRANSLATING.get(_called(call), slice(0))]
        yield from ((call.lineno, problem) for problem in map(_text_problem, texts) if problem)


def _text_problem(argument: ast.expr) -> str:
    if isinstance(argument, ast.JoinedStr):
        return "f-string as a translatable text"
    if not isinstance(argument, ast.Constant):
        return "translatable text is computed, not written"
    text = str(argument.value)
    if re.search(r"(?<!%)(?:%%)*%[sdrif]", text) or re.search(r"\{\d*\}", text):
        return f"placeholder without a name in {text!r}"
    return ""


def orm_writes(tree: ast.Module) -> Broken:
    """Calls that write to the database."""
    for call in _calls(tree):
        if _writes(call):
            yield call.lineno, f".{_called(call)}()"


def _writes(call: ast.Call) -> bool:
    name = _called(call)
    if name in {"insert_many", "insert_values"}:
        return True
    if not isinstance(call.func, ast.Attribute):
        return False
    if name in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}:
        return True
    if name == "execute" and call.args:
        return bool(re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", _literal(call.args[0]), re.IGNORECASE))
    manager = _through_manager(call.func.value)
    if name in {"create", "delete"}:
        return manager or (name == "delete" and not call.args and not call.keywords)
    if name == "update":
        return manager and bool(call.keywords)
    return name == "save" and not call.args


def _through_manager(node: ast.expr) -> bool:
    chain = ast.dump(node)
    return any(f"attr='{word}'" in chain for word in ("objects", "_default_manager", "filter", "exclude"))


def unhinted(tree: ast.Module) -> Broken:
    """Functions with a parameter or a return value without a type."""
    for function in functions(tree):
        spec = function.args
        named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
        bare = [
            each.arg for each in named if each and not each.annotation and each.arg not in {"self", "cls"}
        ]
        if bare or function.returns is None:
            yield function.lineno, f"{function.name}() lacks types: {', '.join(bare) or 'return'}"


# Methods whose meaning Django or Python defines.
KNOWN = {
    *("ready", "handle", "add_arguments", "get_queryset", "delete", "save", "send"),
    *("clean", "to_python", "validate", "widget_attrs", "build_attrs", "get_context", "value_from_datadict"),
    *(
        "get_bound_field",
        "deconstruct",
        "formfield",
        "process_exception",
        "process_view",
        "is_open_for_signup",
    ),
}


def undocumented(tree: ast.Module) -> Broken:
    """Public classes, functions and methods without a docstring; the module itself."""
    if tree.body and not ast.get_docstring(tree):  # an empty __init__.py only marks a folder
        yield 1, "the module has no docstring"
    yield from _undocumented_in(tree.body, "")


def _undocumented_in(body: list[ast.stmt], owner: str) -> Broken:
    for node in body:
        if not isinstance(node, Function | ast.ClassDef) or node.name.startswith("_"):
            continue
        if node.name in {"Meta", *(KNOWN if owner else ())} or _is_stub(node) or _overrides(node):
            continue
        if not ast.get_docstring(node):
            yield node.lineno, f"{owner}{node.name} has no docstring"
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_in(node.body, f"{node.name}.")


def _is_stub(node: ast.AST) -> bool:
    last = getattr(node, "body", [None])[-1]
    return isinstance(last, ast.Expr) and isinstance(last.value, ast.Constant) and last.value.value is ...


def _overrides(node: ast.AST) -> bool:
    return any(
        "override" in ast.unparse(each) or "setter" in ast.unparse(each) for each in node.decorator_list
    )  # type: ignore[attr-defined]


def finding_people(tree: ast.Module) -> Broken:
    """Query parameters, URL parts, filters and read operations named after a person's data."""
    for node in ast.walk(tree):
        for name in [
            *_asked_names(node),
            *_route_names(node),
            *_filter_form_names(node),
            *_read_parameters(node),
        ]:
            if set(re.split(r"[_\W]+", name.lower())) & PERSON_WORDS:
                yield getattr(node, "lineno", 0), f"a list can be narrowed by {name!r}"


def _asked_names(node: ast.AST) -> list[str]:
    """request.GET["x"], request.GET.get("x"), .getlist("x")."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith(".GET"):
        return [_literal(node.slice)]
    if isinstance(node, ast.Call) and ".GET.get" in ast.unparse(node.func) and node.args:
        return [_literal(node.args[0])]
    return []


def _route_names(node: ast.AST) -> list[str]:
    """The parameters of path("...<int:x>...")."""
    if isinstance(node, ast.Call) and _called(node) in {"path", "re_path"} and node.args:
        return re.findall(r"<(?:\w+:)?(\w+)>", _literal(node.args[0]))
    return []


def _filter_form_names(node: ast.AST) -> list[str]:
    """The fields of a class that narrows lists."""
    if isinstance(node, ast.ClassDef) and re.search(r"Filter|Search|Listing|Query(?!Set)", node.name):
        return [_target(each) for each in node.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    return []


def _read_parameters(node: ast.AST) -> list[str]:
    """The parameters of an API function that answers GET."""
    if not isinstance(node, Function) or not any(
        ".get(" in ast.unparse(each) for each in node.decorator_list
    ):
        return []
    return [each.arg for each in [*node.args.args, *node.args.kwonlyargs]]


def personal_fields(tree: ast.Module) -> Broken:
    """Model fields that look as if they held somebody's name, number or address."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            field, name = ast.unparse(node.value.func), _target(node)
            stores = field.startswith("models.") and not re.search(
                r"ForeignKey|OneToOne|Index|Constraint", field
            )
            if stores and (set(name.split("_")) & PERSONAL_FIELDS or name in PERSONAL_PAIRS):
                yield node.lineno, f"{name} looks like a person's"


def imports_of_ours(tree: ast.Module) -> Broken:
    """Imports of linli from a migration: only the ground floor, which keeps its promises, may be named."""
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [each.name for each in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.startswith("linli") and not name.startswith("linli.base."):
                yield node.lineno, f"migration imports {name}"


def length(function: Function) -> int:
    """Lines from `def` to the end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def branches(function: Function) -> int:
    """Ways to turn off: if, loops, except, case."""
    turning = ast.If | ast.For | ast.While | ast.ExceptHandler | ast.match_case
    return sum(isinstance(node, turning) for node in ast.walk(function))


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _literal(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _target(node: ast.Assign | ast.AnnAssign) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return getattr(target, "id", "")
