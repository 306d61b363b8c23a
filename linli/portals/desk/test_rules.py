from linli.cases.models import Limit


def page(client, **asked):
    return client.get("/desk/rules/", asked)


def rows(text):
    return text.count('<td class="is-title"')


def test_every_post_reads_the_rules_with_their_articles(sign_in):
    text = page(sign_in("power")).content.decode()
    assert "《信访工作条例》第三十一、三十四条" in text
    assert rows(text) == Limit.objects.filter(valid_to=None).count()


def test_what_is_not_verified_says_so(sign_in):
    every, unverified = (
        page(sign_in("power")).content.decode(),
        page(sign_in("power"), unverified="1").content.decode(),
    )
    assert unverified.count("未核实") >= Limit.objects.filter(confirmed=False, valid_to=None).count() > 0
    assert 0 < rows(unverified) < rows(every)


def test_words_narrow_the_table_and_nothing_found_says_what_to_do(sign_in):
    client = sign_in("power")
    assert 2 <= rows(page(client, words="行政复议").content.decode()) < 30
    assert "换一个主题" in page(client, words="没有这样的规则").content.decode()


def test_a_day_that_is_none_is_a_sentence(sign_in):
    answer = page(sign_in("power"), day="2026-02-30")
    assert answer.status_code == 422
    assert "2026-03-01" in answer.content.decode()


def test_before_a_law_was_in_force_it_is_not_listed(sign_in):
    assert "《信访工作条例》" not in page(sign_in("power"), day="2020-01-01").content.decode()
