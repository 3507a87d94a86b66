"""Amounts of money: spans, values, bounds, currency, per and kind; what is no money; finding equals reading."""

from __future__ import annotations

import re
import time
import tomllib
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.normalise import money_words
from pipeline.normalise.money import find_money, read_cell, read_money, short_form
from pipeline.normalise.numerals import plain_notation
from tests.test_numerals import CAPITAL, NUMBERS, WIDE, han

AMOUNT = re.compile(r"\[([^\]|]+)\|([^\]]+)\]")


def marked(text: str) -> str:
    """Write the found amounts into the text: ``捐款[5万元|50000 CNY]``."""
    pieces, position = [], 0
    for found in find_money(text):
        pieces += [text[position : found.start], f"[{found.text}|{short_form(found.value)}]"]
        position = found.end
    return "".join([*pieces, text[position:]])


def capital(number: Decimal) -> str:
    """Write an amount as on a receipt: 壹仟贰佰元伍角整."""
    yuan, cents = divmod(int(number * 100), 100)
    jiao, fen = divmod(cents, 10)
    coins = (CAPITAL[jiao] + "角" if jiao else "零" if fen else "") + (CAPITAL[fen] + "分" if fen else "")
    return han(yuan, CAPITAL, "拾佰仟") + "元" + (coins or "整")


def spoken(number: Decimal) -> str:
    """Write an amount as one says it: 一千二百块零五毛."""
    yuan, cents = divmod(int(number * 100), 100)
    jiao, fen = divmod(cents, 10)
    coins = (han(jiao) + "毛" if jiao else "零" if fen else "") + (han(fen) + "分" if fen else "")
    return han(yuan) + ("块" + coins if jiao else "元" + coins if fen else "块钱")


STYLES = {
    "元": lambda n: plain_notation(n) + "元",
    "full width": lambda n: (plain_notation(n) + "元").translate(WIDE),
    "grouped": lambda n: f"{n:,.2f}元",
    "full-width grouped": lambda n: f"{n:,.2f}元".translate(WIDE),
    "万元": lambda n: plain_notation(n / 10**4) + "万元",
    "亿元": lambda n: plain_notation(n / 10**8) + "亿元",
    "broken over lines": lambda n: plain_notation(n / 10**4) + "\n万元",
    "spaced": lambda n: plain_notation(n / 10**4) + " 万 元",
    "sign": lambda n: f"￥{n:,.2f}",
    "code": lambda n: f"RMB {plain_notation(n)}",
    "named before": lambda n: f"人民币{plain_notation(n)}元",
    "named after": lambda n: f"{plain_notation(n)}元人民币",
    "bare": lambda n: plain_notation(n / 10**4) + "万",
    "capital": capital,
    "capital with 人民币": lambda n: "人民币" + capital(n),
    "spoken": spoken,
}


@pytest.mark.parametrize("style", STYLES)
@given(number=NUMBERS)
@example(number=Decimal("0.01"))
@example(number=Decimal("10.05"))
@example(number=Decimal(10**12))
def test_any_amount_reads_back(style: str, number: Decimal) -> None:
    written = STYLES[style](number)
    text = f"共收到捐款{written}，"
    start, end = 5, 5 + len(written)
    found = find_money(text)
    assert [(f.start, f.end, f.value.value) for f in found] == [(start, end, number)]
    assert read_money(text, start, end) == found[0]


@pytest.mark.parametrize(
    "text",
    [
        # spans: what is inside and what is outside
        "共捐赠[约20万元|~200000 CNY]，",
        "累计达[47万余元|~470000 >=470000 CNY]。",
        "突破[2亿元|200000000 >=200000000 CNY]大关",
        "折合[人民币约50万元|~500000 CNY]",
        "约为[30万元|~300000 CNY]",
        "签约[5亿元|500000000 CNY]",
        "附近[5万元|50000 CNY]",
        "[壹拾万元整|100000 CNY]",
        "[5万元|50000 CNY]整治河道",
        "[10万元|100000 CNY]正式到账",
        "[5万元多|~50000 >=50000 CNY]",
        "[5万元|50000 CNY]多方筹措",
        "[5万元|50000 CNY]余款",
        # bounds
        "[近20万元|~200000 <=200000 CNY]",
        "[逾千万元|10000000 >=10000000 CNY]",
        "[百万元|~1000000 CNY]善款",
        "[不少于3万元|30000 >=30000 CNY]",
        "[不超过人民币50万元|500000 <=500000 CNY]",
        "最高可给予[5万元|50000 <=50000 CNY]补助",
        "起码得筹[4万元|40000 >=40000 CNY]",
        "最低工资标准[2000元|2000 CNY]",
        "[500元|500 >=500 CNY]起",
        "[不得低于500元|500 >=500 CNY]",
        "[不得超过500元|500 <=500 CNY]",
        "未突破[5万元|50000 <=50000 CNY]",
        "控制在[5万元以内|50000 <=50000 CNY]（含5万元）",
        "[3万元以内|30000 <=30000 CNY]",
        "[5000元（含）以上|5000 >=5000 CNY]",
        "每户[1万元\n以上|10000 >=10000 CNY /户]的补助",
        "柳湾小学[1万元|10000 CNY]\n以上款项均已入账",
        "退休教师 [2000元|2000 CNY]\n以上合计[1万元|10000 CNY]",
        "[10万+|100000 >=100000 CNY]善款",
        "[30万元左右|~300000 CNY]",
        "[上百万元|~1000000 >=1000000 CNY]",
        "[几万元|~10000..100000 CNY]",
        "[十几二十万元|~100000..200000 CNY]",
        "[超过几十万元|~100000.. CNY]",
        # ranges
        "[20-30万元|200000..300000 CNY]",
        "[2万至5万元|20000..50000 CNY]",
        "[500至1万元|500..10000 CNY]",
        "[三百至五百万元|3000000..5000000 CNY]",
        "[约5—8万元|~50000..80000 CNY]",
        "介于[300元和500元|300..500 CNY]之间",
        "[￥300-￥500|300..500 CNY]",
        "[数百元至数千元|~100..10000 CNY]",
        "[三、四万元|~30000..40000 CNY]",
        "[5万元以上不足10万元|50000..100000 CNY]",
        # lists
        "分别捐赠[3万|30000 CNY]、[2万|20000 CNY]、[1万元|10000 CNY]",
        "分别奖励[5000|5000 CNY]、[3000|3000 CNY]、[1000元|1000 CNY]",
        "捐款[100万|1000000 CNY]、[50万|500000 CNY]和[30万|300000 CNY]。",
        "[3000元|3000 CNY]+[2000元|2000 CNY]",
        # per
        "每人[500元|500 CNY /人]、每户[3000元|3000 CNY /户]",
        "每生每学年[1800元|1800 CNY /生/学年]",
        "[2万元|20000 CNY /户]/户",
        "[1000元|1000 CNY /人/年]/人·年",
        "一斤[5元|5 CNY /斤]",
        "[30元|30 CNY /份]一份",
        "人均收入[1.6万元|16000 CNY /人]",
        "月工资[2800元|2800 CNY /月]",
        "2031年收入[8万元|80000 CNY]",
        "两家公司各捐助[3万元|30000 CNY /各]",
        "两家公司分别捐助[3万元|30000 CNY]和[2万元|20000 CNY]",
        "各界捐款[3万元|30000 CNY]",
        # kind
        "价值[3万元|30000 CNY valuation]的电脑",
        "物资折合[人民币5万元|~50000 CNY valuation]",
        "款物共[9万元|90000 CNY mixed]",
        "捐赠资金和物资共计[50万元|500000 CNY mixed]",
        "捐赠[5万元|50000 CNY valuation]的学习用品",
        "捐赠[5万元|50000 CNY]用于购买学习用品",
        "现金[5万元|50000 CNY]和价值[3万元|30000 CNY valuation]的物资",
        # currencies
        "[50万元|500000 HKD]（港币）",
        "[港币36万元|360000 HKD]",
        "[10万元新台币|100000 TWD]",
        "[US$1.5万|15000 USD]",
        "[3万瑞士法郎|30000 CHF]",
        "[30万美元|300000 USD]（折合[人民币210万元|~2100000 CNY]）",
        # colloquial
        "一斤[三块五|3.5 CNY /斤]",
        "[五毛钱|0.5 CNY]",
        "[十块零五毛|10.5 CNY]",
        "买农具花了[三千六百块|3600 CNY]。",
        "[20w元|200000 CNY]",
        "每斤[八毛|0.8 CNY /斤]",
        # the page
        "捐赠[2000\n元|2000 CNY]现金",
        "1. [5万元|50000 CNY]用于建校",
        "捐款[13\n000元|13000 CNY]",
        "1 [500元|500 CNY]",
        "[10万\u200b元|100000 CNY]",
        "捐贈價值[5萬圓|50000 CNY valuation]的設備",
        # without a currency
        "慰问金共[5万左右|~50000 CNY]。",
        "花了[1万2千|12000 CNY]",
        "捐款[5万|50000 CNY]陆续到账",
        "产值[过亿|100000000 >=100000000 CNY]",
    ],
)
def test_amounts_in_text(text: str) -> None:
    assert marked(AMOUNT.sub(r"\1", text)) == text


@pytest.mark.parametrize(
    "text",
    """三元桥 三元里 四元村 二元结构 一元二次方程 一元复始 万元户 十万元户 千元机 百元店 2031元旦 2031年元旦 2031元月 元宵 3单元502室
    五角场 五角星 三角形 八角茴香 十分热闹 九分钟 满分10分 三分之一 一分部署九分落实 一毛不拔 不收一分钱 7块展板 两块牌匾 一块儿 用了5块木板
    每户安装太阳能板5块。 电商平台832 市民热线12345 6万亩 70万斤 9万人次 关注者30万+ 阅读量10万+ 惠及4.3万人 捐书2.6万册 捐赠口罩10万只 捐赠10万个口罩
    投资者10万 服务群众10万 物资10万件 名额5万 百分之五 增长8.5% 计量单位（万元） 金额（亿元） 每万元GDP 亿元产值能耗 百万职工 千万别忘 投资千万不要盲目
    成千上万的人 再建一百个 100W灯泡 5K赛跑 第5万名 2019-2020学年 3至5块展板 三、四万亩 20-30万人次 数万群众 上万人 一亿棵树 五块钱币""".split(),
)
def test_what_is_no_money_gives_nothing(text: str) -> None:
    assert marked(text) == text


@pytest.mark.parametrize("code", sorted(set(money_words.CURRENCIES.values())))
def test_every_currency_reads_by_each_name_and_sign(code: str) -> None:
    row = tomllib.loads((money_words.CONFIGS / "currencies.toml").read_text(encoding="utf-8"))[code]
    for text in [f"500{name}" for name in (*row["names"], code)] + [f"{sign}500" for sign in row["signs"]]:
        assert [short_form(found.value) for found in find_money(text)] == [f"500 {code}"], text


def test_a_name_of_two_currencies_is_refused() -> None:
    table = {"USD": {"names": ["元"], "signs": []}, "HKD": {"names": ["元"], "signs": []}}
    with pytest.raises(ValueError, match="'元' is listed for HKD and for USD; a name or sign belongs to one currency"):
        money_words.currency_codes(table)


@pytest.mark.parametrize(
    ("cell", "header", "short"),
    [
        ("12.5", "金额（万元）", "125000 CNY"),
        ("3,000", "单位：元", "3000 CNY"),
        ("20余", "投资额(万美元)", "~200000 >=200000 USD"),
        ("500", "数量（册）", None),
        ("无", "金额（万元）", None),
    ],
)
def test_a_table_cell_takes_the_unit_of_its_header(cell: str, header: str, short: str | None) -> None:
    money = read_cell(cell, header)
    assert (money and short_form(money)) == short


def test_a_span_that_is_known_to_be_money_needs_no_cue() -> None:
    assert find_money("甲厂5万，乙厂3万") == []
    found = read_money("甲厂5万，乙厂3万", 2, 4)
    assert found is not None
    assert (found.text, short_form(found.value)) == ("5万", "50000 CNY")


def test_a_span_without_an_amount_gives_nothing() -> None:
    assert read_money("三元桥", 0, 2) is None


MONEY_TEXT = st.text(
    "0123456789５,，.·一二两三五十百千万亿零壹拾几数余多来上个半元圆块角毛分钱整￥$美港币人民币约近逾超过不共达各每户人/、和至到-（）(含)以上下内左右捐款的，。；\n 第+价值物资",
    max_size=30,
)


@given(st.one_of(MONEY_TEXT, st.text(max_size=30)))
def test_random_text_never_raises_and_offsets_hold(text: str) -> None:
    position = 0
    for found in find_money(text):
        assert position <= found.start < found.end <= len(text)
        assert text[found.start : found.end] == found.text
        assert found.text == found.text.strip()
        assert found.value.value is not None or found.value.lower is not None
        position = found.end


@given(MONEY_TEXT)
def test_what_is_found_is_what_is_read(text: str) -> None:
    for found in find_money(text):
        assert read_money(text, found.start, found.end) == found


@pytest.mark.parametrize("part", ["一", "1", "万", "、", "5万", "一、", "1,", "1 ", "几", "5万、", "￥", "约"])
def test_time_grows_with_the_length_only(part: str) -> None:
    began = time.process_time()
    find_money(part * 5_000)
    assert time.process_time() - began < 5
