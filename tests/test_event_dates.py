"""The date of a record among those that a report names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.events.event import Argument
from pipeline.events.event_dates import date_of
from pipeline.events.reading import make_reading
from pipeline.spans import DateRange
from training.corpus import to_row
from training.markup import parse_batch
from training.readings import gold_readings

TEXT = (
    "[5月6日|DATE free]，代表团[考察|EVENT visit.1]云岭县。[5月8日|DATE free]，大家[参观|EVENT visit.2]茶园。"
    "[国庆节|DATE free]前，远山公司[慰问|EVENT visit.3]老人。随后[捐赠|EVENT donation.4]棉被。"
)


@pytest.mark.parametrize(
    ("anchor", "own", "before", "chosen"),
    [
        ("参观", {"5月6日": 0.75, "5月8日": 0.6}, {}, "5月8日"),
        ("参观", {"5月6日": 0.9, "5月8日": 0.6}, {}, "5月6日"),
        ("考察", {"5月6日": 0.9, "5月8日": 0.8}, {}, "5月6日"),
        ("捐赠", {"5月6日": 0.3, "国庆节": 0.06}, {"慰问": {"国庆节": 0.8}}, "国庆节"),
        ("捐赠", {"5月6日": 0.3, "国庆节": 0.06}, {"慰问": {"国庆节": 0.4}}, "5月6日"),
        ("捐赠", {"5月6日": 0.3, "国庆节": 0.01}, {"慰问": {"国庆节": 0.8}}, "5月6日"),
        ("捐赠", {"5月6日": 0.3, "国庆节": 0.06}, {"慰问": {"国庆节": 0.8}, "考察": {"5月6日": 0.9}}, "国庆节"),
        ("捐赠", {"5月6日": 0.7, "国庆节": 0.06}, {"慰问": {"国庆节": 0.8}}, "国庆节"),
        ("捐赠", {"5月6日": 0.85, "国庆节": 0.06}, {"慰问": {"国庆节": 0.8}}, "5月6日"),
        ("慰问", {"5月8日": 0.1, "国庆节": 0.6}, {"参观": {"5月8日": 0.8}}, "国庆节"),
        ("捐赠", {"5月6日": 0.06, "国庆节": 0.06}, {}, None),
    ],
)
def test_a_record_has_the_nearest_of_its_likely_dates_or_that_of_the_record_before(
    anchor: str, own: dict[str, float], before: dict[str, dict[str, float]], chosen: str | None
) -> None:
    (bulletin,) = parse_batch(f"=== a-1 genre=newsletter\n{TEXT}")
    (gold,) = gold_readings(to_row(bulletin))
    reading = gold.reading
    day = DateRange("2031-05-06", date(2031, 5, 6), date(2031, 5, 6))
    mentions = [replace(m, value=day) if m.label == "DATE" else m for m in reading.mentions]
    reading = make_reading(reading.text, reading.sentences, mentions)
    named = {mention.text: mention for mention in reading.mentions}
    links = {
        named[other]: {named[text]: ("date", chance) for text, chance in dates.items()}
        for other, dates in {**before, anchor: own}.items()
    }
    arguments = [Argument(named[text], "date", chance) for text, chance in own.items()]
    found = date_of(reading, named[anchor], arguments, links)
    assert (found.mention.text if found else None) == chosen
