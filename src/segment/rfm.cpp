#include "emptor/segment/rfm.hpp"

#include <algorithm>

#include "segment/huge_pages.hpp"
#include "segment/rfm_scoring.hpp"

namespace emptor {

namespace {

[[noreturn]] void refuse_overflow() {
  throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                  "RfmAccumulator");
}

void check_cuts(const std::vector<std::int64_t>& cuts, std::string_view option,
                const RfmOptions& options) {
  if (cuts.empty() && options.ties != RfmTies::fixed) return;
  require_option(cuts.size() + 1 == static_cast<std::size_t>(options.bins), option,
                 "bins - 1 cut points", cuts.size());
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    require_option(cuts[i - 1] < cuts[i], option, "ascending", cuts[i]);
  }
}

}  // namespace

void detail::check_rfm_options(const RfmOptions& options) {
  require_option(options.bins >= 2 && options.bins <= 20, "bins", "in [2, 20]", options.bins);
  check_cuts(options.recency_cuts, "recency_cuts", options);
  check_cuts(options.frequency_cuts, "frequency_cuts", options);
  check_cuts(options.monetary_cuts, "monetary_cuts", options);
  constexpr double most = std::numeric_limits<double>::max() / 64;
  const auto check_weight = [&](double weight, std::string_view option) {
    require_option(weight >= 0 && weight <= most, option, ">= 0 and finite", weight);
  };
  check_weight(options.recency_weight, "recency_weight");
  check_weight(options.frequency_weight, "frequency_weight");
  check_weight(options.monetary_weight, "monetary_weight");
  const double sum = options.recency_weight + options.frequency_weight + options.monetary_weight;
  require_option(sum > 0, "recency_weight", "> 0 unless another weight is", sum);
}

namespace {

constexpr std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

}  // namespace

RfmAccumulator::RfmAccumulator(const RfmOptions& options, Currency currency, int price_scale)
    : options_(options), currency_(currency), price_scale_(price_scale) {
  detail::check_rfm_options(options);
}

void RfmAccumulator::count_order(RfmState& state, Customer customer, Order order) {
  Customer& first = order_customers_[index(order)];
  if (first == customer) return;
  if (first == no_customer) {
    first = customer;
  } else if (!shared_orders_.insert(std::uint64_t{index(order)} << 32 | index(customer)).second) {
    return;
  }
  ++state.orders;
}

template <bool HasOrders, bool HasQuantities>
void RfmAccumulator::add_lines(const RfmColumns& lines) {
  // Lines: keeps as many misses on their way as the core can have.
  constexpr std::size_t ahead = 192;
  const std::size_t count = lines.customers.size();
  const Customer* customers = lines.customers.data();
  const Time* times = lines.times.data();
  const std::int64_t* amounts = lines.amounts.data();
  RfmState* states = states_.data();
  const std::int64_t from = seconds(options_.window.from);
  const std::int64_t to = seconds(options_.window.to);
  const std::int64_t as_of =
      options_.as_of ? seconds(*options_.as_of) : std::numeric_limits<std::int64_t>::max();
  const bool net = options_.refunds == RfmRefunds::net;
  const std::int64_t smallest = options_.free_lines ? 0 : 1;
  RfmLineCounts counts;
  std::int64_t latest = latest_;
  const auto add_one = [&](std::size_t i) {
    const std::int64_t time = seconds(times[i]);
    if (time > as_of || time < from || time >= to) {
      ++(time > as_of ? counts.after_as_of : counts.outside_window);
      return;
    }
    latest = time > latest ? time : latest;
    const Customer customer = customers[i];
    if (customer == no_customer) {
      ++counts.anonymous;
      return;
    }
    const std::int64_t amount = amounts[i];
    bool refund = amount < 0;
    if constexpr (HasQuantities) refund |= lines.quantities[i] < 0;
    RfmState& state = states[index(customer)];
    if (amount >= smallest && !refund) {
      if (__builtin_add_overflow(state.monetary, amount, &state.monetary)) refuse_overflow();
      const std::uint64_t line = lines.first_line + i;
      state.last_purchase = time > state.last_purchase ? time : state.last_purchase;
      state.first_line = line < state.first_line ? line : state.first_line;
      if constexpr (HasOrders) {
        count_order(state, customer, lines.orders[i]);
      } else {
        ++state.orders;
      }
    } else if (refund) {
      ++counts.refunds;
      ++state.refunds;
      if (net && __builtin_add_overflow(state.monetary, amount, &state.monetary)) refuse_overflow();
    } else {
      ++counts.free_lines;
    }
  };
  std::size_t i = 0;
  for (; i + ahead < count; ++i) {
    const Customer soon = customers[i + ahead];
    __builtin_prefetch(states + (soon == no_customer ? 0 : index(soon)), 1);
    add_one(i);
  }
  for (; i < count; ++i) add_one(i);
  latest_ = latest;
  counts.lines = count;
  counts.purchases = count - counts.refunds - counts.free_lines - counts.anonymous -
                     counts.after_as_of - counts.outside_window;
  detail::add_counts(counts_, counts);
}

void RfmAccumulator::add(const RfmColumns& lines) {
  const std::size_t count = lines.customers.size();
  const auto fits = [&](std::size_t size, bool optional) {
    return size == count || (optional && size == 0);
  };
  if (!fits(lines.times.size(), false) || !fits(lines.amounts.size(), false) ||
      !fits(lines.orders.size(), true) || !fits(lines.quantities.size(), true)) {
    throw Exception(ErrorCode::invalid_shape, text("columns must be of one length, ", count),
                    "RfmAccumulator");
  }
  std::uint32_t customers = 0;  // no_customer + 1 wraps to 0
  for (const Customer customer : lines.customers) {
    customers = std::max(customers, static_cast<std::uint32_t>(customer) + 1);
  }
  if (customers > states_.size()) {
    if (customers > states_.capacity()) {
      detail::reserve_huge(states_, std::max<std::size_t>(customers, 2 * states_.capacity()));
    }
    states_.resize(customers);
  }
  if (!lines.orders.empty()) {
    std::size_t orders = 0;
    for (const Order order : lines.orders) orders = std::max(orders, index(order) + 1);
    if (orders > order_customers_.size()) order_customers_.resize(orders, no_customer);
  }
  if (lines.orders.empty()) {
    lines.quantities.empty() ? add_lines<false, false>(lines) : add_lines<false, true>(lines);
  } else {
    lines.quantities.empty() ? add_lines<true, false>(lines) : add_lines<true, true>(lines);
  }
}

void RfmAccumulator::add(const RfmLine& line) {
  add(RfmColumns{.customers = {&line.customer, 1},
                 .times = {&line.time, 1},
                 .amounts = {&line.amount, 1},
                 .orders = {&line.order, 1},
                 .quantities = {&line.quantity, 1},
                 .first_line = line.line});
}

void RfmAccumulator::add(const Orders& orders) {
  add(RfmColumns{.customers = orders.line_customers(),
                 .times = orders.line_times(),
                 .amounts = orders.line_amounts(),
                 .orders = orders.line_orders(),
                 .quantities = orders.line_quantities()});
}

void RfmAccumulator::merge(const RfmAccumulator& other) {
  if (options_.as_of != other.options_.as_of || options_.window != other.options_.window ||
      options_.refunds != other.options_.refunds ||
      options_.free_lines != other.options_.free_lines) {
    throw Exception(ErrorCode::invalid_option, "both must select lines and refunds alike",
                    "RfmAccumulator::merge");
  }
  if (&other == this) {
    throw Exception(ErrorCode::invalid_value, "cannot merge an accumulator with itself",
                    "RfmAccumulator::merge");
  }
  if (other.states_.size() > states_.size()) states_.resize(other.states_.size());
  for (std::size_t c = 0; c < other.states_.size(); ++c) {
    detail::join(states_[c], other.states_[c]);
  }
  // An order that both have seen for one customer was counted twice.
  if (other.order_customers_.size() > order_customers_.size()) {
    order_customers_.resize(other.order_customers_.size(), no_customer);
  }
  for (std::size_t o = 0; o < other.order_customers_.size(); ++o) {
    const Customer customer = other.order_customers_[o];
    if (customer == no_customer) continue;
    RfmState& state = states_[index(customer)];
    --state.orders;
    count_order(state, customer, id_at<Order>(o));
  }
  for (const std::uint64_t pair : other.shared_orders_) {
    const Customer customer = id_at<Customer>(pair & 0xffffffffU);
    RfmState& state = states_[index(customer)];
    --state.orders;
    count_order(state, customer, id_at<Order>(pair >> 32));
  }
  latest_ = std::max(latest_, other.latest_);
  detail::add_counts(counts_, other.counts_);
}

std::vector<RfmState> RfmAccumulator::joined_states(std::span<const Customer> merged_into) const {
  if (merged_into.size() < states_.size()) {
    throw Exception(
        ErrorCode::invalid_shape,
        text("merged_into must name all ", states_.size(), " customers, got ", merged_into.size()),
        "RfmAccumulator::joined_states");
  }
  for (const Customer target : merged_into) {
    if (index(target) >= merged_into.size() || merged_into[index(target)] != target) {
      throw Exception(ErrorCode::invalid_value,
                      "who others are merged into must be merged into itself",
                      "RfmAccumulator::joined_states");
    }
  }
  std::vector<RfmState> merged(merged_into.size());
  for (std::size_t c = 0; c < states_.size(); ++c) {
    detail::join(merged[index(merged_into[c])], states_[c]);
  }
  // An order of two customers who are one now was counted for each: (order, who it counts for).
  std::vector<std::uint64_t> counted;
  std::vector<std::uint32_t> orders;
  for (const std::uint64_t pair : shared_orders_) {
    counted.push_back((pair >> 32) << 32 | index(merged_into[pair & 0xffffffffU]));
    orders.push_back(static_cast<std::uint32_t>(pair >> 32));
  }
  std::sort(orders.begin(), orders.end());
  orders.erase(std::unique(orders.begin(), orders.end()), orders.end());
  for (const std::uint32_t order : orders) {
    counted.push_back(std::uint64_t{order} << 32 |
                      index(merged_into[index(order_customers_[order])]));
  }
  std::sort(counted.begin(), counted.end());
  for (std::size_t i = 1; i < counted.size(); ++i) {
    if (counted[i] == counted[i - 1]) --merged[counted[i] & 0xffffffffU].orders;
  }
  return merged;
}

Time RfmAccumulator::scored_at() const noexcept {
  if (options_.as_of) return *options_.as_of;
  const bool none = latest_ == std::numeric_limits<std::int64_t>::min();
  return none ? Time{} : Time{std::chrono::seconds{latest_}};
}

RfmResult RfmAccumulator::score(std::span<const Customer> merged_into) const {
  return score_at(scored_at(), merged_into);
}

RfmResult RfmAccumulator::score_at(Time as_of, std::span<const Customer> merged_into) const {
  if (seconds(as_of) < latest_) {
    throw Exception(ErrorCode::invalid_value,
                    text("lines up to ", to_string(Time{std::chrono::seconds{latest_}}),
                         " have been counted, which is after ", to_string(as_of)),
                    "as_of");
  }
  RfmResult result;
  result.options = options_;
  result.options.as_of = as_of;
  result.currency = currency_;
  result.price_scale = price_scale_;
  result.counts = counts_;
  if (merged_into.empty()) {
    detail::score_states(states_, result);
  } else {
    detail::score_states(joined_states(merged_into), result);
  }
  return result;
}

RfmResult rfm_of(const Orders& orders, const RfmOptions& options) {
  RfmAccumulator accumulator(options, orders.currency(), orders.price_scale());
  accumulator.add(orders);
  return accumulator.score();
}

namespace detail {

void add_counts(RfmLineCounts& to, const RfmLineCounts& more) {
  to.lines += more.lines;
  to.purchases += more.purchases;
  to.refunds += more.refunds;
  to.free_lines += more.free_lines;
  to.anonymous += more.anonymous;
  to.after_as_of += more.after_as_of;
  to.outside_window += more.outside_window;
}

void join(RfmState& to, const RfmState& other) {
  if (__builtin_add_overflow(to.monetary, other.monetary, &to.monetary)) refuse_overflow();
  to.last_purchase = std::max(to.last_purchase, other.last_purchase);
  to.first_line = std::min(to.first_line, other.first_line);
  to.orders += other.orders;
  to.refunds += other.refunds;
}

}  // namespace detail

}  // namespace emptor
