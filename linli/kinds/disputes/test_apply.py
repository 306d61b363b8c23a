def test_a_new_dispute_goes_to_the_head_of_the_nearest_body(applied, committee):
    assert (applied.stage, applied.tasks()) == ("applied", [committee.pk])
    assert applied.case.summary == "矛盾纠纷：邻里纠纷"


def test_it_is_looked_at_for_safety_first(triaged, committee):
    assert (triaged.stage, triaged.tasks()) == ("triaged", [committee.pk])
