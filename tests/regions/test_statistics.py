"""Shares, growth and differences: right beside scipy and by hand, and silent where there is nothing to tell."""

import numpy as np
import pytest
from scipy.stats import fisher_exact

from explorer.regions.borders import between, borders
from explorer.regions.comparison import differences
from explorer.regions.growth import growth_of
from explorer.regions.shares import chances, corrected, odds_ratio


@pytest.mark.parametrize(
    ("here", "size", "there", "others"),
    [(0, 5, 5, 5), (3, 10, 3, 10), (77, 553, 0, 463), (1, 1, 0, 1), (12, 400, 3, 9000), (0, 7, 0, 9), (7, 7, 9, 9)],
)
def test_the_test_is_fishers(here, size, there, others):
    ours = chances(np.array([here]), size, np.array([there]), others)[0]
    assert ours == pytest.approx(fisher_exact([[here, size - here], [there, others - there]])[1], rel=1e-6)


def test_many_tests_make_each_harder():
    assert corrected(np.array([0.01, 0.04, 0.03])).tolist() == pytest.approx([0.03, 0.06, 0.06])
    assert corrected(np.array([0.5, 0.9])).tolist() == [1.0, 1.0]


def test_an_interval_holds_its_middle_and_shrinks_with_papers():
    middle, low, high = odds_ratio(np.array([10]), 100, np.array([5]), 100)
    many = odds_ratio(np.array([1000]), 10_000, np.array([500]), 10_000)
    assert low[0] < middle[0] < high[0]
    assert many[1][0] > low[0]
    assert many[2][0] < high[0]


def test_halves_drawn_at_random_do_not_differ():
    topics = np.repeat(np.arange(60, dtype=np.int32), 40)
    differing = 0
    for seed in range(100):
        first = np.random.default_rng(seed).random(len(topics)) < 0.5
        differing += any(each.clear for each in differences(first, ~first, topics))
    assert differing <= 5


def test_a_real_difference_is_told_and_the_rest_is_not():
    topics = np.repeat(np.arange(20, dtype=np.int32), 50)
    first = np.arange(len(topics)) % 2 == 0
    first[topics == 7] = True
    told = differences(first, ~first, topics)
    assert told[0].topic == 7
    assert [each.topic for each in told if each.clear] == [7]
    assert told[0].low > 1


def test_papers_of_both_count_for_neither():
    topics = np.zeros(10, np.int32)
    everything, half = np.ones(10, bool), np.arange(10) < 5
    assert differences(everything, half, topics) == []
    assert differences(half, half, topics) == []


# ---------------------------------------------------------------------------------------------------------- growth


def years(counts):
    return np.repeat(np.array(sorted(counts), np.int16), [counts[year] for year in sorted(counts)])


def test_a_share_that_doubles_every_year_doubles():
    whole = years(dict.fromkeys(range(2010, 2018), 10000))
    growth = growth_of(years({2010 + i: 4 * 2**i for i in range(8)}), whole)
    assert growth.rate == pytest.approx(1.0, abs=0.05)
    assert growth.low < growth.rate < growth.high
    assert growth.clear


def test_what_grows_only_as_the_library_does_has_no_trend():
    counts = {2010 + i: 100 * 2**i for i in range(8)}
    growth = growth_of(years({year: count // 10 for year, count in counts.items()}), years(counts))
    assert not growth.clear
    assert growth.rate == pytest.approx(0, abs=0.02)


def test_scatter_between_years_widens_the_interval():
    whole = years(dict.fromkeys(range(2000, 2012), 1000))
    steady = growth_of(years({2000 + i: 100 + 4 * i for i in range(12)}), whole)
    wild = growth_of(years({2000 + i: 100 + 4 * i + (90 if i % 2 else -80) for i in range(12)}), whole)
    assert wild.high - wild.low > 2 * (steady.high - steady.low)


@pytest.mark.parametrize("inside", [{}, {2010: 3}, {2010: 3, 2011: 2, 2012: 2}])
def test_too_little_has_no_trend(inside):
    growth = growth_of(years(inside), years({2010: 300, 2011: 2, 2012: 4, 2013: 5}))
    assert growth.rate is None
    assert not growth.clear


def test_a_subject_that_came_late_grows():
    """The years before it are years without it, and not left out."""
    growth = growth_of(years({2020: 30, 2021: 60, 2022: 90}), years(dict.fromkeys(range(2010, 2023), 1000)))
    assert growth.clear
    assert growth.low > 0.3
    assert growth.years[0][0] == 2020


def test_unknown_years_are_left_out():
    assert growth_of(np.array([0, 0, 2010], np.int16), np.array([0, 2009, 2010, 2011], np.int16)).years == (
        (2010, 1, 1),
    )


def test_a_region_that_is_all_there_is_from_a_year_on_has_finite_growth():
    inside = years({2014: 20, 2015: 20, 2016: 20})
    growth = growth_of(inside, years({2010: 20, 2011: 20, 2012: 20, 2013: 20, 2014: 20, 2015: 20, 2016: 20}))
    assert growth.rate is None or 0 < growth.low < growth.rate < growth.high < 10


# --------------------------------------------------------------------------------------------------------- borders


def test_borders_are_where_the_nearest_papers_lead():
    topics = np.array([0, 0, 0, 1, 1, 2, 2], np.int32)
    neighbours = np.array([[1, 2], [2, 3], [1, 3], [2, 4], [3, 1], [6, -1], [5, -1]], np.int32)
    inside = topics == 0
    told = borders(inside, neighbours, topics)
    assert [(each.topic, each.share) for each in told] == [(1, 1.0)]
    assert set(told[0].between) == {1, 2, 3, 4} - {0}
    assert between(inside, topics == 2, neighbours) == []
