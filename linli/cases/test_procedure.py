import pytest

from linli.cases.kinds import all_kinds, kind_of
from linli.cases.procedure import mistakes_in, read_procedure

GOOD = """
kind: tests
label: {zh: 测试, en: Test}
stages:
  begun: {label: {zh: 开始, en: Begun}}
  done: {label: {zh: 完成, en: Done}, ends: true}
clocks:
  promise: {label: {zh: 时限, en: Promise}, lapse: finish}
steps:
  begin: {label: {zh: 开始, en: Begin}, opens: true, parties: [anyone], enters: begun, start: [promise]}
  finish: {label: {zh: 完成, en: Finish}, posts: [clerk], leaves: [begun], enters: done}
"""


def read(tmp_path, text):
    path = tmp_path / "procedure.yaml"
    path.write_text(text, encoding="utf-8")
    return read_procedure(path)


def test_a_good_procedure_has_no_mistakes(tmp_path):
    assert list(mistakes_in(read(tmp_path, GOOD))) == []


@pytest.mark.parametrize(
    ("wrong", "right", "mistake"),
    [
        ("leaves: [begun]", "leaves: [nowhere]", "unknown stage nowhere"),
        ("start: [promise]", "start: [vow]", "unknown clock vow"),
        ("opens: true, ", "", "exactly one step"),
        ("enters: done", "enters: begun", "stage done cannot be reached"),
        ("posts: [clerk], leaves: [begun]", "posts: [clerk], leaves: []", "begun has no way out"),
        ("posts: [clerk], ", "", "nobody may take step finish"),
        ("lapse: finish", "lapse: vanish", "unknown step vanish"),
        ("kind: tests", "kind: tests\nsight: tasks", "say tasked"),
        ("kind: tests", "kind: tests\nsight: friends", "means nothing"),
    ],
)
def test_each_mistake_is_named(tmp_path, wrong, right, mistake):
    assert wrong in GOOD
    with pytest.raises(ValueError, match=mistake):
        read(tmp_path, GOOD.replace(wrong, right))


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)
def test_every_installed_kind_is_sound(kind):
    assert list(mistakes_in(kind.procedure)) == []


def test_a_label_is_read_in_the_readers_language(settings):
    from django.utils.translation import override

    label = kind_of("matters").procedure.steps["dispatch"].label
    with override("zh-hans"):
        assert str(label) == "派遣"
    with override("en"):
        assert str(label) == "Dispatch"
