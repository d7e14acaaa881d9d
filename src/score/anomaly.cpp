#include "emptor/score/anomaly.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "score/anomaly_order.hpp"

namespace emptor {

void OrderHistory::add(const OrderFacts& order) {
  const PastOrder past = detail::past_order(order);
  const auto at = std::lower_bound(orders_.begin(), orders_.end(), past);
  if (at != orders_.end() && *at == past) return;
  if (orders_.size() < capacity) {
    orders_.insert(at, past);
  } else if (at != orders_.begin()) {
    std::move(orders_.begin() + 1, at, orders_.begin());
    *(at - 1) = past;
  }
}

void OrderHistory::merge(const OrderHistory& other) {
  std::vector<PastOrder> all;
  all.reserve(orders_.size() + other.orders_.size());
  std::set_union(orders_.begin(), orders_.end(), other.orders_.begin(), other.orders_.end(),
                 std::back_inserter(all));
  if (all.size() > capacity) all.erase(all.begin(), all.end() - capacity);
  orders_ = std::move(all);
}

/// All signals of the orders before, from one pass over them.
struct OrderBaseline::Look {
  static constexpr std::size_t most = OrderHistory::capacity;
  static constexpr std::size_t lanes = 4;  // the three numbers and nothing
  static constexpr double unknown = std::numeric_limits<double>::infinity();
  struct Codes {  // each once, as they came
    std::array<std::uint32_t, most> codes;
    std::array<std::uint32_t, most> counts;
    std::array<std::uint8_t, 64> places{};  // by the last bits, where it may be
    std::size_t distinct = 0;
    std::uint32_t n = 0;
    std::uint32_t asked = 0;
    void add(std::uint32_t code) noexcept {
      if (code == unknown_code) return;
      ++n;
      std::uint8_t& place = places[code % 64];
      std::size_t at = place;
      if (at >= distinct || codes[at] != code) {
        for (at = 0; at < distinct && codes[at] != code;) ++at;
        place = static_cast<std::uint8_t>(at);
        if (at == distinct) {
          codes[distinct] = code;
          counts[distinct++] = 0;
        }
      }
      ++counts[at];
    }
  };
  std::array<std::array<double, lanes>, most> sizes;  // ascending by lane, the unknown last
  std::array<std::size_t, numbers> seen{};
  std::array<double, numbers> asked;
  std::array<Codes, categories> values;
  std::uint32_t segment;

  Look(std::span<const PastOrder> before, const PastOrder& order, std::uint32_t of_segment,
       std::int64_t offset) noexcept
      : segment(of_segment) {
    const PastOrder* last = nullptr;  // sale
    std::size_t sales = 0;
    for (const PastOrder& past : before) {
      values[0].add(detail::order_code(0, past, offset));
      values[1].add(detail::order_code(1, past, offset));
      values[2].add(past.device);
      values[3].add(past.country);
      values[4].add(past.method);
      if (past.amount < 0 || sales == most) continue;
      for (std::size_t s = 0; s < numbers; ++s) {
        const double size = detail::order_size(s, past, last);
        const bool known = size == size;
        seen[s] += known ? 1U : 0U;
        sizes[sales][s] = known ? size : unknown;
      }
      sizes[sales++][numbers] = unknown;
      last = &past;
    }
    sort(sales);
    for (std::size_t c = 0; c < categories; ++c) {
      values[c].asked = detail::order_code(c, order, offset);
    }
    for (std::size_t s = 0; s < numbers; ++s) asked[s] = detail::order_size(s, order, last);
  }

 private:
  /// Batcher's merge exchange, which knows its comparisons beforehand: all lanes at once, no
  /// branch that depends on values (D. E. Knuth, "The Art of Computer Programming" 3, 2nd ed.,
  /// algorithm 5.2.2M).
  void sort(std::size_t n) noexcept {
    if (n < 2) return;
    const std::size_t top = std::bit_floor(n - 1);
    for (std::size_t p = top; p > 0; p /= 2) {
      std::size_t d = p;
      for (std::size_t q = top, r = 0;; q /= 2) {
        for (std::size_t i = r; i + d < n; i += 2 * p) {
          const std::size_t pairs = std::min(p, n - d - i);
          for (std::size_t j = 0; j < pairs; ++j) {
            exchange(sizes[i + j].data(), sizes[i + j + d].data());
          }
        }
        if (q == p) break;
        d = q - p;
        r = p;
      }
    }
  }
  static void exchange(double* __restrict a, double* __restrict b) noexcept {
    double low[lanes], high[lanes];
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      low[lane] = a[lane] < b[lane] ? a[lane] : b[lane];
      high[lane] = a[lane] < b[lane] ? b[lane] : a[lane];
    }
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      a[lane] = low[lane];
      b[lane] = high[lane];
    }
  }
};

namespace {

/// std::lower_bound without branches, which half of the time go the other way.
template <class T>
std::size_t count_below(std::span<const T> ascending, T value) noexcept {
  const T* first = ascending.data();
  std::size_t left = ascending.size();
  if (left == 0) return 0;
  while (left > 1) {
    const std::size_t half = left / 2;
    first += static_cast<std::size_t>(first[half - 1] < value) * half;
    left -= half;
  }
  return static_cast<std::size_t>(first - ascending.data()) +
         static_cast<std::size_t>(*first < value);
}

/// The two middle ones of `max(size / typical, typical / size)` of n >= 3 ascending sizes. The
/// nearest n / 2 + 1 stand side by side.
template <class At>
detail::Middle middle_ratios(std::size_t n, double typical, const At& at) noexcept {
  const auto off = [&](std::size_t i) { return std::max(at(i) / typical, typical / at(i)); };
  const std::size_t nearest = n / 2 + 1;
  std::size_t first = 0;
  std::size_t end = n - nearest;
  while (first < end) {
    const std::size_t half = first + (end - first) / 2;
    if (off(half) > off(half + nearest)) {
      first = half + 1;
    } else {
      end = half;
    }
  }
  const std::size_t last = first + nearest - 1;
  const double low = off(first), high = off(last);
  if (n % 2 != 0) return {std::max(low, high), std::max(low, high)};
  if (low > high) return {std::max(off(first + 1), high), low};
  return {std::max(low, off(last - 1)), high};
}

/// Half the logarithm of each, one logarithm when they are equal.
double mean_log(detail::Middle middle) noexcept {
  const double low = std::log(middle.low);
  return (low + (middle.low == middle.high ? low : std::log(middle.high))) / 2;
}

}  // namespace

double OrderBaseline::Tail::surprise(double z) const noexcept {
  if (sorted.empty() || std::isnan(z)) return 0;
  const auto n = static_cast<double>(sorted.size());
  const std::size_t less = count_below(std::span(sorted), z);
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(less);
  const bool tied = at != sorted.end() && *at == z;
  const auto below = static_cast<double>(
      tied ? static_cast<std::size_t>(std::upper_bound(at, sorted.end(), z) - sorted.begin())
           : less);
  const auto above = static_cast<double>(sorted.size() - less);
  double log_share = std::log((1 + std::min(below, above)) / (1 + n));
  if (above == 0) log_share -= (z - sorted.back()) / high_excess;
  if (below == 0) log_share -= (sorted.front() - z) / low_excess;
  return std::max(0.0, -0.69314718055994530942 - log_share);
}

void OrderBaseline::Shares::finish() {
  std::vector<double> all = shares;
  std::sort(all.begin(), all.end());
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    sum += all[i];
    if (i + 1 < all.size() && all[i + 1] == all[i]) continue;
    levels.push_back(all[i]);
    sums.push_back(sum);
  }
  for (std::size_t i = 0; i < codes.size() && codes[i] < 256; ++i) {
    small.resize(codes[i] + 1, 0.0);
    small[codes[i]] = shares[i];
  }
}

double OrderBaseline::Shares::share(std::uint32_t code) const noexcept {
  if (code < small.size()) return small[code];
  const std::size_t at = count_below(std::span(codes), code);
  return at < codes.size() && codes[at] == code ? shares[at] : 0;
}

double OrderBaseline::Shares::sum_up_to(double share) const noexcept {
  std::size_t count = count_below(std::span(levels), share);
  count += count < levels.size() && levels[count] == share ? 1U : 0U;
  return count == 0 ? 0 : sums[count - 1];
}

const OrderReference& OrderBaseline::reference(std::size_t number,
                                               std::uint32_t segment) const noexcept {
  const std::size_t known = segment < options_.segments ? segment : 0;
  return references_[known * numbers + number];
}

double OrderBaseline::z_value(std::size_t number, const Look& look,
                              double& expected) const noexcept {
  if (std::isnan(look.asked[number])) return look.asked[number];
  const OrderReference& usual = reference(number, look.segment);
  const std::size_t n = look.seen[number];
  const auto seen = static_cast<double>(n);
  double center = usual.location;
  double own = 0;
  // Medians of logarithms from those of the values: two logarithms each.
  if (n > 0) {
    const auto size = [&](std::size_t i) { return look.sizes[i][number]; };
    const detail::Middle middle{size((n - 1) / 2), size(n / 2)};
    center = (seen * mean_log(middle) + usual.kappa * usual.location) / (seen + usual.kappa);
    if (n >= 3) {
      const double typical = std::sqrt(middle.low) * std::sqrt(middle.high);
      own = detail::robust_scale * mean_log(middle_ratios(n, typical, size));
    }
  }
  const double counted = n >= 3 ? seen : 0;
  const double within = usual.within * usual.within;
  const double squared =
      (counted * own * own + options_.scale_orders * within) / (counted + options_.scale_orders) +
      within / (seen + usual.kappa);
  expected = number == 1 ? std::exp(center) : std::expm1(center);
  return (std::log(look.asked[number]) - center) / std::sqrt(squared);
}

double OrderBaseline::category_share(std::size_t category, const Look& look) const noexcept {
  const Look::Codes& own = look.values[category];
  const Shares& all = shares_[category];
  if (own.asked == unknown_code || all.codes.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double same = 0;
  for (std::size_t i = 0; i < own.distinct; ++i) {
    if (own.codes[i] == own.asked) same = own.counts[i];
  }
  // The share of a code is (count + kappa q) / (n + kappa).
  const double mass = same + all.kappa * all.share(own.asked);
  const double limit = mass * (1 + 1e-12);
  const double rare = mass / all.kappa * (1 + 1e-12);  // those nobody here has, by their q
  double sum = all.kappa * (all.unseen + all.sum_up_to(rare));
  for (std::size_t i = 0; i < own.distinct; ++i) {
    const double other = all.share(own.codes[i]);
    const double whole = own.counts[i] + all.kappa * other;
    if (other > 0 && other <= rare) sum -= all.kappa * other;
    if (whole <= limit) sum += whole;
  }
  return std::clamp(sum / (own.n + all.kappa), 1e-300, 1.0);
}

void OrderBaseline::score(const OrderHistory& history, const OrderFacts& order,
                          OrderAnomaly& out) const noexcept {
  const PastOrder asked = detail::past_order(order);
  const std::span<const PastOrder> all = history.orders();
  const auto before = std::partition_point(
      all.begin(), all.end(), [&](const PastOrder& past) { return past.time < asked.time; });
  const auto known = static_cast<std::size_t>(before - all.begin());
  const Look look(all.first(known), asked, order.segment,
                  std::int64_t{options_.offset.count()} * 60);
  out = OrderAnomaly{};
  out.known = static_cast<std::uint32_t>(known);
  for (std::size_t s = 0; s < order_signals; ++s) {
    OrderReason& reason = out.reasons[s];
    reason.signal = static_cast<OrderSignal>(s);
    if (s < numbers) {
      const double z = z_value(s, look, reason.expected);
      reason.surprise = tails_[s].surprise(z);
      reason.measured = std::isnan(z) ? 0 : z;
    } else {
      const double share = category_share(s - numbers, look);
      reason.surprise = std::isnan(share) ? 0 : -std::log(share);
      reason.measured = std::isnan(share) ? 0 : share;
    }
    reason.surprise = std::max(0.0, reason.surprise);
    out.score += reason.surprise;
  }
  out.p_value = calibration_.p_value(out.score);
  out.alarm = out.score >= threshold_;
}

}  // namespace emptor
