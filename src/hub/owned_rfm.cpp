#include "emptor/hub/owned_rfm.hpp"

#include <algorithm>
#include <iterator>

namespace emptor {

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

std::int64_t added(std::int64_t a, std::int64_t b) {
  if (__builtin_add_overflow(a, b, &a)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "RfmBase");
  }
  return a;
}

constexpr std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

}  // namespace

bool RfmBase::add(const RfmLine& line, const RfmOptions& options) {
  if (!options.window.contains(line.time) || (options.as_of && line.time > *options.as_of)) {
    return false;
  }
  if (line.amount < 0 || line.quantity < 0) {
    if (options.refunds == RfmRefunds::net) sums_.monetary = added(sums_.monetary, line.amount);
    ++sums_.refunds;
    return true;
  }
  if (line.amount == 0 && !options.free_lines) return false;
  const std::int64_t monetary = added(sums_.monetary, line.amount);
  const auto order = static_cast<std::uint32_t>(line.order);
  const auto at = std::lower_bound(orders_.begin(), orders_.end(), order);
  if (at == orders_.end() || *at != order) orders_.insert(at, order);
  sums_.monetary = monetary;
  sums_.last_purchase = std::max(sums_.last_purchase, seconds(line.time));
  sums_.first_line = std::min(sums_.first_line, line.line);
  return true;
}

void RfmBase::merge(const RfmBase& other) {
  const std::int64_t monetary = added(sums_.monetary, other.sums_.monetary);
  std::vector<std::uint32_t> orders;
  orders.reserve(orders_.size() + other.orders_.size());
  std::set_union(orders_.begin(), orders_.end(), other.orders_.begin(), other.orders_.end(),
                 std::back_inserter(orders));
  orders_.swap(orders);
  sums_.monetary = monetary;
  sums_.last_purchase = std::max(sums_.last_purchase, other.sums_.last_purchase);
  sums_.first_line = std::min(sums_.first_line, other.sums_.first_line);
  sums_.refunds += other.sums_.refunds;
}

RfmState RfmBase::values() const {
  RfmState state = sums_;
  state.orders = static_cast<std::uint32_t>(orders_.size());
  return state;
}

RfmScore OwnedRfm::score(Customer customer, const RfmThresholds& thresholds, Time as_of) const {
  const RfmState state = values(customer);
  if (state.last_purchase == never) {
    throw Exception(ErrorCode::not_found, "a customer without a purchase has no scores",
                    "OwnedRfm::score");
  }
  if (state.last_purchase > seconds(as_of)) {
    throw Exception(ErrorCode::invalid_value, "a purchase after this instant has been added",
                    "as_of");
  }
  constexpr std::int64_t seconds_a_day = 86400;
  return rfm_score(thresholds, (seconds(as_of) - state.last_purchase) / seconds_a_day, state.orders,
                   state.monetary, state.first_line);
}

}  // namespace emptor
