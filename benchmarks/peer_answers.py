"""Answers of other packages to amounts and dates; runs in their own environment and imports nothing of this project.

usage: python peer_answers.py PEER [--speed] < QUESTIONS > ANSWERS

A question is a line of JSON ``{"kind": "money" | "date", "text", "day"}``; its answer a list of ``[start, end, value, lower, upper,
currency]`` or of ``[start, end, [[first_day, last_day], …]]``, several readings where the package gives several. With
``--speed`` the one answer is the number of characters a second of processor time.
"""

import datetime
import json
import sys
import time


def plain(number):
    """Write a number without zeros at its end; None stays None."""
    text = f"{float(number):.4f}"
    return text.rstrip("0").rstrip(".")


UNITS = {
    "美元": "USD",
    "港元": "HKD",
    "日元": "JPY",
    "欧元": "EUR",
    "英镑": "GBP",
    "澳元": "AUD",
    "加元": "CAD",
    "韩元": "KRW",
}
UNITS |= {"卢布": "RUB", "泰铢": "THB", "新台币": "TWD", "澳门元": "MOP", "新加坡元": "SGD", "法郎": "CHF"}


class JioNLP:
    """JioNLP's money and time parsers."""

    def __init__(self):
        import jionlp

        self.ner = jionlp.ner

    def money(self, text, day):
        """Return the amounts of a text."""
        found = self.ner.extract_money(text, with_parsing=True)
        return [self.amount(*hit["offset"], hit["detail"]) for hit in found]

    def amount(self, start, end, detail):
        """Make the answer of one amount; a bound stands in ``definition``, a range is a list."""
        number, how = detail["num"], detail["definition"]
        currency = UNITS.get(detail["case"], "CNY" if detail["case"] == "元" else detail["case"])
        if isinstance(number, list):
            return [start, end, None, plain(number[0]), plain(number[1]), currency]
        value = plain(number)
        return [start, end, value, value if how == "blur+" else None, value if how == "blur-" else None, currency]

    def date(self, text, day):
        """Return the dates of a text of that day."""
        base = time.mktime(datetime.date.fromisoformat(day or "2031-11-16").timetuple())
        found = self.ner.extract_time(text, time_base=base, with_parsing=True)
        return [
            [*hit["offset"], [self.days(hit["detail"]["time"])]]
            for hit in found
            if hit["type"] in ("time_point", "time_span") and isinstance(hit["detail"]["time"], list)
        ]

    def days(self, ends):
        """Return the two days of a stretch of time."""
        return [None if "inf" in str(end) else str(end)[:10] for end in ends]


class Recognizers:
    """Microsoft's Recognizers-Text for Chinese."""

    def __init__(self):
        from recognizers_date_time import recognize_datetime
        from recognizers_number_with_unit import recognize_currency

        self.recognize_currency, self.recognize_datetime = recognize_currency, recognize_datetime

    def money(self, text, day):
        """Return the amounts of a text."""
        answers = []
        for hit in self.recognize_currency(text, "zh-cn"):
            known = hit.resolution or {}
            unit = known.get("isoCurrency") or ("CNY" if known.get("unit") in ("人民币", "元") else known.get("unit"))
            value = known.get("value")
            answers.append([hit.start, hit.end + 1, plain(value) if value else None, None, None, unit])
        return answers

    def date(self, text, day):
        """Return the dates of a text of that day."""
        base = datetime.datetime.fromisoformat(day or "2031-11-16")
        return [
            [
                hit.start,
                hit.end + 1,
                [days for value in (hit.resolution or {}).get("values", []) if (days := self.days(value))],
            ]
            for hit in self.recognize_datetime(text, "zh-cn", reference=base)
            if hit.type_name.endswith(("date", "daterange", "datetime", "datetimerange"))
        ]

    def days(self, value):
        """Return the two days of one resolution, or None where it is no date."""
        if "value" in value:
            return [value["value"][:10], value["value"][:10]] if value["value"][:4].isdigit() else None
        start, end = value.get("start"), value.get("end")
        if end:  # the end of a range of days is its first day outside
            last = datetime.date.fromisoformat(end[:10])
            end = str(last - datetime.timedelta(days=1)) if "range" in value["type"] and len(end) == 10 else end[:10]
        return [start and start[:10], end]


class Cn2an:
    """cn2an reads numbers only: it is given the amount without its currency."""

    def __init__(self):
        import cn2an

        self.read = cn2an.cn2an

    def money(self, text, day):
        """Return the number of a text that is one amount."""
        number = text.rstrip("元块圆整正钱")
        return [[0, len(text), plain(self.read(number, "smart")), None, None, "CNY"]]


PEERS = {"jionlp": JioNLP, "recognizers-text": Recognizers, "cn2an": Cn2an}


def answer(peer, question):
    """Return a peer's answer; a question at which it fails is one that it cannot read."""
    try:
        return getattr(peer, question["kind"])(question["text"], question["day"])
    except Exception:  # whatever a peer raises, the table says that it has no answer
        return []


def main(arguments):
    """Answer the questions on stdin."""
    sys.stdout = sys.stderr  # a peer may greet on import
    peer = PEERS[arguments[0]]()
    questions = [json.loads(line) for line in sys.stdin]
    if "--speed" in arguments:
        answer(peer, questions[0])  # what is loaded on the first call is not measured
        began = time.process_time()
    answers = [answer(peer, question) for question in questions]
    if "--speed" in arguments:
        texts = {question["text"] for question in questions}
        answers = [sum(map(len, texts)) / (time.process_time() - began)]
    for line in answers:
        sys.__stdout__.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
