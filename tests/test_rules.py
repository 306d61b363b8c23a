"""Each house rule accepts what is meant and catches what is not."""

from __future__ import annotations

import ast
from collections.abc import Callable

import pytest

from tests import rules

SAMPLES: list[tuple[Callable[[ast.Module], rules.Broken], str, str]] = [
    (rules.hidden_imports, "import os\ndef f(): return os", "def f():\n    import os"),
    (
        rules.hidden_imports,
        "if True:\n    import os",
        "class A:\n    def f(self):\n        from os import path",
    ),
    (rules.untranslatable, "_('Hello %(name)s')", "_(f'Hello {name}')"),
    (rules.untranslatable, "_('{number} left')", "_('{} left')"),
    (rules.untranslatable, "_('100 %%')", "_('%d left')"),
    (rules.untranslatable, "_('Hello').format(name=name)", "_('Hello {name}'.format(name=name))"),
    (rules.untranslatable, "ngettext('a', 'b', count)", "ngettext('%s a', 'b', count)"),
    (rules.orm_writes, "Case.objects.filter(pk=1)", "Case.objects.filter(pk=1).update(stage='x')"),
    (rules.orm_writes, "picture.save(out, 'JPEG')", "case.save()"),
    (rules.orm_writes, "cursor.execute('SELECT 1')", "cursor.execute('INSERT INTO t VALUES (1)')"),
    (rules.orm_writes, "seen.update(other)", "Case.objects.bulk_create([])"),
    (rules.orm_writes, "opening.create()", "Case.objects.create()"),
    (rules.orm_writes, "rows.insert(0, row)", "insert_many(rows)"),
    (rules.orm_writes, "cache.delete('x')", "case.delete()"),
    (rules.unhinted, "def f(a: int, *, b: str = '') -> None: ...", "def f(a: int, *, b='') -> None: ..."),
    (rules.unhinted, "class A:\n    def f(self) -> None: ...", "class A:\n    def f(self): ..."),
    (rules.undocumented, "'''M.'''\ndef _f(): pass", "'''M.'''\ndef f(): pass"),
    (rules.undocumented, "'''M.'''\nclass A:\n    '''A.'''\n    class Meta: pass", "'''M.'''\nclass A: pass"),
    (rules.undocumented, "'''M.'''", "x = 1"),
    (rules.finding_people, "request.GET.get('stage')", "request.GET.get('phone')"),
    (rules.finding_people, "request.GET['division']", "request.GET['reporter_id']"),
    (rules.finding_people, "path('cases/<uuid:case>/', see)", "path('people/<str:phone>/', see)"),
    (
        rules.finding_people,
        "class TodoFilter:\n    stage = Field()",
        "class TodoFilter:\n    contact = Field()",
    ),
    (
        rules.finding_people,
        "@api.get('/m')\ndef f(request, number: str): ...",
        "@api.get('/m')\ndef f(request, phone: str): ...",
    ),
    (rules.personal_fields, "label = models.CharField()", "phone = models.CharField()"),
    (
        rules.personal_fields,
        "contact = models.ForeignKey(Contact)",
        "class M:\n    full_name: str = models.CharField()",
    ),
    (rules.imports_of_ours, "import linli.base.ids", "from linli.cases.models import Case"),
]


@pytest.mark.parametrize(("rule", "good", "bad"), SAMPLES)
def test_a_rule_tells_good_from_bad(rule: Callable[[ast.Module], rules.Broken], good: str, bad: str) -> None:
    assert list(rule(ast.parse(good))) == []
    assert list(rule(ast.parse(bad))) != []


def test_length_and_branches_are_counted_as_people_count_them() -> None:
    tree = ast.parse("def f(x):\n    if x:\n        return 1\n    for y in x:\n        pass\n    return 2\n")
    function = next(rules.functions(tree))
    assert (rules.length(function), rules.branches(function)) == (6, 2)
