"""The rules of the money grammar, one flat list: each reads a number and its unit, ``money_context`` what stands around.

The order is the policy: the first reading wins. A form in square brackets inside an example is the amount, what is
outside the brackets its context.
"""

from __future__ import annotations

from pipeline.normalise.money_readers import (
    AND,
    COIN_MONEY,
    DASHES,
    HAN_NUMERAL,
    NAMED,
    RANGE,
    SIGN,
    UNIT,
    WHOLE,
    YUAN,
    Amount,
    Context,
    read_bare,
    read_coins,
    read_kuai,
    read_listed,
    read_neighbours,
    read_range,
    read_signed,
    read_unit,
)
from pipeline.normalise.numerals import DIGIT, GAP, HAN_DIGIT, HAN_UNIT
from pipeline.normalise.quantities import QUANTITY
from pipeline.normalise.rules import Rule

RULES: list[Rule[Amount, Context]] = [
    Rule(
        "money/above and below",
        rf"(?P<low>{QUANTITY})(?:{GAP}(?P<low_unit>{UNIT}))?{GAP}(?:以上|及以上){GAP}(?:[、，,至到]|(?:但)?)?{GAP}"
        rf"(?P<hedge>)(?P<sign>)(?P<money>)(?P<below>不足|不满|未满|不超过|低于)?(?P<high>{QUANTITY})"
        rf"(?:{GAP}(?P<unit>{UNIT}))(?(below)|{GAP}(?:以下|以内))",
        read_range,
        {"5万元以上10万元以下": "50000..100000 CNY", "1000元以上至3000元以下": "1000..3000 CNY"},
        ("5万亩以上10万亩以下",),
        needs=("以上",),
    ),
    Rule(
        "money/neighbours",
        rf"(?P<low>[{DIGIT}]|[{HAN_DIGIT}十]{{1,3}}){GAP}、{GAP}(?P<high>(?:[{DIGIT}]|[{HAN_DIGIT}])[十百千万亿]*){GAP}(?P<unit>{UNIT})",
        read_neighbours,
        {"三、四万元": "~30000..40000 CNY", "2、3千元": "~2000..3000 CNY", "十七、八万元": "~170000..180000 CNY"},
        ("三、四万亩",),
        needs=("、",),
    ),
    Rule(
        "money/range",
        rf"(?P<low>{QUANTITY})(?:{GAP}(?P<low_unit>{UNIT}))?(?:{GAP}[（(]不?含[^（()）]{{0,4}}[)）])?{GAP}"
        rf"(?:{RANGE}|[和与](?=[^，。]{{2,12}}之间)){GAP}(?P<sign>{SIGN}{GAP})?(?P<hedge>约|近)?"
        rf"(?P<high>{QUANTITY})(?:{GAP}(?P<unit>{UNIT})(?P<money>{COIN_MONEY})?)?(?:{GAP}[（(]不?含[^（()）]{{0,4}}[)）])?",
        read_range,
        {
            "4到7万元": "40000..70000 CNY",
            "800 元至 1600 元": "800..1600 CNY",
            "6千至2万元": "6000..20000 CNY",
            "3万元(含)-9万元(不含)": "30000..90000 CNY",
            "￥500-1000": "500..1000 CNY",
            "[3万美元和5万美元]之间": "30000..50000 USD",
            "投资[20-30万]": "200000..300000 CNY",
            "几千到几万元": "~1000..100000 CNY",
            "工资[6k-8k]": "6000..8000 CNY",
        },
        ("5到8万亩", "视频4k-8k", "20-30万人次", "2019-2020元旦", "3至5块展板"),
        needs=(*DASHES, "至", "到", "和", "与"),
    ),
    Rule(
        "money/list",
        rf"(?P<number>{QUANTITY})(?={GAP}(?:{AND}{GAP}(?P<last>{QUANTITY}){GAP}){{1,21}}(?P<unit>{NAMED}|{YUAN}))",
        read_listed,
        {
            "分别为[4亿]和6.2亿元": "400000000 CNY",
            "分别捐款[5]、3万美元": "50000 USD",
            "捐[3万]和2万元": "30000 CNY",
            "每次[80]或100元": "80 CNY /次",
        },
        ("参加者5、10万人",),
        needs=("、", "和", "与", "及", "或"),
    ),
    Rule(
        "money/unit",
        rf"(?P<number>{QUANTITY})(?P<plus>{GAP}[+＋])?{GAP}(?P<unit>{NAMED}|{YUAN})"
        rf"(?:{GAP}零?{GAP}(?P<jiao>{HAN_NUMERAL}){GAP}[角毛])?(?:{GAP}零?{GAP}(?P<fen>{HAN_NUMERAL}){GAP}分(?![之钟不一]))?{WHOLE}",
        read_unit,
        {
            "20万元": "200000 CNY",
            "一个半亿元": "150000000 CNY",
            "人民币贰拾陆万元整": "260000 CNY",
            "柒仟零叁拾元零贰分": "7030.02 CNY",
            "[71万元]一分不少": "710000 CNY",
            "近20万元": "~200000 <=200000 CNY",
            "47 万余元": "~470000 >=470000 CNY",
            "40万+元": "400000 >=400000 CNY",
            "500元左右": "~500 CNY",
            "500万美元": "5000000 USD",
            "5万元港币": "50000 HKD",
            "数十万元": "~100000..1000000 CNY",
            "突破[亿元]": "100000000 >=100000000 CNY",
        },
        (
            "三元桥",
            "2020元旦",
            "二元结构",
            "三元色灯光",
            "《百万英镑》",
            "计量单位（万元）",
            "村里的万元户",
            "第5单元",
            "5种元素",
        ),
    ),
    Rule(
        "money/kuai",
        rf"(?P<number>{QUANTITY}){GAP}[块塊](?P<half>半)?(?:{GAP}零?{GAP}(?P<jiao>{HAN_NUMERAL})(?:{GAP}[毛角](?:{GAP}(?P<fen>{HAN_NUMERAL})分?)?"
        rf"|(?={GAP}(?:[钱一每的多以就/]|左右|成交|[^\w]|$))))?(?P<money>{COIN_MONEY})?",
        read_kuai,
        {"三块五": "3.5 CNY", "4块6毛": "4.6 CNY", "三千多块钱": "~3000 >=3000 CNY", "花了[3000块]": "3000 CNY"},
        ("摆放展板7块", "两块牌匾", "用了5块木板", "一块儿"),
    ),
    Rule(
        "money/coins",
        rf"(?P<number>{QUANTITY}){GAP}(?P<coin>[角毛分])(?:{GAP}(?P<fen>{HAN_NUMERAL})(?:{GAP}分(?![之钟裤])|(?=[一每/钱])))?"
        rf"(?P<money>{COIN_MONEY}(?!一分货|掰|[都也]?[不没未])|{GAP}整(?![^\W]))?",
        read_coins,
        {"5毛钱": "0.5 CNY", "五分钱": "0.05 CNY", "两毛五分": "0.25 CNY", "每斤[8角]": "0.8 CNY /斤"},
        (
            "五角场",
            "三角五分之一",
            "十分热闹",
            "九分钟",
            "八角亭",
            "一分为二",
            "3.6分",
            "一毛不拔",
            "不收一分钱",
            "一分钱没收",
            "用好每一分钱",
        ),
    ),
    Rule(
        "money/sign",
        rf"(?P<number>{QUANTITY})",
        read_signed,
        {"￥8,760.40": "8760.4 CNY", "HK$90万": "900000 HKD", "RMB36,000": "36000 CNY", "美金70万": "700000 USD"},
        ("人民币3种", "￥"),
    ),
    Rule(
        "money/bare",
        rf"(?P<number>{QUANTITY})(?:(?<=[{HAN_UNIT}WwＷkKＫ余餘多来])|(?<=[百千万亿][一二三四五六七八九半])|(?={GAP}(?:[^\w]|$|[的左以多买建给])))"
        rf"(?P<plus>{GAP}[+＋])?(?!{GAP}(?:公里|里[路地]|米))",
        read_bare,
        {
            "捐款[80万]": "800000 CNY",
            "授信[0.3亿]，分批使用": "30000000 CNY",
            "义演所得[60余万]，": "~600000 >=600000 CNY",
            "[20万]善款": "200000 CNY",
            "筹了[两个亿]": "200000000 CNY",
            "慰问金共[5万左右]": "~50000 CNY",
            "网店带货[3.6W]": "36000 CNY",
            "买农具花了[三千八]": "3800 CNY",
            "造价[两万半]": "25000 CNY",
            "房租一个月[一千二]": "1200 CNY /月",
            "工资从三千涨到了[四千五]": "4500 CNY",
        },
        (
            "收割水稻6万斤",
            "惠及4.3万人",
            "关注者30万+",
            "捐书2.6万册",
            "投入20万人次",
            "资金千万不要挪用",
            "摘果三千八",
            "获奖两百五十人",
            "跨越三千公里的助学金",
        ),
    ),
]
