"""Two categories by the words: right often enough to be worth the glance, the same each time, quick, never chosen."""

from __future__ import annotations

from datetime import date
from time import perf_counter

import pytest

from linli.base.generations import bump
from linli.cases.models import Category
from linli.cases.models.catalogue import Audience
from linli.cases.seeding import words_of
from linli.cases.wording import MOST, likely_category, likely_sorts

pytestmark = pytest.mark.django_db

SAID = """
0101 小区门口的垃圾堆了快一个星期，臭得没法开窗
0101 有人半夜往我们巷子里倒建筑废料，一大堆
0102 下雨天十字路口的水能淹到小腿，车都熄火了
0102 工地出来的车带了一路泥，走路一脚泥
0103 四楼的人家把柜子和纸箱全放在楼道里，走都走不过去
0103 楼梯拐角放了好几辆旧自行车，老人上下楼差点绊倒
0104 我家前面那户正在楼顶加盖一层，没看到有手续
0104 村口有人搭了个铁皮棚子，占了大家的路
0105 早市的菜贩把人行道全占了，推着婴儿车只能走马路
0105 晚上烧烤店的桌子都摆到马路上来了
0106 救火车的通道上天天停着私家车
0106 共享单车把地铁口堵得严严实实
0107 门前的大树太密了，家里白天都要开灯
0107 花坛里的草长得比人高，蚊子多得不得了
0108 河里的水这两天变黑了，岸边有死鱼
0108 上游的厂子偷偷往沟里排脏水
0201 我们这条路晚上一盏灯都不亮，走夜路害怕
0201 广场边的路灯杆子被车撞歪了
0202 马路中间的井盖不见了，很危险
0202 村里的水泥路烂得全是坑，摩托车都摔过
0203 家里从昨天晚上停水到现在，也没人通知
0203 下水道堵了，脏水从井里往外冒
0204 电线垂得很低，伸手就能摸到
0204 这几天老是跳闸停电，冰箱里的东西都坏了
0205 老年活动中心门口的健身器材断了一根
0206 电梯又坏了，住十八楼的老太太下不来
0206 物业收了钱不管事，大门坏了半年
0207 菜场边上的厕所没有水冲，味道太大
0301 楼下有人从窗户拉线给电瓶车充电，怕着火
0302 外墙的瓷砖一块一块往下掉，差点砸到小孩
0303 在门口小店买的面包都长毛了还在卖
0401 楼下广场舞的音响开到晚上十点，孩子没法写作业
0402 隔壁邻居把水管接到我家墙上，说了也不听
0403 我老公喝了酒就打我，孩子也害怕
0404 干了三个月活，包工头一分钱工资没给
0405 去窗口办事，那个工作人员不理人还发火
0501 我妈一个人住，腿脚不便，想问有没有送餐上门
0502 退休以后医保断了怎么补缴
0503 外地来打工的，怎么办居住证
0504 孩子今年上小学，不知道划到哪个学区
"""
TABLE = [line.split(" ", 1) for line in SAID.split("\n") if line]


def codes(text: str) -> list[str]:
    return [each.category.code for each in likely_sorts("matters", text)]


def test_of_forty_everyday_sentences_nine_in_ten_find_their_category_among_the_two(world):
    missed = [(code, text, codes(text)) for code, text in TABLE if code not in codes(text)]
    assert len(TABLE) == 40
    assert len(missed) <= 4, missed


def test_what_covers_more_of_the_text_comes_first_and_says_because_of_which_words(world):
    lamp, other = likely_sorts("matters", "路灯不亮，楼下的路灯都不亮，垃圾也没人看")
    assert (lamp.category.code, lamp.because) == ("0201", ("路灯", "不亮"))
    assert lamp.covers > other.covers
    assert all(word in lamp.why for word in lamp.because)


def test_never_more_than_two_and_none_for_words_that_say_nothing(world):
    assert len(codes("停水停电，路灯不亮，垃圾没人清，井盖没了，电梯坏了")) == MOST
    assert codes("请你们来看一下") == []
    assert codes("") == []


def test_the_longest_word_at_a_place_counts_and_not_those_inside_it(world):
    assert likely_sorts("matters", "老年食堂")[0].because == ("老年食堂",)
    assert "0303" not in codes("老年食堂")


def test_english_words_stand_by_themselves_and_may_be_plural(world):
    assert codes("The street lights are broken")[0] == "0201"
    assert codes("We were petrified") == []  # no tree, no fire in it


def test_only_what_residents_may_choose_today_is_proposed(world):
    lamp = Category.objects.filter(code="0201")
    for change in (
        {"audience": Audience.STAFF},
        {"audience": Audience.EVERYONE, "valid_to": date(2020, 1, 1)},
    ):
        lamp.update(**change)
        bump("catalogue")
        assert "0201" not in codes("路灯不亮")


def test_a_category_that_a_place_added_is_found_by_its_name(world):
    Category.objects.create(
        kind="matters", code="0911", name_zh="流浪犬与走失宠物", name_en="Strays", valid_from=date(2020, 1, 1)
    )
    bump("catalogue")
    assert codes("村口有一群流浪犬") == ["0911"]


def test_a_draft_is_given_one_only_where_no_other_is_as_likely(world):
    assert likely_category("matters", "路灯不亮").code == "0201"
    assert likely_category("matters", "路灯和井盖") is None


def test_a_draft_of_staff_never_says_a_sensitive_one(world):
    assert codes("广场舞音响太吵") == ["0401"]
    assert likely_category("matters", "广场舞音响太吵") is None


def test_a_word_that_says_where_it_is_does_not_say_what_it_is(world):
    assert codes("小学门口的路灯不亮") == ["0201"]


def test_every_line_of_words_belongs_to_a_category_and_names_no_word_twice(world):
    known = set(
        Category.objects.filter(kind="matters", audience=Audience.EVERYONE).values_list("code", flat=True)
    )
    listed = {code: words.split("、") for code, words in words_of("matters").items()}
    assert set(listed) <= known
    assert [code for code, words in listed.items() if len(words) != len(set(words)) or "" in words] == []


def test_a_report_of_ordinary_length_takes_a_millisecond_at_most(world):
    text = "，".join(text for _code, text in TABLE)[:200]
    likely_sorts("matters", text)
    took = []
    for _turn in range(20):
        before = perf_counter()
        likely_sorts("matters", text)
        took.append(perf_counter() - before)
    assert min(took) < 0.001
