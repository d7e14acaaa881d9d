#include "emptor/segment/rfm_stream.hpp"

#include <algorithm>
#include <bit>

#include "emptor/core/error.hpp"

namespace emptor {

namespace detail {

TrackedEnds::TrackedEnds(std::size_t cells, int bins)
    : counts_(cells), filled_((cells + 63) / 64), ends_(static_cast<std::size_t>(bins) - 1) {}

void TrackedEnds::add(std::size_t cell) {
  if (counts_[cell]++ == 0) filled_[cell / 64] |= std::uint64_t{1} << cell % 64;
  ++n_;
  for (std::size_t j = 0; j < ends_.size(); ++j) {
    End& end = ends_[j];
    end.before += cell < end.cell ? 1 : 0;
    end.place = (n_ - 1) * (j + 1) / (ends_.size() + 1);
  }
  settle();
}

void TrackedEnds::move(std::size_t from, std::size_t to) {
  if (from == to) return;
  if (--counts_[from] == 0) filled_[from / 64] &= ~(std::uint64_t{1} << from % 64);
  if (counts_[to]++ == 0) filled_[to / 64] |= std::uint64_t{1} << to % 64;
  for (End& end : ends_) {
    end.before += to < end.cell ? 1 : 0;
    end.before -= from < end.cell ? 1 : 0;
  }
  settle();
}

void TrackedEnds::settle() {
  for (End& end : ends_) {
    while (end.before > end.place) {
      end.cell = previous(end.cell);
      end.before -= counts_[end.cell];
    }
    while (end.before + counts_[end.cell] <= end.place) {
      end.before += counts_[end.cell];
      end.cell = next(end.cell);
    }
  }
}

std::size_t TrackedEnds::next(std::size_t cell) const noexcept {
  ++cell;
  std::size_t word = cell / 64;
  std::uint64_t bits = filled_[word] >> cell % 64 << cell % 64;
  while (bits == 0) bits = filled_[++word];
  return 64 * word + static_cast<std::size_t>(std::countr_zero(bits));
}

std::size_t TrackedEnds::previous(std::size_t cell) const noexcept {
  std::size_t word = cell / 64;
  std::uint64_t bits = filled_[word] & ((std::uint64_t{1} << cell % 64) - 1);
  while (bits == 0) bits = filled_[--word];
  return 64 * word + 63 - static_cast<std::size_t>(std::countl_zero(bits));
}

int TrackedEnds::bin(std::size_t cell) const noexcept {
  int bin = 0;
  for (const End& end : ends_) bin += end.cell < cell ? 1 : 0;
  return bin;
}

}  // namespace detail

namespace {

constexpr std::int64_t seconds_a_day = 86'400;
// Days from 1900 on, the latest first; earlier and later ones share the outermost cells.
constexpr std::int64_t first_day = -25'567;
constexpr std::int64_t day_cells = 65'536;
constexpr std::uint32_t order_cells = 65'536;  // more orders share the last

// Money: 2^11 cells of one unit, then 2^10 to each power of two; mirrored for what is negative.
constexpr int mantissa_bits = 11;
constexpr std::size_t half =
    (std::size_t{64 - mantissa_bits} << (mantissa_bits - 1)) + (std::size_t{1} << mantissa_bits);

std::size_t magnitude_cell(std::uint64_t value) noexcept {
  const int shift = std::max(0, static_cast<int>(std::bit_width(value)) - mantissa_bits);
  return (static_cast<std::size_t>(shift) << (mantissa_bits - 1)) +
         static_cast<std::size_t>(value >> shift);
}
std::size_t money_cell(std::int64_t value) noexcept {
  if (value >= 0) return half + magnitude_cell(static_cast<std::uint64_t>(value));
  return half - 1 - magnitude_cell(~static_cast<std::uint64_t>(value));
}
/// The largest number with this cell.
std::uint64_t largest_magnitude(std::size_t cell) noexcept {
  constexpr std::size_t exact = std::size_t{1} << mantissa_bits;
  if (cell < exact) return cell;
  const std::size_t shift = (cell - exact) / (exact / 2) + 1;
  const std::uint64_t leading = cell - shift * (exact / 2);
  return (leading << shift) + ((std::uint64_t{1} << shift) - 1);
}
/// The largest value in the cell.
std::int64_t money_edge(std::size_t cell) noexcept {
  if (cell >= half) return static_cast<std::int64_t>(largest_magnitude(cell - half));
  const std::size_t magnitude = half - 1 - cell;
  const std::uint64_t smallest = magnitude == 0 ? 0 : largest_magnitude(magnitude - 1) + 1;
  return static_cast<std::int64_t>(~smallest);
}

int bin_by(const std::vector<std::int64_t>& cuts, std::int64_t value) noexcept {
  int bin = 0;
  for (const std::int64_t cut : cuts) bin += cut < value ? 1 : 0;
  return bin;
}

}  // namespace

RfmStream::RfmStream(const RfmOptions& options, UtcOffset offset, Currency currency,
                     int price_scale)
    : RfmStream(RfmAccumulator(options, currency, price_scale), offset) {}

RfmStream::RfmStream(RfmAccumulator accumulator, UtcOffset offset)
    : accumulator_(std::move(accumulator)),
      offset_(std::chrono::seconds(offset).count()),
      recency_(day_cells, accumulator_.options().bins),
      frequency_(order_cells, accumulator_.options().bins),
      monetary_(2 * half, accumulator_.options().bins) {
  const RfmOptions& options = accumulator_.options();
  require_option(!options.as_of, "as_of", "none: a stream's moves with its lines", "an instant");
  require_option(options.ties == RfmTies::value || options.ties == RfmTies::fixed, "ties",
                 "value or fixed", "ties that go by the first line");
  for (const RfmState& state : accumulator_.states()) {
    if (state.orders == 0) continue;
    const Places places = places_of(state);
    recency_.add(places.recency);
    frequency_.add(places.frequency);
    monetary_.add(places.monetary);
  }
}

std::int64_t RfmStream::day_of(std::int64_t second) const noexcept {
  // The day whose end is the next midnight; instants beyond any calendar count as the outermost.
  constexpr std::int64_t far = std::int64_t{1} << 40;
  const std::int64_t local = std::clamp(second, -far, far) + offset_;
  return local >= 0 ? (local + seconds_a_day - 1) / seconds_a_day : -(-local / seconds_a_day);
}

RfmStream::Places RfmStream::places_of(const RfmState& state) const noexcept {
  const std::int64_t day =
      std::clamp<std::int64_t>(day_of(state.last_purchase) - first_day, 0, day_cells - 1);
  return {static_cast<std::size_t>(day_cells - 1 - day), std::min(state.orders, order_cells - 1),
          money_cell(state.monetary)};
}

RfmScore RfmStream::score_of(const RfmState& state, const Places& places) const {
  const RfmOptions& options = accumulator_.options();
  const std::int64_t days =
      day_of(accumulator_.scored_at().time_since_epoch().count()) - day_of(state.last_purchase);
  const int recency = options.recency_cuts.empty() ? recency_.bin(places.recency)
                                                   : bin_by(options.recency_cuts, days);
  const int frequency = options.frequency_cuts.empty()
                            ? frequency_.bin(places.frequency)
                            : bin_by(options.frequency_cuts, state.orders);
  const int monetary = options.monetary_cuts.empty()
                           ? monetary_.bin(places.monetary)
                           : bin_by(options.monetary_cuts, state.monetary);
  return {static_cast<std::uint8_t>(options.bins - recency),
          static_cast<std::uint8_t>(1 + frequency), static_cast<std::uint8_t>(1 + monetary)};
}

std::optional<RfmScore> RfmStream::add(const RfmLine& line) {
  if (line.customer == no_customer) {
    accumulator_.add(line);
    return std::nullopt;
  }
  const std::size_t c = index(line.customer);
  const RfmState before = c < accumulator_.states().size() ? accumulator_.states()[c] : RfmState{};
  accumulator_.add(line);
  const RfmState& now = accumulator_.states()[c];
  if (now.orders == 0) return std::nullopt;
  const Places places = places_of(now);
  if (before.orders == 0) {
    recency_.add(places.recency);
    frequency_.add(places.frequency);
    monetary_.add(places.monetary);
  } else if (before != now) {
    const Places old = places_of(before);
    recency_.move(old.recency, places.recency);
    frequency_.move(old.frequency, places.frequency);
    monetary_.move(old.monetary, places.monetary);
  }
  return score_of(now, places);
}

std::optional<RfmScore> RfmStream::score(Customer customer) const {
  if (index(customer) >= accumulator_.states().size()) return std::nullopt;
  const RfmState& state = accumulator_.states()[index(customer)];
  if (state.orders == 0) return std::nullopt;
  return score_of(state, places_of(state));
}

Time RfmStream::as_of() const noexcept {
  const std::int64_t latest = accumulator_.scored_at().time_since_epoch().count();
  return Time{std::chrono::seconds{day_of(latest) * seconds_a_day - offset_}};
}

RfmThresholds RfmStream::thresholds() const {
  const RfmOptions& options = accumulator_.options();
  RfmThresholds out{.bins = options.bins, .recency = {}, .frequency = {}, .monetary = {}};
  if (recency_.size() == 0) return out;
  const std::int64_t today = day_of(accumulator_.scored_at().time_since_epoch().count());
  const auto fill = [&](std::vector<RfmThreshold>& ends, const std::vector<std::int64_t>& cuts,
                        auto value_of) {
    for (std::size_t j = 0; j + 1 < static_cast<std::size_t>(options.bins); ++j) {
      ends.push_back({.value = cuts.empty() ? value_of(j) : cuts[j]});
    }
  };
  fill(out.recency, options.recency_cuts, [&](std::size_t j) {
    const auto from_first = day_cells - 1 - static_cast<std::int64_t>(recency_.end(j));
    return today - (from_first + first_day);
  });
  fill(out.frequency, options.frequency_cuts,
       [&](std::size_t j) { return static_cast<std::int64_t>(frequency_.end(j)); });
  fill(out.monetary, options.monetary_cuts,
       [&](std::size_t j) { return money_edge(monetary_.end(j)); });
  return out;
}

}  // namespace emptor
