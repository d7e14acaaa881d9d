#include "segment/rfm_scoring.hpp"

#include <algorithm>

#include "emptor/math/statistics.hpp"
#include "segment/huge_pages.hpp"

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

/// A histogram of at most 65,536 cells of equal width, a power of two, over all of the values.
class Cells {
 public:
  explicit Cells(std::span<const std::int64_t> values) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    first_ = static_cast<std::uint64_t>(*low);
    const std::uint64_t range = static_cast<std::uint64_t>(*high) - first_;
    while (range >> shift_ >= 65'536) ++shift_;
    counts.resize(static_cast<std::size_t>(range >> shift_) + 1);
    for (const std::int64_t value : values) ++counts[of(value)];
  }
  [[nodiscard]] std::size_t of(std::int64_t value) const noexcept {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(value) - first_) >> shift_);
  }
  /// Every cell is one value.
  [[nodiscard]] bool exact() const noexcept { return shift_ == 0; }
  [[nodiscard]] std::int64_t value(std::size_t cell) const noexcept {
    return static_cast<std::int64_t>(first_ + cell);
  }
  /// The cell of a value that may lie outside; below all: none.
  [[nodiscard]] std::size_t clamped(std::int64_t value) const noexcept {
    if (value < static_cast<std::int64_t>(first_)) return none;
    const std::uint64_t cell = (static_cast<std::uint64_t>(value) - first_) >> shift_;
    return cell < counts.size() ? static_cast<std::size_t>(cell) : counts.size() - 1;
  }

  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::vector<std::uint32_t> counts;

 private:
  std::uint64_t first_ = 0;
  int shift_ = 0;
};

/// The values at ascending places of the sorted sequence: the cells tell where they are, only
/// elements of those cells are looked at more closely.
std::vector<std::int64_t> values_at(std::span<const std::int64_t> values, const Cells& cells,
                                    std::span<const std::size_t> places) {
  struct Wanted {
    std::size_t cell, before;  // elements in smaller cells
    std::vector<std::size_t> within;
    std::vector<std::int64_t> members;
  };
  std::vector<Wanted> wanted;
  std::size_t cell = 0;
  std::size_t before = 0;
  for (const std::size_t place : places) {
    while (before + cells.counts[cell] <= place) before += cells.counts[cell++];
    if (wanted.empty() || wanted.back().cell != cell) wanted.push_back({cell, before, {}, {}});
    wanted.back().within.push_back(place - before);
  }
  std::vector<std::int64_t> found;
  if (cells.exact()) {
    for (const Wanted& one : wanted)
      found.resize(found.size() + one.within.size(), cells.value(one.cell));
    return found;
  }
  std::vector<std::uint8_t> list(cells.counts.size());  // number in `wanted` + 1
  for (std::size_t w = 0; w < wanted.size(); ++w) {
    list[wanted[w].cell] = static_cast<std::uint8_t>(w + 1);
    wanted[w].members.reserve(cells.counts[wanted[w].cell]);
  }
  for (const std::int64_t value : values) {
    const std::uint8_t w = list[cells.of(value)];
    if (w != 0) wanted[w - 1U].members.push_back(value);
  }
  for (Wanted& one : wanted) {
    select_places(std::span(one.members), std::span<const std::size_t>(one.within));
    for (const std::size_t place : one.within) found.push_back(one.members[place]);
  }
  return found;
}

/// For each cell how many ends lie below all of its values, with `mixed` added when an end is in
/// it.
constexpr std::uint8_t mixed = 0x80;
std::vector<std::uint8_t> bins_of_cells(const Cells& cells, std::span<const RfmThreshold> ends) {
  std::vector<std::uint8_t> bins(cells.counts.size());
  std::size_t from = 0;
  for (std::size_t e = 0; e < ends.size(); ++e) {
    const std::size_t at = cells.clamped(ends[e].value);
    if (at == Cells::none) {
      std::fill(bins.begin(), bins.end(), static_cast<std::uint8_t>(e + 1));
      continue;
    }
    if (from <= at) bins[at] = static_cast<std::uint8_t>(bins[at] | mixed);
    std::fill(bins.begin() + static_cast<std::ptrdiff_t>(at) + 1, bins.end(),
              static_cast<std::uint8_t>(e + 1));
    from = at + 1;
  }
  return bins;
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
  const Cells cells(values);
  if (cut.cuts.empty()) {
    places = bin_ends(values.size(), cut.bins, cut.ties);
    for (const std::int64_t value : values_at(values, cells, places)) {
      ends.push_back({.value = value});
    }
  }
  // A value's bin is the number of ends below it: of an end's equals, the first such end.
  const std::vector<std::uint8_t> bin_of_cell = bins_of_cells(cells, ends);
  std::vector<std::vector<std::uint32_t>> equals(ends.size() + 1);
  std::vector<std::size_t> sizes(ends.size() + 1);
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint8_t bin = bin_of_cell[cells.of(values[i])];
    if ((bin & mixed) != 0) {
      bool equal = false;
      bin = 0;
      for (const RfmThreshold& end : ends) {
        bin = static_cast<std::uint8_t>(bin + (end.value < values[i] ? 1 : 0));
        equal |= end.value == values[i];
      }
      if (equal) equals[bin].push_back(static_cast<std::uint32_t>(i));
    }
    bin_of_value[i] = bin;
    ++sizes[bin];
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
  std::vector<Customer> who;
  std::vector<std::int64_t> days;
  std::vector<std::int64_t> orders;
  std::vector<std::int64_t> monetary;
  reserve_huge(who, scored);
  for (std::vector<std::int64_t>* values : {&days, &orders, &monetary}) {
    reserve_huge(*values, scored);
  }
  for (std::size_t c = 0; c < states.size(); ++c) {
    const RfmState& state = states[c];
    if (state.orders == 0) continue;
    // No purchase is after as_of, so the unsigned difference is right for any two instants.
    const std::uint64_t seconds = as_of - static_cast<std::uint64_t>(state.last_purchase);
    who.push_back(id_at<Customer>(c));
    days.push_back(static_cast<std::int64_t>(seconds / seconds_a_day));
    orders.push_back(state.orders);
    monetary.push_back(state.monetary);
  }
  const RfmOptions& options = result.options;
  const auto first_line = [&](std::size_t i) { return states[index(who[i])].first_line; };
  std::vector<std::uint8_t> bins(3 * scored);
  const auto cut = [&](std::size_t place, std::span<const std::int64_t> values,
                       const std::vector<std::int64_t>& cuts) {
    return cut_measure(values, {options.bins, options.ties, cuts}, first_line,
                       std::span(bins).subspan(place * scored, scored));
  };
  result.thresholds.recency = cut(0, days, options.recency_cuts);
  result.thresholds.frequency = cut(1, orders, options.frequency_cuts);
  result.thresholds.monetary = cut(2, monetary, options.monetary_cuts);
  reserve_huge(result.rows, scored);
  for (std::size_t i = 0; i < scored; ++i) {
    result.rows.push_back({.customer = who[i],
                           .orders = static_cast<std::uint32_t>(orders[i]),
                           .recency_days = days[i],
                           .monetary = monetary[i],
                           .score = {static_cast<std::uint8_t>(options.bins - bins[i]),
                                     static_cast<std::uint8_t>(1 + bins[scored + i]),
                                     static_cast<std::uint8_t>(1 + bins[2 * scored + i])}});
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
