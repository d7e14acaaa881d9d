#include "segment/rfm_scoring.hpp"

#include <algorithm>

#include "emptor/math/statistics.hpp"

namespace emptor::detail {

namespace {

constexpr std::uint64_t seconds_a_day = 86'400;

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

/// The values at ascending places of the sorted sequence. A histogram of at
/// most 65,536 cells finds the cells that hold a place; only their elements are
/// looked at more closely.
std::vector<std::int64_t> values_at(std::span<const std::int64_t> values,
                                    std::span<const std::size_t> places) {
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::uint64_t first = static_cast<std::uint64_t>(*low);
  int shift = 0;
  while ((static_cast<std::uint64_t>(*high) - first) >> shift >= 65'536) ++shift;
  const auto cell_of = [&](std::int64_t value) {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(value) - first) >> shift);
  };
  std::vector<std::size_t> counts(cell_of(*high) + 1);
  for (const std::int64_t value : values) ++counts[cell_of(value)];

  std::vector<std::int64_t> found;
  std::size_t cell = 0;
  std::size_t before = 0;  // elements in the cells before this one
  for (std::size_t begin = 0, end = 0; begin < places.size(); begin = end) {
    while (before + counts[cell] <= places[begin]) before += counts[cell++];
    while (end < places.size() && places[end] < before + counts[cell]) ++end;
    if (shift == 0) {
      found.resize(end, static_cast<std::int64_t>(first + cell));
      continue;
    }
    std::vector<std::int64_t> members;
    members.reserve(counts[cell]);
    for (const std::int64_t value : values) {
      if (cell_of(value) == cell) members.push_back(value);
    }
    std::vector<std::size_t> within;
    for (std::size_t i = begin; i < end; ++i) within.push_back(places[i] - before);
    select_places(std::span(members), std::span<const std::size_t>(within));
    for (const std::size_t place : within) found.push_back(members[place]);
  }
  return found;
}

using FirstLine = FunctionRef<std::uint64_t(std::size_t)>;

/// Of ends with one value: sets their first lines, and moves the equals that
/// come after an end on to their bin. `below`: how many elements are smaller.
void cut_equals(std::span<RfmThreshold> ends, std::span<const std::size_t> places,
                std::size_t below, std::span<const std::uint32_t> equals, FirstLine first_line,
                std::span<std::uint8_t> bins) {
  std::vector<std::uint64_t> lines;
  lines.reserve(equals.size());
  for (const std::uint32_t i : equals) lines.push_back(first_line(i));
  std::vector<std::uint64_t> selected = lines;
  std::vector<std::size_t> within;
  for (const std::size_t place : places) within.push_back(place - below);
  select_places(std::span(selected), std::span<const std::size_t>(within));
  for (std::size_t j = 0; j < ends.size(); ++j) ends[j].first_line = selected[within[j]];
  for (std::size_t k = 0; k < equals.size(); ++k) {
    std::uint8_t& bin = bins[equals[k]];
    for (const RfmThreshold& end : ends) {
      bin = static_cast<std::uint8_t>(bin + (end.first_line < lines[k] ? 1 : 0));
    }
  }
}

/// Thresholds that lie before (value, first_line): the number of the bin, from
/// 0.
int bin_of(std::span<const RfmThreshold> thresholds, std::int64_t value,
           std::uint64_t first_line) noexcept {
  int bin = 0;
  for (const RfmThreshold& end : thresholds) {
    bin += static_cast<int>(end.value < value) |
           (static_cast<int>(end.value == value) & static_cast<int>(end.first_line < first_line));
  }
  return bin;
}

}  // namespace

std::vector<RfmThreshold> cut_measure(std::span<const std::int64_t> values, const MeasureCut& cut,
                                      FirstLine first_line, std::span<std::uint8_t> bin_of_value) {
  std::vector<RfmThreshold> ends;
  ends.reserve(static_cast<std::size_t>(cut.bins) - 1);
  for (const std::int64_t value : cut.cuts) ends.push_back({.value = value});
  std::vector<std::size_t> places;
  if (cut.cuts.empty()) {
    places = bin_ends(values.size(), cut.bins, cut.ties);
    for (const std::int64_t value : values_at(values, places)) ends.push_back({.value = value});
  }
  // A value's bin is the number of ends below it: of an end's equals, the first
  // such end.
  std::vector<std::vector<std::uint32_t>> equals(ends.size() + 1);
  std::vector<std::size_t> sizes(ends.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint8_t bin = 0;
    bool equal = false;
    for (const RfmThreshold& end : ends) {
      bin = static_cast<std::uint8_t>(bin + (end.value < values[i] ? 1 : 0));
      equal |= end.value == values[i];
    }
    bin_of_value[i] = bin;
    ++sizes[bin];
    if (equal) equals[bin].push_back(static_cast<std::uint32_t>(i));
  }
  if (!cut.cuts.empty() || cut.ties == RfmTies::value) return ends;
  std::size_t up_to = 0;
  for (std::size_t begin = 0, end = 0; begin < ends.size(); begin = end) {
    while (end < ends.size() && ends[end].value == ends[begin].value) ++end;
    for (std::size_t bin = begin; bin < end; ++bin) up_to += sizes[bin];
    cut_equals(std::span(ends).subspan(begin, end - begin),
               std::span<const std::size_t>(places).subspan(begin, end - begin),
               up_to - equals[begin].size(), equals[begin], first_line, bin_of_value);
  }
  return ends;
}

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
  result.rows.reserve(scored);
  std::vector<std::int64_t> values(scored);
  std::vector<std::uint8_t> bins(scored);
  for (std::size_t c = 0; c < states.size(); ++c) {
    const RfmState& state = states[c];
    if (state.orders == 0) continue;
    // No purchase is after as_of, so the unsigned difference is right for any
    // two instants.
    const std::uint64_t seconds = as_of - static_cast<std::uint64_t>(state.last_purchase);
    values[result.rows.size()] = static_cast<std::int64_t>(seconds / seconds_a_day);
    result.rows.push_back({.customer = id_at<Customer>(c),
                           .orders = state.orders,
                           .recency_days = static_cast<std::int64_t>(seconds / seconds_a_day),
                           .monetary = state.monetary,
                           .score = {}});
  }
  const RfmOptions& options = result.options;
  RfmThresholds& thresholds = result.thresholds;
  std::vector<RfmRow>& rows = result.rows;
  const auto first_line = [&](std::size_t i) { return states[index(rows[i].customer)].first_line; };
  const auto cut = [&](const std::vector<std::int64_t>& cuts) {
    return cut_measure(values, {options.bins, options.ties, cuts}, first_line, bins);
  };
  thresholds.recency = cut(options.recency_cuts);
  for (std::size_t i = 0; i < scored; ++i) {
    rows[i].score.recency = static_cast<std::uint8_t>(options.bins - bins[i]);
    values[i] = rows[i].orders;
  }
  thresholds.frequency = cut(options.frequency_cuts);
  for (std::size_t i = 0; i < scored; ++i) {
    rows[i].score.frequency = static_cast<std::uint8_t>(1 + bins[i]);
    values[i] = rows[i].monetary;
  }
  thresholds.monetary = cut(options.monetary_cuts);
  for (std::size_t i = 0; i < scored; ++i) {
    rows[i].score.monetary = static_cast<std::uint8_t>(1 + bins[i]);
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
  const auto bin = [&](const std::vector<RfmThreshold>& ends, std::int64_t value) {
    return detail::bin_of(ends, value, first_line);
  };
  return {static_cast<std::uint8_t>(thresholds.bins - bin(thresholds.recency, recency_days)),
          static_cast<std::uint8_t>(1 + bin(thresholds.frequency, orders)),
          static_cast<std::uint8_t>(1 + bin(thresholds.monetary, monetary))};
}

}  // namespace emptor
