#include "emptor/score/anomaly.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "emptor/core/archive.hpp"
#include "score/anomaly_order.hpp"

namespace emptor {

std::string_view name(OrderSignal signal) noexcept {
  constexpr std::string_view names[order_signals] = {
      "amount", "items",  "gap",     "hour",
      "refund", "device", "country", "method"};
  const auto place = static_cast<std::size_t>(signal);
  return place < order_signals ? names[place] : "unknown";
}

void OrderHistory::add(const OrderFacts &order) {
  const PastOrder past = detail::past_order(order);
  const auto at = std::lower_bound(orders_.begin(), orders_.end(), past);
  if (at != orders_.end() && *at == past)
    return;
  if (orders_.size() < capacity) {
    orders_.insert(at, past);
  } else if (at != orders_.begin()) {
    std::move(orders_.begin() + 1, at, orders_.begin());
    *(at - 1) = past;
  }
}

void OrderHistory::merge(const OrderHistory &other) {
  std::vector<PastOrder> all;
  all.reserve(orders_.size() + other.orders_.size());
  std::set_union(orders_.begin(), orders_.end(), other.orders_.begin(),
                 other.orders_.end(), std::back_inserter(all));
  if (all.size() > capacity)
    all.erase(all.begin(), all.end() - capacity);
  orders_ = std::move(all);
}

struct OrderBaseline::Look {
  std::span<const PastOrder> past; // before the order
  PastOrder order;
  std::uint32_t segment;
  std::int64_t offset; // seconds
};

double OrderBaseline::Tail::surprise(double z) const noexcept {
  if (sorted.empty() || std::isnan(z))
    return 0;
  const auto n = static_cast<double>(sorted.size());
  const double below = static_cast<double>(
      std::upper_bound(sorted.begin(), sorted.end(), z) - sorted.begin());
  const double above = static_cast<double>(
      sorted.end() - std::lower_bound(sorted.begin(), sorted.end(), z));
  double log_share = std::log((1 + std::min(below, above)) / (1 + n));
  if (above == 0)
    log_share -= (z - sorted.back()) / high_excess;
  if (below == 0)
    log_share -= (sorted.front() - z) / low_excess;
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
  return at != codes.end() && *at == code
             ? shares[static_cast<std::size_t>(at - codes.begin())]
             : 0;
}

double OrderBaseline::Shares::sum_up_to(double share) const noexcept {
  const auto count =
      std::upper_bound(ascending.begin(), ascending.end(), share) -
      ascending.begin();
  return count == 0 ? 0 : sums[static_cast<std::size_t>(count) - 1];
}

const OrderReference &
OrderBaseline::reference(std::size_t number,
                         std::uint32_t segment) const noexcept {
  const std::size_t known = segment < options_.segments ? segment : 0;
  return references_[known * numbers + number];
}

double OrderBaseline::z_value(std::size_t number, const Look &look,
                              double &expected) const noexcept {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  // Medians of logarithms from those of the values: two logarithms each.
  const PastOrder *last = nullptr; // sale
  std::array<double, OrderHistory::capacity> values;
  std::size_t n = 0;
  for (const PastOrder &past : look.past) {
    if (past.amount < 0)
      continue;
    const double size = detail::order_size(number, past, last);
    last = &past;
    if (!std::isnan(size) && n < values.size())
      values[n++] = size;
  }
  const double size = detail::order_size(number, look.order, last);
  if (std::isnan(size))
    return unknown;
  const OrderReference &usual = reference(number, look.segment);
  double center = usual.location;
  double own = 0;
  double seen = 0;
  if (n > 0) {
    const std::span<double> sizes(values.data(), n);
    const detail::Middle middle = detail::middle_of(sizes);
    const double median = std::log(middle.low) / 2 + std::log(middle.high) / 2;
    seen = static_cast<double>(n);
    center =
        (seen * median + usual.kappa * usual.location) / (seen + usual.kappa);
    if (n >= 3) {
      const double typical = std::sqrt(middle.low) * std::sqrt(middle.high);
      for (double &value : sizes)
        value = std::max(value / typical, typical / value);
      const detail::Middle off = detail::middle_of(sizes);
      own = detail::robust_scale * (std::log(off.low) + std::log(off.high)) / 2;
    }
  }
  const double counted = n >= 3 ? seen : 0;
  const double within = usual.within * usual.within;
  const double squared =
      (counted * own * own + options_.scale_orders * within) /
          (counted + options_.scale_orders) +
      within / (seen + usual.kappa);
  expected = number == 1 ? std::exp(center) : std::expm1(center);
  return (std::log(size) - center) / std::sqrt(squared);
}

double OrderBaseline::category_share(std::size_t category,
                                     const Look &look) const noexcept {
  const std::uint32_t value =
      detail::order_code(category, look.order, look.offset);
  const Shares &all = shares_[category];
  if (value == unknown_code || all.codes.empty()) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  struct Own {
    std::uint32_t code;
    double count;
  };
  std::array<Own, OrderHistory::capacity> own; // each code once
  std::size_t codes = 0;
  double n = 0;
  double same = 0;
  for (const PastOrder &past : look.past) {
    const std::uint32_t code = detail::order_code(category, past, look.offset);
    if (code == unknown_code)
      continue;
    std::size_t at = 0;
    while (at < codes && own[at].code != code)
      ++at;
    if (at == codes)
      own[codes++] = {code, 0};
    ++own[at].count;
    ++n;
    same += code == value ? 1 : 0;
  }
  // The share of a code is (count + kappa q) / (n + kappa).
  const double mass = same + all.kappa * all.share(value);
  const double limit = mass * (1 + 1e-12);
  const double rare =
      mass / all.kappa * (1 + 1e-12); // those nobody here has, by their q
  double sum = all.kappa * (all.unseen + all.sum_up_to(rare));
  for (std::size_t i = 0; i < codes; ++i) {
    const double other = all.share(own[i].code);
    const double whole = own[i].count + all.kappa * other;
    if (other > 0 && other <= rare)
      sum -= all.kappa * other;
    if (whole <= limit)
      sum += whole;
  }
  return std::clamp(sum / (n + all.kappa), 1e-300, 1.0);
}

void OrderBaseline::score(const OrderHistory &history, const OrderFacts &order,
                          OrderAnomaly &out) const noexcept {
  Look look{{},
            detail::past_order(order),
            order.segment,
            std::int64_t{options_.offset.count()} * 60};
  const std::span<const PastOrder> all = history.orders();
  const auto before =
      std::partition_point(all.begin(), all.end(), [&](const PastOrder &past) {
        return past.time < look.order.time;
      });
  look.past = all.first(static_cast<std::size_t>(before - all.begin()));
  out = OrderAnomaly{};
  out.known = static_cast<std::uint32_t>(look.past.size());
  for (std::size_t s = 0; s < order_signals; ++s) {
    OrderReason &reason = out.reasons[s];
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

std::vector<std::byte> OrderBaseline::save() const {
  ArchiveWriter writer("order-baseline", 1);
  SectionWriter &options = writer.section("options");
  options.put(options_.alarm_share);
  options.put(options_.scale_orders);
  options.put(options_.least_scale);
  options.put(std::int64_t{options_.offset.count()});
  options.put(std::uint64_t{options_.segments});
  options.put(std::uint64_t{options_.least_seen});
  SectionWriter &model = writer.section("model");
  for (const OrderReference &usual : references_) {
    model.put(usual.location);
    model.put(usual.within);
    model.put(usual.kappa);
  }
  for (const Tail &tail : tails_) {
    model.put_array(tail.sorted);
    model.put(tail.low_excess);
    model.put(tail.high_excess);
  }
  for (const Shares &shares : shares_) {
    model.put_array(shares.codes);
    model.put_array(shares.shares);
    model.put(shares.unseen);
    model.put(shares.kappa);
  }
  model.put_array(calibration_.scores());
  model.put(threshold_);
  return std::move(writer).finish();
}

Result<OrderBaseline> OrderBaseline::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader =
      ArchiveReader::open(bytes, "order-baseline", 1);
  if (!reader)
    return reader.error();
  Result<SectionReader> options = reader->section("options");
  if (!options)
    return options.error();
  OrderBaseline out;
  out.options_.alarm_share = options->get<double>();
  out.options_.scale_orders = options->get<double>();
  out.options_.least_scale = options->get<double>();
  const auto offset = options->get<std::int64_t>();
  out.options_.segments =
      static_cast<std::size_t>(options->get<std::uint64_t>());
  out.options_.least_seen =
      static_cast<std::size_t>(options->get<std::uint64_t>());
  if (Result<void> done = options->finish(); !done)
    return done.error();
  bool good = offset >= -1080 && offset <= 1080;
  if (good)
    out.options_.offset = UtcOffset{offset};
  try {
    detail::check_order_options(out.options_);
  } catch (const Exception &) {
    good = false;
  }
  const Error wrong{ErrorCode::corrupt, "values that cannot be",
                    "order-baseline"};
  if (!good)
    return wrong;

  Result<SectionReader> model = reader->section("model");
  if (!model)
    return model.error();
  const auto positive = [&](double value) {
    good = good && value > 0 && std::isfinite(value);
    return value;
  };
  const auto ascending = [&](const auto &values) {
    good = good && std::is_sorted(values.begin(), values.end());
    for (const auto value : values)
      good = good && std::isfinite(static_cast<double>(value));
  };
  for (std::size_t i = 0; i < out.options_.segments * numbers && model->ok();
       ++i) {
    OrderReference usual;
    usual.location = model->get<double>();
    good = good && std::isfinite(usual.location);
    usual.within = positive(model->get<double>());
    usual.kappa = positive(model->get<double>());
    out.references_.push_back(usual);
  }
  for (Tail &tail : out.tails_) {
    tail.sorted = model->get_array<double>();
    ascending(tail.sorted);
    tail.low_excess = positive(model->get<double>());
    tail.high_excess = positive(model->get<double>());
  }
  for (Shares &shares : out.shares_) {
    shares.codes = model->get_array<std::uint32_t>();
    shares.shares = model->get_array<double>();
    ascending(shares.codes);
    good = good && shares.codes.size() == shares.shares.size();
    for (const double share : shares.shares)
      good = good && share > 0 && share <= 1;
    shares.unseen = model->get<double>();
    good = good && shares.unseen >= 0 && shares.unseen <= 1;
    shares.kappa = positive(model->get<double>());
    shares.finish();
  }
  std::vector<double> scores = model->get_array<double>();
  ascending(scores);
  out.threshold_ = model->get<double>();
  good = good && !std::isnan(out.threshold_);
  if (Result<void> done = model->finish(); !done)
    return done.error();
  if (!good)
    return wrong;
  out.calibration_ = AlarmCalibration(std::move(scores));
  return out;
}

void OrderMonitor::add(const OrderFacts &order) {
  if (order.customer == no_customer) {
    throw Exception(ErrorCode::invalid_value,
                    "an order of nobody has no history", "OrderMonitor");
  }
  if (index(order.customer) >= histories_.size())
    histories_.resize(index(order.customer) + 1);
  histories_[index(order.customer)].add(order);
}

void OrderMonitor::merge(Customer kept, Customer absorbed) {
  if (kept == no_customer || absorbed == no_customer) {
    throw Exception(ErrorCode::invalid_value, "nobody cannot be merged",
                    "OrderMonitor");
  }
  if (kept == absorbed || index(absorbed) >= histories_.size())
    return;
  if (index(kept) >= histories_.size())
    histories_.resize(index(kept) + 1);
  histories_[index(kept)].merge(histories_[index(absorbed)]);
  histories_[index(absorbed)] = OrderHistory{};
}

const OrderHistory &OrderMonitor::history(Customer customer) const noexcept {
  static const OrderHistory nothing;
  return index(customer) < histories_.size() ? histories_[index(customer)]
                                             : nothing;
}

std::vector<OrderAnomaly> score_orders(const OrderBaseline &baseline,
                                       std::span<const OrderFacts> orders,
                                       const Context &context) {
  const detail::OrderGroups groups(orders);
  std::vector<OrderAnomaly> out(orders.size());
  parallel_chunks(
      context, groups.size(), 256, [&](std::size_t begin, std::size_t end) {
        for (std::size_t g = begin; g < end; ++g) {
          groups.replay(g, [&](const OrderHistory &history, std::uint32_t row) {
            baseline.score(history, orders[row], out[row]);
          });
        }
      });
  return out;
}

OrderAlarmSummary summarise_order_alarms(const OrderBaseline &baseline,
                                         std::span<const OrderFacts> orders,
                                         std::span<const OrderAnomaly> answers,
                                         std::size_t most) {
  if (orders.size() != answers.size()) {
    throw Exception(ErrorCode::invalid_shape,
                    text("an answer an order, got ", answers.size(), " for ",
                         orders.size()),
                    "summarise_order_alarms");
  }
  OrderAlarmSummary out;
  out.orders = orders.size();
  out.threshold = baseline.threshold();
  out.expected_share = baseline.options().alarm_share;
  std::vector<std::uint32_t> customers;
  std::vector<std::uint32_t> ranked(orders.size());
  std::iota(ranked.begin(), ranked.end(), 0U);
  std::vector<OrderAlarmPeriod> months;
  for (std::size_t i = 0; i < orders.size(); ++i) {
    customers.push_back(static_cast<std::uint32_t>(orders[i].customer));
    const OrderAnomaly &answer = answers[i];
    out.first_orders += answer.known == 0 ? 1 : 0;
    out.alarms += answer.alarm ? 1 : 0;
    const auto strongest =
        std::max_element(answer.reasons.begin(), answer.reasons.end(),
                         [](const OrderReason &a, const OrderReason &b) {
                           return a.surprise < b.surprise;
                         });
    if (answer.alarm)
      ++out.strongest[static_cast<std::size_t>(strongest->signal)];
    months.push_back(
        {detail::month_of(orders[i].time, baseline.options().offset), 1,
         answer.alarm ? std::size_t{1} : 0});
  }
  std::sort(customers.begin(), customers.end());
  out.customers = static_cast<std::size_t>(
      std::unique(customers.begin(), customers.end()) - customers.begin());
  if (out.orders > 0) {
    out.alarm_share =
        static_cast<double>(out.alarms) / static_cast<double>(out.orders);
  }
  std::sort(months.begin(), months.end(),
            [](const OrderAlarmPeriod &a, const OrderAlarmPeriod &b) {
              return a.month < b.month;
            });
  for (const OrderAlarmPeriod &month : months) {
    if (out.periods.empty() || out.periods.back().month != month.month) {
      out.periods.push_back({month.month, 0, 0});
    }
    ++out.periods.back().orders;
    out.periods.back().alarms += month.alarms;
  }
  const std::size_t listed = std::min(most, ranked.size());
  std::partial_sort(ranked.begin(),
                    ranked.begin() + static_cast<std::ptrdiff_t>(listed),
                    ranked.end(), [&](std::uint32_t a, std::uint32_t b) {
                      if (answers[a].score != answers[b].score) {
                        return answers[a].score > answers[b].score;
                      }
                      return a < b;
                    });
  for (std::size_t i = 0; i < listed; ++i) {
    const OrderFacts &order = orders[ranked[i]];
    out.top.push_back({ranked[i], order.customer, order.time, order.amount,
                       answers[ranked[i]]});
  }
  return out;
}

} // namespace emptor
