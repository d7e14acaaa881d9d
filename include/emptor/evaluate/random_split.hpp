#pragma once
// Cutting a log at random as a whole: the split of published benchmarks that know no times.
//
// A customer's share in test is random too, and some may have nothing in train; `split_holdout`
// draws from each customer apart. Neither looks at times, so the future leaks into train: see
// split.hpp on the choice.
//
// Cost: by events O(events), by pairs a sort. Memory: the two logs and 9 bytes an event. Thread
// safety: a pure function.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"
#include "emptor/evaluate/split.hpp"
#include "emptor/table/interactions.hpp"

namespace emptor {

/// What is drawn.
enum class RandomSplitUnit : std::uint8_t {
  pairs,   ///< a customer and an item with all their events: no pair is on both sides
  events,  ///< single events: a pair with several may be on both sides
};

struct RandomSplitOptions {
  double fraction = 0.2;  ///< of the log's units to test on, in (0, 1), rounded to nearest
  RandomSplitUnit unit = RandomSplitUnit::pairs;
  std::uint64_t seed = 1;
};

/// Test: exactly round(fraction x units) units drawn at random; train: all others; both in the
/// log's order. By pairs the draw is the same whatever the order of the log.
/// Throws `invalid_option` unless 0 < fraction < 1, `invalid_shape` (also for 2^32 events and
/// more), `out_of_range` for a bad log.
[[nodiscard]] inline LogSplit split_random(const InteractionLog& log,
                                           const RandomSplitOptions& options = {}) {
  require_option(options.fraction > 0 && options.fraction < 1, "fraction", "in (0, 1)",
                 options.fraction);
  detail::check_log(log);
  if (log.size() > 0xffffffffU) {
    throw Exception(ErrorCode::invalid_shape, "a log must have less than 2^32 events", "split");
  }
  const std::size_t customers = detail::id_limit(log.customers, "a customer");
  const std::size_t items = detail::id_limit(log.items, "an item");
  std::vector<std::uint32_t> order(log.size());
  std::iota(order.begin(), order.end(), 0U);
  std::vector<std::uint32_t> unit_of(order);
  std::size_t units = log.size();
  if (options.unit == RandomSplitUnit::pairs) {
    const auto before = [&](std::uint32_t a, std::uint32_t b) {
      return log.customers[a] != log.customers[b] ? log.customers[a] < log.customers[b]
                                                  : log.items[a] < log.items[b];
    };
    std::sort(order.begin(), order.end(), before);
    units = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      units += i == 0 || before(order[i - 1], order[i]) ? 1 : 0;
      unit_of[order[i]] = static_cast<std::uint32_t>(units - 1);
    }
  }
  const auto drawn =
      static_cast<std::size_t>(std::floor(options.fraction * static_cast<double>(units) + 0.5));
  std::vector<detail::Side> side_of_unit(units, detail::Side::train);
  std::fill_n(side_of_unit.begin(), drawn, detail::Side::test);
  RandomStream random(options.seed);
  random.shuffle(std::span(side_of_unit));
  std::vector<detail::Side> sides(log.size());
  for (std::size_t event = 0; event < log.size(); ++event) {
    sides[event] = side_of_unit[unit_of[event]];
  }
  return detail::cut_log(log, sides, customers, items);
}

}  // namespace emptor
