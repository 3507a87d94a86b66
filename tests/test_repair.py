"""Repair joins what the page broke, keeps what the writer wrote, and knows where every character came from."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.documents import Document
from pipeline.lookalikes import INVISIBLE, fold
from pipeline.repair import furniture, repair
from pipeline.sentences import sentences
from training.layout import STYLES, Layout, lay_out

HAN = re.compile(r"[\u2e80-\u2fdf\u3400-\u9fff\uf900-\ufaff]")


def document(text: str) -> Document:
    return Document("样.txt", text, "0" * 64)


def repaired(text: str) -> str:
    return "\n".join(passage.text for passage in repair(document(text)))


PAGE = """{}
滨河区与云岭县结对以来，两地干部往来频
繁，互派教师和医生多批，当地百姓得到了
看得见的实惠，大家都盼着来年再聚一堂。"""


@pytest.mark.parametrize(
    ("broken", "joined"),
    [
        ("近日，远帆公司来到云岭县，向柳湾乡明德\n小学捐赠图书。", "向柳湾乡明德小学捐赠图书。"),
        ("近日，远帆公司来到云岭县，现场捐赠2\n0 万元。", "现场捐赠20万元。"),
        ("近日，远帆公司来到云岭县，现场捐赠 20\n万元。", "现场捐赠20万元。"),
        ("近日，远帆公司一行来到云岭县柳湾乡，\n\n- 3 -\n\n走访了困难群众。", "柳湾乡，走访了困难群众。"),
        ("近日，远帆公司一行来到云岭县的柳湾乡\n第 3 页 共 8 页\n走访了困难群众。", "柳湾乡走访了困难群众。"),
        ("近日，远帆公司一行来到云岭县的柳湾乡\n12\n走访了困难群众。", "柳湾乡走访了困难群众。"),
        ("10 月 29 日，远帆公司一行 8 人来到云岭县柳\n 湾乡走访。", "10月29日，远帆公司一行8人来到云岭县柳湾乡走访。"),
        ("近日， 远帆公司来到云岭县， 感谢大家。 ”\n会后合影。", "近日，远帆公司来到云岭县，感谢大家。”会后合影。"),
    ],
)
def test_what_a_narrow_page_broke_is_joined(broken: str, joined: str) -> None:
    assert joined in repaired(PAGE.format(broken))


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("捐赠２０万元，占５０％。", "捐赠20万元，占50%。"),
        ("⻄部⼤学⻓期帮扶。", "西部大学长期帮扶。"),
        ("二○三一年三月。", "二〇三一年三月。"),
        ("远\u200b帆\ufeff公\u00ad司来访。", "远帆公司来访。"),
        ("﨑玉館。", "﨑玉館。"),
        ("设备（价值５万元）：“捐赠”，《协议》！", "设备（价值5万元）：“捐赠”，《协议》！"),
        ("使用 Open Office 软件，Blue Sea Co., Ltd 到访。", "使用Open Office软件，Blue Sea Co., Ltd到访。"),
        ("举办“学技能 强本领 促增收”培训。", "举办“学技能 强本领 促增收”培训。"),
        ("本报讯 云岭县柳湾乡举办培训。", "本报讯 云岭县柳湾乡举办培训。"),
        ("云\u3000岭\u3000县 人 民 医 院来访。", "云岭县人民医院来访。"),
    ],
)
def test_look_alikes_fold_and_stray_blanks_go(raw: str, plain: str) -> None:
    assert repaired(raw) == plain


@pytest.mark.parametrize(
    "text",
    [
        "山海情深 携手同行\n滨河区与云岭县举行结对签约仪式\n近日，两地签约。",
        "远帆公司10万元\n明德基金会5万元\n滨河商会3万元\n柳湾村村民2万元\n合计20万元",
        "滨河远帆信息技术有限公司捐赠10万元\n滨河明德教育科技有限公司捐赠12万元\n云岭柳湾茶业种植有限公司捐赠11万元\n滨河商会会员企业捐赠15万元整",
        "滨河公司 20万元\n远帆公司 3,000元\n柳湾村 5000",
        "捐赠名单：\n1.滨河商会会员企业 20万元\n2.云岭县远帆农业公司 3000元",
        "云岭县帮扶工作简报\n2031年第4期\n滨河区领导来访",
        "发布时间：2031-03-05 来源：云岭县政府",
        "一、主要做法\n（一）健全机制\n领导小组每月开会。\n（二）抓好落实\n各街道派出干部。",
        "云岭县举行助学仪式。\n（县教育局）",
    ],
)
def test_lines_of_headlines_lists_and_signatures_stay_apart(text: str) -> None:
    assert repaired(text) == text


def test_doubled_masthead_is_left_alone() -> None:
    assert repaired(" 滨滨河河街街道道··\n\n山海情深 携手同行\n\n近日，两地签约。").startswith(
        "滨滨河河街街道道··\n山海情深 携手同行\n"
    )


def test_crlf_counts_as_two_characters_of_the_source() -> None:
    source = "云岭县助学仪式举行\r\n近日，远帆公司捐赠20万元。\r\n"
    (passage,) = repair(document(source))
    start = passage.text.index("20万元")
    span = passage.source_span(start, start + 4)
    assert source[span.start : span.end] == "20万元"


def test_span_over_a_break_takes_the_break_along() -> None:
    source = PAGE.format("近日，远帆公司来到云岭县，向柳湾乡明德\n\n- 3 -\n\n小学捐赠图书。")
    (passage,) = repair(document(source))
    start = passage.text.index("明德小学")
    span = passage.source_span(start, start + 4)
    assert source[span.start : span.end] == "明德\n\n- 3 -\n\n小学"


ITEM = "3月5日，滨河区一行来到{0}，走访慰问困难群众。座谈会上，双方交流了工作。\n"


@pytest.mark.parametrize(
    ("text", "headlines"),
    [
        (
            "滨河区教育局赴云岭县开展结对交流活动\n" + ITEM + "滨河区人民医院专家团队赴云岭县开展义诊\n" + ITEM,
            ["滨河区教育局赴云岭县开展结对交流活动", "滨河区人民医院专家团队赴云岭县开展义诊"],
        ),
        (
            "山海情深 携手同行\n" + ITEM + "捐资助学暖人心\n" + ITEM + "产业帮扶见实效\n" + ITEM,
            ["山海情深 携手同行"],
        ),
        (
            "春风送暖\n" + ITEM + "（滨河街道党建办）\n金秋助学\n" + ITEM + "通讯员 王小川\n重阳敬老\n" + ITEM,
            ["春风送暖", "金秋助学", "重阳敬老"],
        ),
        (
            "春风送暖\n本报讯（记者 王小川）" + ITEM + "金秋助学\n本报讯（李文）" + ITEM,
            ["春风送暖", "金秋助学"],
        ),
        ("春风送暖\n□记者 王小川\n" + ITEM + "金秋助学\n□通讯员 李文\n" + ITEM, ["春风送暖", "金秋助学"]),
        (
            "【帮扶协作】\n春风送暖\n" + ITEM + "【工作动态】\n" + ITEM + ITEM,
            ["【帮扶协作】\n春风送暖", "【工作动态】", ""],
        ),
        (
            "滨河区领导小组办公室与云岭县商务局\n对接农产品展销工作\n"
            + ITEM
            + "远帆公司与云岭县柳湾乡\n签订结对协议\n"
            + ITEM,
            ["滨河区领导小组办公室与云岭县商务局\n对接农产品展销工作", "远帆公司与云岭县柳湾乡\n签订结对协议"],
        ),
        ("捐赠名单如下：\n滨河区远帆公司10万元\n滨河区明德公司5万元\n云岭县柳湾村2万元\n" + ITEM, ["捐赠名单如下："]),
        ("一、滨河区教育局主要做法\n" + ITEM + "二、滨河区卫生局主要做法\n" + ITEM, [""]),
    ],
)
def test_items_of_news_are_told_apart(text: str, headlines: list[str]) -> None:
    passages = repair(document(text.format("云岭县")))
    assert [passage.text[: passage.headline_end] for passage in passages] == headlines


@pytest.mark.parametrize(
    "line",
    [
        "- 3 -", "第3页", "12", "首页 > 新闻 > 正文", "上一篇：图书馆开放通知", "分享到：", "【打印本页】 【关闭窗口】",
        "责任编辑：王小川", "热点文章推荐", "首页 | 新闻 | 公告 | 服务", "浏览次数：120", "版权所有：滨河区人民政府",
    ],
)  # fmt: skip
def test_page_furniture_is_dropped_and_told(line: str) -> None:
    source = f"近日，远帆公司来访。\n{line}\n随后，双方座谈。"
    assert repaired(source) == "近日，远帆公司来访。\n随后，双方座谈。"
    assert [source[span.start : span.end] for span in furniture(document(source))] == [line]


@pytest.mark.parametrize(
    "line",
    [
        "分享脱贫经验 共谋发展大计", "关闭的学校重新开学了。", "编辑部赴云岭县采访", "更多群众得到实惠", "时间：3月5日上午",
        "主办单位：滨河区委组织部", "第3批医疗队出发", "2031", "责任编辑会议召开，滨河区要求各单位落实。", "大", "来源：县扶贫办",
        "赵师傅 | 现金 | 贰仟元", "棉桃厂 | 棉被6床 | 实物",
    ],
)  # fmt: skip
def test_real_text_that_looks_like_furniture_stays(line: str) -> None:
    assert line in repaired(f"近日，远帆公司来访。\n{line}\n随后，双方座谈。")


def test_numbers_of_a_table_are_not_page_numbers() -> None:
    table = "单位\n金额\n远帆公司\n10\n明德公司\n5\n商会\n20"
    assert repaired(table) == table


def test_titles_below_related_articles_go_to_the_end_of_the_page() -> None:
    assert repaired("近日，两地签约。\n相关文章推荐\n图书馆开放通知\n冬季用水须知") == "近日，两地签约。"
    assert "明德小学" in repaired("近日，两地签约。\n相关文章推荐\n明德小学开学\n近日，明德小学开学。")


def test_running_heads_beside_page_numbers_are_furniture() -> None:
    page = "近日，远帆公司第{0}批干部来访。\n滨河区对口支援简报\n- {0} -\n"
    assert "简报" not in repaired("".join(page.format(number) for number in range(1, 5)))


@pytest.mark.parametrize("text", ["", "\n \n", "- 3 -\n"])
def test_a_page_without_text_has_no_passage(text: str) -> None:
    assert repair(document(text)) == []


# Properties. The alphabet is small so that breaks, blanks and marks meet often.

MESSY = st.text(st.sampled_from(list("甲乙县⻄⼤2０aZ 　\n\n\r\t\u200b，。“”（）【】□-、：3")), max_size=200) | st.lists(
    st.sampled_from(
        ["近日，", "远帆公司", "捐赠", "10 万元", "。", "\n", "\n\n", "- 2 -\n", "【动态】\n", "（县办）\n", "本报讯", "首页 > 新闻\n", "\r\n", " ", "5\n"]
    ),
    max_size=60,
).map("".join)  # fmt: skip


@given(MESSY, st.data())
@settings(deadline=None, derandomize=True, max_examples=150)
def test_every_span_quotes_its_source(source: str, data: st.DataObject) -> None:
    pages = [range(span.start, span.end) for span in furniture(document(source))]
    dropped = {place for page in pages for place in page}
    folded = fold(source)
    last = -1
    for passage in repair(document(source)):
        assert len(passage.offsets) == len(passage.text)
        assert list(passage.offsets) == sorted(set(passage.offsets))
        assert last < passage.offsets[0]
        last = passage.offsets[-1]
        assert not dropped & set(passage.offsets)
        start = data.draw(st.integers(0, len(passage.text) - 1))
        end = data.draw(st.integers(start + 1, len(passage.text)))
        span = passage.source_span(start, end)
        inside = "".join(folded[place] for place in range(span.start, span.end) if place not in dropped)
        assert _unspaced(inside) == _unspaced(passage.text[start:end])
        assert passage.text[: passage.headline_end].strip() == passage.text[: passage.headline_end]


def _unspaced(text: str) -> str:
    return text.replace(" ", "").replace("\n", "").replace(INVISIBLE, "")


@given(MESSY)
@settings(deadline=None, derandomize=True, max_examples=150)
def test_no_han_character_is_lost_but_in_furniture(source: str) -> None:
    held = {place for passage in repair(document(source)) for place in passage.offsets}
    held |= {place for span in furniture(document(source)) for place in range(span.start, span.end)}
    assert {match.start() for match in HAN.finditer(source)} <= held


CLAUSES = st.sampled_from(
    [
        "滨河区委组织部机关党支部赴云岭县柳湾乡开展结对共建", "远帆（中国）有限公司捐赠20万元和价值3.5万元的图书", "双方在县政府会议室召开座谈会",
        "工作组一行实地考察了上寨村的太阳能路灯项目", "明德小学的孩子们收到了新书包", "滨河援滇云岭小组全程陪同", "共走访困难群众12户",
        "“携手同行”主题活动顺利举行", "与会人员对下一步工作提出了意见和建议", "《结对帮扶协议书》现场签订", "为当地群众送去了党和政府的关怀",
    ]
)  # fmt: skip
SENTENCES = st.lists(CLAUSES, min_size=3, max_size=7, unique=True).map(lambda clauses: "，".join(clauses) + "。")
TEXTS = st.tuples(
    st.sampled_from(["山海情深 携手同行", "云岭县举行助学仪式", "滨河区领导小组赴云岭县考察"]),
    st.lists(st.lists(SENTENCES, min_size=1, max_size=3).map("".join), min_size=2, max_size=4, unique=True),
).map(lambda text: "\n".join((text[0], *text[1])))


@given(TEXTS, st.integers(0, 10_000), st.sampled_from(["clean", "web", "newspaper", "printed", "wide_figures"]))
@settings(deadline=None, derandomize=True, max_examples=60)
def test_repair_undoes_a_layout(clean: str, seed: int, style: str) -> None:
    whole = repaired(lay_out(clean, STYLES[style], seed).text)
    assert whole[whole.index(clean[:4]) :] == clean


@given(TEXTS, st.integers(0, 10_000), st.integers(15, 45))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_repair_undoes_any_column(clean: str, seed: int, column: int) -> None:
    assert repaired(lay_out(clean, Layout(columns=(column, column)), seed).text) == clean


@given(TEXTS, st.integers(0, 10_000), st.integers(20, 40))
@settings(deadline=None, derandomize=True, max_examples=40)
def test_repair_undoes_blank_lines_between_lines(clean: str, seed: int, column: int) -> None:
    """Where a paragraph's last line fills the column nothing tells it from the next, so paragraph ends may go."""
    style = Layout(columns=(column, column), blank_after_line=True, lines_a_page=10, spaced_figures=True)
    headline, _, body = clean.partition("\n")
    head, _, rest = repaired(lay_out(clean, style, seed).text).partition("\n")
    assert (head, rest.replace("\n", "")) == (headline, body.replace("\n", ""))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("捐了！真好？是。", ["捐了！", "真好？", "是。"]),
        ("标题一行\n正文；后半。", ["标题一行", "正文；后半。"]),
        ("他说：“来。走。”大家走了。", ["他说：“来。走。”", "大家走了。"]),
        ("“谁来？”的问题有了答案。", ["“谁来？”的问题有了答案。"]),
        ("读《谁来？怎么来！》一书。", ["读《谁来？怎么来！》一书。"]),
        ("甲公司（见图。）来访。（某办）", ["甲公司（见图。）来访。", "（某办）"]),
        ("“未关的引号。下一句。", ["“未关的引号。", "下一句。"]),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == parts


@given(st.text(st.sampled_from(list("甲。！“”《》（）\n ；")), max_size=60))
def test_sentences_hold_everything_but_blanks(text: str) -> None:
    held = "".join(text[span.start : span.end] for span in sentences(text))
    assert _unspaced(held) == _unspaced(text)
