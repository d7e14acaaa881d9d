#include "emptor/segment/rfm_family.hpp"

#include <algorithm>

#include "emptor/core/money.hpp"
#include "emptor/math/statistics.hpp"
#include "segment/rfm_scoring.hpp"

namespace emptor {

namespace {

constexpr std::int64_t million = 1'000'000;
constexpr std::int64_t seconds_a_day = 86'400;

constexpr std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

void add_checked(std::int64_t& sum, std::int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) {
    throw Exception(ErrorCode::overflow, "a customer's amounts add up beyond 9.2e18 units",
                    "RfmFamilyAccumulator");
  }
}

/// To the nearest, halves to even; b > 0.
std::int64_t ratio(detail::int128 a, std::int64_t b) {
  detail::int128 whole = a / b;
  detail::int128 rest = a % b;
  if (rest < 0) {
    rest += b;
    --whole;
  }
  const detail::int128 twice = 2 * rest;
  if (twice > b || (twice == b && whole % 2 != 0)) ++whole;
  return detail::narrow(whole, "RfmFamilyAccumulator");
}

/// The lines' part of the options, as RfmAccumulator wants it.
RfmOptions lines_only(const RfmFamilyOptions& options) {
  RfmOptions out;
  out.as_of = options.rfm.as_of;
  out.window = options.rfm.window;
  out.refunds = options.rfm.refunds;
  out.free_lines = options.rfm.free_lines;
  out.bins = options.rfm.bins;
  return out;
}

void check(const RfmFamilyOptions& options) {
  require_option(!options.measures.empty(), "measures", "at least one", "none");
  double weights = 0;
  for (std::size_t i = 0; i < options.measures.size(); ++i) {
    const RfmMeasureOptions& one = options.measures[i];
    for (std::size_t j = 0; j < i; ++j) {
      require_option(options.measures[j].measure != one.measure, "measures", "each once",
                     name(one.measure));
    }
    constexpr double most = std::numeric_limits<double>::max() / 64;
    require_option(one.weight >= 0 && one.weight <= most, "weight", ">= 0 and finite", one.weight);
    weights += one.weight;
    if (one.cuts.empty() && options.rfm.ties != RfmTies::fixed) continue;
    require_option(one.cuts.size() + 1 == static_cast<std::size_t>(options.rfm.bins), "cuts",
                   text("bins - 1 cut points of ", name(one.measure)), one.cuts.size());
    for (std::size_t c = 1; c < one.cuts.size(); ++c) {
      require_option(one.cuts[c - 1] < one.cuts[c], "cuts", "ascending", one.cuts[c]);
    }
  }
  require_option(weights > 0, "weight", "> 0 for at least one measure", weights);
}

void join(RfmFamilyState& to, const RfmFamilyState& more) {
  to.first_purchase = std::min(to.first_purchase, more.first_purchase);
  to.joined = std::min(to.joined, more.joined);
  add_checked(to.paid, more.paid);
  add_checked(to.list_price, more.list_price);
  add_checked(to.ratios, more.ratios);
  to.priced_lines += more.priced_lines;
}

/// Whole days between two instants, the earlier first, however far apart.
std::int64_t days_between(std::int64_t from, std::int64_t to) noexcept {
  const std::uint64_t apart = static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
  return static_cast<std::int64_t>(apart / seconds_a_day);
}

/// C of a customer in millionths.
std::int64_t discount_of(const RfmFamilyState& state, RfmDiscount rule) {
  if (state.priced_lines == 0) return million;
  if (rule == RfmDiscount::by_line) {
    return ratio(state.ratios, static_cast<std::int64_t>(state.priced_lines));
  }
  return ratio(detail::int128{state.paid} * million, state.list_price);
}

}  // namespace

RfmFamilyAccumulator::RfmFamilyAccumulator(const RfmFamilyOptions& options, Currency currency,
                                           int price_scale)
    : options_(options), rfm_(lines_only(options), currency, price_scale) {
  check(options);
}

void RfmFamilyAccumulator::add(const RfmColumns& lines, std::span<const std::int64_t> list_prices) {
  const std::size_t count = lines.customers.size();
  if (!list_prices.empty() && list_prices.size() != count) {
    throw Exception(ErrorCode::invalid_shape, text("list prices must be as many as lines, ", count),
                    "RfmFamilyAccumulator");
  }
  for (const std::int64_t price : list_prices) {
    if (price < 0) {
      throw Exception(ErrorCode::invalid_value, "a list price must be >= 0",
                      "RfmFamilyAccumulator");
    }
  }
  rfm_.add(lines);
  if (rfm_.states().size() > states_.size()) states_.resize(rfm_.states().size());
  const RfmOptions& rfm = options_.rfm;
  const std::int64_t smallest = rfm.free_lines ? 0 : 1;
  for (std::size_t i = 0; i < count; ++i) {
    const Time time = lines.times[i];
    const bool refund =
        lines.amounts[i] < 0 || (!lines.quantities.empty() && lines.quantities[i] < 0);
    if (lines.customers[i] == no_customer || refund || lines.amounts[i] < smallest ||
        (rfm.as_of && time > *rfm.as_of) || !rfm.window.contains(time)) {
      continue;
    }
    RfmFamilyState& state = states_[index(lines.customers[i])];
    state.first_purchase = std::min(state.first_purchase, seconds(time));
    const std::int64_t price = list_prices.empty() ? 0 : list_prices[i];
    if (price == 0) continue;
    add_checked(state.paid, lines.amounts[i]);
    add_checked(state.list_price, price);
    add_checked(state.ratios, ratio(detail::int128{lines.amounts[i]} * million, price));
    ++state.priced_lines;
  }
}

void RfmFamilyAccumulator::add(const RfmLine& line, std::int64_t list_price) {
  add(RfmColumns{.customers = {&line.customer, 1},
                 .times = {&line.time, 1},
                 .amounts = {&line.amount, 1},
                 .orders = {&line.order, 1},
                 .quantities = {&line.quantity, 1},
                 .first_line = line.line},
      {&list_price, 1});
}

void RfmFamilyAccumulator::add(const Orders& orders, std::span<const std::int64_t> list_prices) {
  add(RfmColumns{.customers = orders.line_customers(),
                 .times = orders.line_times(),
                 .amounts = orders.line_amounts(),
                 .orders = orders.line_orders(),
                 .quantities = orders.line_quantities()},
      list_prices);
}

void RfmFamilyAccumulator::joined(Customer customer, Time since) {
  if (customer == no_customer) {
    throw Exception(ErrorCode::invalid_value, "somebody must have joined", "RfmFamilyAccumulator");
  }
  if (index(customer) >= states_.size()) states_.resize(index(customer) + 1);
  RfmFamilyState& state = states_[index(customer)];
  state.joined = std::min(state.joined, seconds(since));
}

void RfmFamilyAccumulator::merge(const RfmFamilyAccumulator& other) {
  rfm_.merge(other.rfm_);
  if (other.states_.size() > states_.size()) states_.resize(other.states_.size());
  for (std::size_t c = 0; c < other.states_.size(); ++c) join(states_[c], other.states_[c]);
}

RfmFamilyResult RfmFamilyAccumulator::score(std::span<const Customer> merged_into) const {
  std::vector<RfmState> joined_states;
  std::vector<RfmFamilyState> joined_family;
  std::span<const RfmState> states = rfm_.states();
  std::span<const RfmFamilyState> family = states_;
  if (!merged_into.empty()) {
    joined_states = rfm_.joined_states(merged_into);
    if (merged_into.size() < states_.size()) {
      throw Exception(ErrorCode::invalid_shape,
                      text("merged_into must name all ", states_.size(), " customers, got ",
                           merged_into.size()),
                      "RfmFamilyAccumulator::score");
    }
    joined_family.resize(merged_into.size());
    for (std::size_t c = 0; c < states_.size(); ++c) {
      join(joined_family[index(merged_into[c])], states_[c]);
    }
    states = joined_states;
    family = joined_family;
  }

  RfmFamilyResult result;
  result.options = options_;
  const Time at = rfm_.scored_at();
  result.options.rfm.as_of = at;
  result.currency = rfm_.currency();
  result.price_scale = rfm_.price_scale();
  result.counts = rfm_.counts();
  const std::int64_t as_of = seconds(at);
  for (std::size_t c = 0; c < states.size(); ++c) {
    const RfmState& state = states[c];
    result.without_purchase += state.orders == 0 && state.refunds > 0 ? 1 : 0;
    if (state.orders == 0) continue;
    const RfmFamilyState& more = family[c];
    const std::int64_t since = std::min(more.joined, more.first_purchase);
    RfmFamilyRow row{.customer = id_at<Customer>(c), .values = {}, .scores = {}};
    row.values = {days_between(state.last_purchase, as_of),
                  state.orders,
                  state.monetary,
                  since < as_of ? days_between(since, as_of) : 0,
                  days_between(more.first_purchase, state.last_purchase),
                  ratio(state.monetary, state.orders),
                  discount_of(more, options_.discount)};
    result.without_list_price += more.priced_lines == 0 ? 1 : 0;
    result.rows.push_back(row);
  }
  if (result.rows.empty()) return result;

  std::vector<std::int64_t> values(result.rows.size());
  std::vector<std::uint8_t> bins(result.rows.size());
  const int k = options_.rfm.bins;
  for (const RfmMeasureOptions& one : options_.measures) {
    const auto m = static_cast<std::size_t>(one.measure);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = result.rows[i].values[m];
    const auto first_line = [&](std::size_t i) {
      return states[index(result.rows[i].customer)].first_line;
    };
    result.thresholds.push_back(
        detail::cut_measure(values, {k, options_.rfm.ties, one.cuts}, first_line, bins));
    const bool less_is_better = one.measure == RfmMeasure::recency;
    for (std::size_t i = 0; i < values.size(); ++i) {
      result.rows[i].scores[m] =
          static_cast<std::uint8_t>(less_is_better ? k - bins[i] : 1 + bins[i]);
    }
  }
  return result;
}

RfmFamilyResult rfm_family_of(const Orders& orders, const RfmFamilyOptions& options,
                              std::span<const std::int64_t> list_prices) {
  RfmFamilyAccumulator accumulator(options, orders.currency(), orders.price_scale());
  accumulator.add(orders, list_prices);
  return accumulator.score();
}

std::vector<double> standardised_rfm(const RfmFamilyResult& result) {
  const std::size_t n = result.rows.size();
  const std::size_t width = result.options.measures.size();
  std::vector<double> out(n * width);
  std::vector<double> column(n);
  for (std::size_t m = 0; m < width; ++m) {
    const RfmMeasure measure = result.options.measures[m].measure;
    for (std::size_t i = 0; i < n; ++i) {
      column[i] = static_cast<double>(result.rows[i].value(measure));
    }
    const double center = mean(std::span<const double>(column));
    const double deviation = sample_deviation(std::span<const double>(column));
    if (!(deviation > 0)) continue;
    for (std::size_t i = 0; i < n; ++i) out[i * width + m] = (column[i] - center) / deviation;
  }
  return out;
}

}  // namespace emptor
