#include "emptor/score/anomaly.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

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

struct OrderBaseline::Look {
  std::span<const PastOrder> past;  // before the order
  PastOrder order;
  std::uint32_t segment;
  std::int64_t offset;  // seconds
};

double OrderBaseline::Tail::surprise(double z) const noexcept {
  if (sorted.empty() || std::isnan(z)) return 0;
  const auto n = static_cast<double>(sorted.size());
  const double below =
      static_cast<double>(std::upper_bound(sorted.begin(), sorted.end(), z) - sorted.begin());
  const double above =
      static_cast<double>(sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), z));
  double log_share = std::log((1 + std::min(below, above)) / (1 + n));
  if (above == 0) log_share -= (z - sorted.back()) / high_excess;
  if (below == 0) log_share -= (sorted.front() - z) / low_excess;
  return std::max(0.0, -0.69314718055994530942 - log_share);
}

void OrderBaseline::Shares::finish() {
  ascending = shares;
  std::sort(ascending.begin(), ascending.end());
  sums.resize(ascending.size());
  std::partial_sum(ascending.begin(), ascending.end(), sums.begin());
}

double OrderBaseline::Shares::share(std::uint32_t code) const noexcept {
  const auto at = std::lower_bound(codes.begin(), codes.end(), code);
  return at != codes.end() && *at == code ? shares[static_cast<std::size_t>(at - codes.begin())]
                                          : 0;
}

double OrderBaseline::Shares::sum_up_to(double share) const noexcept {
  const auto count =
      std::upper_bound(ascending.begin(), ascending.end(), share) - ascending.begin();
  return count == 0 ? 0 : sums[static_cast<std::size_t>(count) - 1];
}

const OrderReference& OrderBaseline::reference(std::size_t number,
                                               std::uint32_t segment) const noexcept {
  const std::size_t known = segment < options_.segments ? segment : 0;
  return references_[known * numbers + number];
}

double OrderBaseline::z_value(std::size_t number, const Look& look,
                              double& expected) const noexcept {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  // Medians of logarithms from those of the values: two logarithms each.
  const PastOrder* last = nullptr;  // sale
  std::array<double, OrderHistory::capacity> values;
  std::size_t n = 0;
  for (const PastOrder& past : look.past) {
    if (past.amount < 0) continue;
    const double size = detail::order_size(number, past, last);
    last = &past;
    if (!std::isnan(size) && n < values.size()) values[n++] = size;
  }
  const double size = detail::order_size(number, look.order, last);
  if (std::isnan(size)) return unknown;
  const OrderReference& usual = reference(number, look.segment);
  double center = usual.location;
  double own = 0;
  double seen = 0;
  if (n > 0) {
    const std::span<double> sizes(values.data(), n);
    const detail::Middle middle = detail::middle_of(sizes);
    const double median = std::log(middle.low) / 2 + std::log(middle.high) / 2;
    seen = static_cast<double>(n);
    center = (seen * median + usual.kappa * usual.location) / (seen + usual.kappa);
    if (n >= 3) {
      const double typical = std::sqrt(middle.low) * std::sqrt(middle.high);
      for (double& value : sizes) value = std::max(value / typical, typical / value);
      const detail::Middle off = detail::middle_of(sizes);
      own = detail::robust_scale * (std::log(off.low) + std::log(off.high)) / 2;
    }
  }
  const double counted = n >= 3 ? seen : 0;
  const double within = usual.within * usual.within;
  const double squared =
      (counted * own * own + options_.scale_orders * within) / (counted + options_.scale_orders) +
      within / (seen + usual.kappa);
  expected = number == 1 ? std::exp(center) : std::expm1(center);
  return (std::log(size) - center) / std::sqrt(squared);
}

double OrderBaseline::category_share(std::size_t category, const Look& look) const noexcept {
  const std::uint32_t value = detail::order_code(category, look.order, look.offset);
  const Shares& all = shares_[category];
  if (value == unknown_code || all.codes.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  struct Own {
    std::uint32_t code;
    double count;
  };
  std::array<Own, OrderHistory::capacity> own;  // each code once
  std::size_t codes = 0;
  double n = 0;
  double same = 0;
  for (const PastOrder& past : look.past) {
    const std::uint32_t code = detail::order_code(category, past, look.offset);
    if (code == unknown_code) continue;
    std::size_t at = 0;
    while (at < codes && own[at].code != code) ++at;
    if (at == codes) own[codes++] = {code, 0};
    ++own[at].count;
    ++n;
    same += code == value ? 1 : 0;
  }
  // The share of a code is (count + kappa q) / (n + kappa).
  const double mass = same + all.kappa * all.share(value);
  const double limit = mass * (1 + 1e-12);
  const double rare = mass / all.kappa * (1 + 1e-12);  // those nobody here has, by their q
  double sum = all.kappa * (all.unseen + all.sum_up_to(rare));
  for (std::size_t i = 0; i < codes; ++i) {
    const double other = all.share(own[i].code);
    const double whole = own[i].count + all.kappa * other;
    if (other > 0 && other <= rare) sum -= all.kappa * other;
    if (whole <= limit) sum += whole;
  }
  return std::clamp(sum / (n + all.kappa), 1e-300, 1.0);
}

void OrderBaseline::score(const OrderHistory& history, const OrderFacts& order,
                          OrderAnomaly& out) const noexcept {
  Look look{
      {}, detail::past_order(order), order.segment, std::int64_t{options_.offset.count()} * 60};
  const std::span<const PastOrder> all = history.orders();
  const auto before = std::partition_point(
      all.begin(), all.end(), [&](const PastOrder& past) { return past.time < look.order.time; });
  look.past = all.first(static_cast<std::size_t>(before - all.begin()));
  out = OrderAnomaly{};
  out.known = static_cast<std::uint32_t>(look.past.size());
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
