#include "segment/rfm_scoring.hpp"

#include <algorithm>

#include "emptor/math/statistics.hpp"

namespace emptor::detail {

namespace {

constexpr std::int64_t seconds_a_day = 86'400;

/// The places, from 0, of the last of n elements in each bin but the last.
std::vector<std::size_t> bin_ends(std::size_t n, int bins, RfmTies ties) {
  std::vector<std::size_t> ends;
  const std::size_t k = static_cast<std::size_t>(bins);
  std::size_t taken = 0;
  for (std::size_t j = 1; j < k; ++j) {
    if (ties == RfmTies::ntile) {
      taken += n / k + (j <= n % k ? 1 : 0);
      ends.push_back(taken - 1);
    } else {
      ends.push_back(static_cast<std::size_t>(static_cast<int128>(n - 1) * j / k));
    }
  }
  return ends;
}

/// The values at ascending places of the sorted sequence: counted when their range is small.
std::vector<std::int64_t> values_at(std::span<const std::int64_t> values,
                                    std::span<const std::size_t> places) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::uint64_t range = static_cast<std::uint64_t>(*high) - static_cast<std::uint64_t>(*low);
  std::vector<std::int64_t> found;
  if (range < 65'536 || range < values.size() / 2) {
    std::vector<std::size_t> counts(static_cast<std::size_t>(range) + 1);
    const std::int64_t first = *low;
    for (const std::int64_t value : values) ++counts[static_cast<std::size_t>(value - first)];
    std::size_t up_to = 0;  // elements at or below first + at - 1
    std::size_t at = 0;
    for (const std::size_t place : places) {
      while (up_to <= place) up_to += counts[at++];
      found.push_back(first + static_cast<std::int64_t>(at) - 1);
    }
    return found;
  }
  std::vector<std::int64_t> sorted(values.begin(), values.end());
  select_places(std::span(sorted), places);
  for (const std::size_t place : places) found.push_back(sorted[place]);
  return found;
}

std::vector<RfmThreshold> thresholds_of(std::span<const std::int64_t> values,
                                        std::span<const std::uint64_t> first_lines,
                                        const std::vector<std::int64_t>& cuts,
                                        const RfmOptions& options) {
  std::vector<RfmThreshold> thresholds;
  for (const std::int64_t cut : cuts) thresholds.push_back({.value = cut});
  if (!cuts.empty()) return thresholds;
  const std::vector<std::size_t> places = bin_ends(values.size(), options.bins, options.ties);
  for (const std::int64_t value : values_at(values, places)) {
    thresholds.push_back({.value = value});
  }
  if (options.ties == RfmTies::value) return thresholds;
  // Where in the first lines of a threshold's equals does the bin end?
  for (std::size_t begin = 0, end = 0; begin < thresholds.size(); begin = end) {
    const std::int64_t value = thresholds[begin].value;
    while (end < thresholds.size() && thresholds[end].value == value) ++end;
    std::size_t smaller = 0;
    std::vector<std::uint64_t> equals;
    for (std::size_t i = 0; i < values.size(); ++i) {
      smaller += values[i] < value ? 1 : 0;
      if (values[i] == value) equals.push_back(first_lines[i]);
    }
    std::vector<std::size_t> within;
    for (std::size_t i = begin; i < end; ++i) within.push_back(places[i] - smaller);
    select_places(std::span(equals), std::span<const std::size_t>(within));
    for (std::size_t i = begin; i < end; ++i) thresholds[i].first_line = equals[within[i - begin]];
  }
  return thresholds;
}

/// Thresholds that lie before (value, first_line): the number of the bin, from 0.
int bin_of(std::span<const RfmThreshold> thresholds, std::int64_t value,
           std::uint64_t first_line) noexcept {
  int bin = 0;
  for (const RfmThreshold& end : thresholds) {
    bin += static_cast<int>(end.value < value) |
           (static_cast<int>(end.value == value) & static_cast<int>(end.first_line < first_line));
  }
  return bin;
}

RfmScore score_of(const RfmThresholds& thresholds, std::int64_t days, std::uint32_t orders,
                  std::int64_t monetary, std::uint64_t first_line) noexcept {
  return {static_cast<std::uint8_t>(thresholds.bins - bin_of(thresholds.recency, days, first_line)),
          static_cast<std::uint8_t>(1 + bin_of(thresholds.frequency, orders, first_line)),
          static_cast<std::uint8_t>(1 + bin_of(thresholds.monetary, monetary, first_line))};
}

}  // namespace

void score_states(std::span<const RfmState> states, RfmResult& result) {
  const auto as_of =
      static_cast<std::uint64_t>(result.options.as_of.value().time_since_epoch().count());
  result.thresholds.bins = result.options.bins;
  std::size_t scored = 0;
  for (const RfmState& state : states) {
    scored += state.orders > 0 ? 1 : 0;
    result.without_purchase += state.orders == 0 && state.refunds > 0 ? 1 : 0;
  }
  if (scored == 0) return;
  std::vector<std::int64_t> days(scored);
  std::vector<std::int64_t> orders(scored);
  std::vector<std::int64_t> monetary(scored);
  std::vector<std::uint64_t> first_lines(scored);
  result.rows.resize(scored);
  std::size_t at = 0;
  for (std::size_t c = 0; c < states.size(); ++c) {
    const RfmState& state = states[c];
    if (state.orders == 0) continue;
    // No purchase is after as_of, so the unsigned difference is right for any two instants.
    days[at] = static_cast<std::int64_t>((as_of - static_cast<std::uint64_t>(state.last_purchase)) /
                                         static_cast<std::uint64_t>(seconds_a_day));
    orders[at] = state.orders;
    monetary[at] = state.monetary;
    first_lines[at] = state.first_line;
    result.rows[at] = {.customer = id_at<Customer>(c),
                       .orders = state.orders,
                       .recency_days = days[at],
                       .monetary = state.monetary,
                       .score = {}};
    ++at;
  }
  const RfmOptions& options = result.options;
  RfmThresholds& thresholds = result.thresholds;
  thresholds.recency = thresholds_of(days, first_lines, options.recency_cuts, options);
  thresholds.frequency = thresholds_of(orders, first_lines, options.frequency_cuts, options);
  thresholds.monetary = thresholds_of(monetary, first_lines, options.monetary_cuts, options);
  for (std::size_t i = 0; i < scored; ++i) {
    RfmRow& row = result.rows[i];
    row.score = score_of(thresholds, row.recency_days, row.orders, row.monetary, first_lines[i]);
  }
}

}  // namespace emptor::detail

namespace emptor {

RfmScore rfm_score(const RfmThresholds& thresholds, std::int64_t recency_days, std::uint32_t orders,
                   std::int64_t monetary, std::uint64_t first_line) {
  if (thresholds.recency.empty() || thresholds.frequency.empty() || thresholds.monetary.empty()) {
    throw Exception(ErrorCode::invalid_value, "the thresholds are empty: nobody was scored",
                    "rfm_score");
  }
  return detail::score_of(thresholds, recency_days, orders, monetary, first_line);
}

}  // namespace emptor
