#include "churn.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "emptor/evaluate/calibration.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/profit.hpp"
#include "emptor/evaluate/reliability.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/profile/features.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/churn_watch.hpp"
#include "emptor/score/kaplan_meier.hpp"
#include "emptor/score/label_builder.hpp"
#include "emptor/score/log_rank.hpp"
#include "emptor/score/tree_shap.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::LearningSet;
using emptor::Time;
using std::chrono::days;

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_dates = 5;
constexpr std::size_t fewest_rows = 50;  // of a date
constexpr std::size_t fewest_in_group = 30;

enum Column : std::size_t {
  days_silent,
  overdue,
  days_between,
  days_customer,
  orders_90,
  orders_365,
  sales_365,
  sent_back,
  column_count
};
const std::vector<std::string> column_names{
    "days since the last order", "silence over the usual gap",
    "usual days between orders", "days as a customer",
    "orders in 90 days",         "orders in a year",
    "sales of a year",           "share sent back"};
// Risk never falls as silence grows, and never rises with orders, whatever chance says.
const std::vector<std::int8_t> directions{1, 1, 0, 0, -1, -1, -1, 1};

/// What was known of a customer, in words that people know.
class PastColumns {
 public:
  explicit PastColumns(int price_scale) : unit_(std::pow(10, -price_scale)) {}

  void operator()(const emptor::CustomerPast& past, std::span<double> out) const {
    std::array<double, column_count> sum{};
    double back = 0;
    double sold = 0;
    Time first = Time::max();
    Time last = Time::min();
    std::size_t visits = 0;
    std::optional<emptor::Order> order;
    for (const emptor::FeatureEvent& line : past.lines) {
      const double age = days_of(past.date - line.time);
      const double amount = static_cast<double>(line.amount) * unit_;
      if (line.is_refund()) {
        back -= amount;
        continue;
      }
      sold += amount;
      if (age <= 365) sum[sales_365] += amount;
      if (order == line.order) continue;
      order = line.order;
      ++visits;
      first = std::min(first, line.time);
      last = std::max(last, line.time);
      if (age <= 90) ++sum[orders_90];
      if (age <= 365) ++sum[orders_365];
    }
    std::copy(sum.begin(), sum.end(), out.begin());
    const bool any = visits > 0;
    out[days_silent] = any ? days_of(past.date - last) : unknown;
    out[days_customer] = any ? days_of(past.date - first) : unknown;
    const double gap =
        visits > 1 ? days_of(last - first) / static_cast<double>(visits - 1) : unknown;
    out[days_between] = gap;
    out[overdue] = out[days_silent] / std::fmax(gap, 7);
    if (std::isnan(gap)) out[overdue] = unknown;
    out[sent_back] = sold > 0 ? std::clamp(back / sold, 0.0, 1.0) : 0;
  }

 private:
  static double days_of(std::chrono::seconds time) {
    return static_cast<double>(time.count()) / 86'400;
  }
  double unit_;
};

std::string reading_of(std::size_t column, float value) {
  if (std::isnan(value)) return "not known";
  if (column == sent_back) return emptor::text(emptor::fixed(100.0 * double{value}, 0), "%");
  return emptor::fixed(value, column == overdue && value < 10 ? 1 : 0);
}

/// The rows of the dates [from, to).
std::vector<std::uint32_t> rows_between(const LearningSet& set, std::size_t from, std::size_t to) {
  std::vector<std::uint32_t> out;
  for (std::size_t r = 0; r < set.snapshot.size(); ++r) {
    if (set.snapshot[r] >= from && set.snapshot[r] < to)
      out.push_back(static_cast<std::uint32_t>(r));
  }
  return out;
}

std::vector<double> targets_of(const LearningSet& set, std::span<const std::uint32_t> rows) {
  std::vector<double> out;
  for (const std::uint32_t r : rows) out.push_back(set.target[r]);
  return out;
}

/// A model of the dates before `held` and, if there are two, a calibrator of the last of these.
struct Forecast {
  emptor::TreeModel model;
  std::optional<emptor::ProbabilityCalibrator> calibrator;

  [[nodiscard]] std::vector<double> of(const emptor::ScoreTable& table,
                                       const emptor::Context& context) const {
    std::vector<double> out(table.rows());
    model.score(table, out, context);
    if (calibrator) calibrator->calibrate(out, out);
    return out;
  }
};

emptor::BoostingOptions few_trees() {
  emptor::BoostingOptions options;
  options.rounds = 120;
  options.max_depth = 3;
  options.monotone = directions;
  options.patience = 0;
  return options;
}

Forecast learn(const LearningSet& set, std::size_t held, const emptor::Context& context) {
  const std::size_t learned = held > 1 ? held - 1 : held;
  const auto rows = rows_between(set, 0, learned);
  Forecast out{.model = emptor::fit_boosting(set.table.take(rows), targets_of(set, rows),
                                             few_trees(), {}, context)
                            .model,
               .calibrator = {}};
  if (learned == held) return out;
  const auto last = rows_between(set, learned, held);
  const std::vector<double> target = targets_of(set, last);
  std::vector<double> score(last.size());
  out.model.score(set.table.take(last), score, context);
  out.calibrator =
      emptor::fit_calibrator({.target = target, .score = score, .weight = {}},
                             {.method = emptor::CalibrationMethod::platt, .log_odds = true})
          .model;
  return out;
}

void test(const LearningSet& set, Churn& out, const emptor::Context& context) {
  const std::size_t last = set.snapshots.size() - 1;
  const auto rows = rows_between(set, last, last + 1);
  const std::vector<double> target = targets_of(set, rows);
  const std::vector<double> probability =
      learn(set, last, context).of(set.table.take(rows), context);
  const emptor::BinaryScores scores{.target = target, .score = probability, .weight = {}};
  out.auc = emptor::roc_auc(scores);
  out.roc = emptor::roc_curve(scores, 120);
  out.reliability = emptor::reliability_curve(scores);
  out.lift = emptor::lift_table(scores);
  out.profit = emptor::profit_curve(scores,
                                    {.true_positive = call_saves * out.mean_value - call_cost,
                                     .false_positive = -call_cost,
                                     .false_negative = 0,
                                     .true_negative = 0},
                                    120);
}

/// What is at stake with each customer.
std::vector<double> values_of(const ShopTables& shop, const Worth& worth, Churn& out) {
  std::vector<double> values;
  if (worth.values) {
    out.value_words =
        emptor::text("purchases expected in the next ", worth_years,
                     " years of a customer who is still one, discounted, less the share "
                     "that this customer sends back");
    for (std::size_t c = 0; c < worth.values->value.size(); ++c) {
      // The model's own doubt whether a customer is left is the forecast's matter here.
      const double alive = worth.values->p_alive[c];
      values.push_back(alive > 0 ? worth.values->value[c] / alive : 0);
    }
  } else {
    out.value_words = "sales so far, less the share that is sent back";
    values.assign(shop.customers.size(), 0);
    for (std::size_t line = 0; line < shop.orders.lines(); ++line) {
      const Customer customer = shop.orders.line_customers()[line];
      if (customer == emptor::no_customer) continue;
      values[emptor::index(customer)] += static_cast<double>(shop.orders.line_amounts()[line]) *
                                         std::pow(10, -shop.orders.price_scale());
    }
  }
  double sum = 0;
  std::size_t customers = 0;
  for (double& value : values) {
    if (!(value > 0) || !std::isfinite(value)) value = 0;
    sum += value;
    customers += value > 0 ? 1 : 0;
  }
  out.mean_value = customers > 0 ? sum / static_cast<double>(customers) : 0;
  return values;
}

void watch(const LearningSet& set, const LearningSet& today, const std::vector<double>& values,
           Churn& out, const emptor::Context& context) {
  const Forecast forecast = learn(set, set.snapshots.size(), context);
  out.customers = today.customers;
  out.probability = forecast.of(today.table, context);
  for (std::size_t r = 0; r < out.customers.size(); ++r) {
    const double kept = 1 - double{today.table.row(r)[sent_back]};
    out.value.push_back(values[emptor::index(out.customers[r])] * kept);
  }
  const emptor::TreeShap parts(forecast.model);
  out.watch = emptor::churn_watch(
      out.probability, out.value, column_names,
      [&](std::size_t row, std::span<double> to) { parts.explain(today.table.row(row), to); },
      {.capacity = 200, .least_probability = least_to_call, .reasons = 4});
  for (emptor::ChurnWarning& warning : out.watch.warnings) {
    for (emptor::ChurnReason& reason : warning.reasons) {
      const auto column = static_cast<std::size_t>(
          std::find(column_names.begin(), column_names.end(), reason.what) - column_names.begin());
      reason.reading = reading_of(column, today.table.row(warning.row)[column]);
    }
  }
}

/// A customer's way with the shop until a long silence, or until today.
struct Stay {
  double days = 0;
  bool lost = false;
  emptor::Channel channel = emptor::no_id<emptor::Channel>;  // of the first order
  std::int64_t first_amount = 0;
};

std::vector<Stay> stays_of(const ShopTables& shop, Time as_of, int silent) {
  struct Line {
    std::uint32_t customer;
    Time time;
    emptor::Order order;
    emptor::Channel channel;
    std::int64_t amount;
  };
  std::vector<Line> lines;
  const emptor::Orders& orders = shop.orders;
  for (std::size_t l = 0; l < orders.lines(); ++l) {
    if (orders.line_customers()[l] == emptor::no_customer || orders.is_refund(l)) continue;
    lines.push_back({static_cast<std::uint32_t>(orders.line_customers()[l]), orders.line_times()[l],
                     orders.line_orders()[l], orders.line_channels()[l], orders.line_amounts()[l]});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.customer != b.customer ? a.customer < b.customer : a.time < b.time;
  });
  std::vector<Stay> out;
  for (std::size_t l = 0; l < lines.size();) {
    const Line& first = lines[l];
    Stay& stay = out.emplace_back(Stay{.channel = first.channel});
    Time last = first.time;
    for (; l < lines.size() && lines[l].customer == first.customer; ++l) {
      if (lines[l].order == first.order) stay.first_amount += lines[l].amount;
      if (stay.lost) continue;
      stay.lost = lines[l].time - last >= days{silent};
      if (!stay.lost) last = lines[l].time;
    }
    stay.lost = stay.lost || as_of - last >= days{silent};
    const Time end = stay.lost ? last + days{silent} : as_of;
    stay.days = static_cast<double>((end - first.time).count()) / 86'400;
  }
  return out;
}

void find_survival(const ShopTables& shop, Time as_of, Churn& out) {
  std::vector<Stay> stays = stays_of(shop, as_of, out.silent_days);
  if (stays.empty()) return;
  std::map<emptor::Channel, std::size_t> channels;
  for (const Stay& stay : stays) ++channels[stay.channel];
  std::erase_if(channels, [](const auto& one) {
    return one.second < fewest_in_group || one.first == emptor::no_id<emptor::Channel>;
  });
  std::vector<std::uint32_t> group(stays.size(), 0);
  std::vector<std::string> names;
  if (channels.size() > 1 && channels.size() <= 6) {
    out.groups = "by the channel of the first order";
    for (const auto& [channel, count] : channels) {
      const auto code = static_cast<std::uint32_t>(names.size());
      names.emplace_back(shop.orders.channels().key(channel));
      for (std::size_t s = 0; s < stays.size(); ++s) {
        if (stays[s].channel == channel) group[s] = code + 1;
      }
    }
  } else {
    out.groups = "by the size of the first order";
    std::vector<std::int64_t> amounts;
    for (const Stay& stay : stays) amounts.push_back(stay.first_amount);
    const auto middle = amounts.begin() + static_cast<std::ptrdiff_t>(amounts.size() / 2);
    std::nth_element(amounts.begin(), middle, amounts.end());
    const std::string limit = emptor::to_string(shop.orders.money(*middle));
    names = {"below " + limit, limit + " and more"};
    for (std::size_t s = 0; s < stays.size(); ++s)
      group[s] = stays[s].first_amount < *middle ? 1 : 2;
  }
  std::vector<double> all_times;
  std::vector<std::uint8_t> all_events;
  std::vector<std::uint32_t> all_groups;
  for (std::uint32_t g = 1; g <= names.size(); ++g) {
    std::vector<double> times;
    std::vector<std::uint8_t> events;
    for (std::size_t s = 0; s < stays.size(); ++s) {
      if (group[s] != g) continue;
      times.push_back(stays[s].days);
      events.push_back(stays[s].lost ? 1 : 0);
    }
    if (times.empty()) continue;
    emptor::SurvivalGroup& one = out.survival.emplace_back();
    one.name = names[g - 1];
    one.curve = emptor::kaplan_meier({.time = times, .event = events});
    one.median = emptor::survival_quantile(one.curve, 0.5);
    all_times.insert(all_times.end(), times.begin(), times.end());
    all_events.insert(all_events.end(), events.begin(), events.end());
    all_groups.insert(all_groups.end(), times.size(), g);
  }
  out.log_rank = emptor::log_rank_test({.time = all_times, .event = all_events}, all_groups);
}

/// Dates whose windows follow one another up to today, oldest first; each with as long a past.
std::vector<Time> dates_of(Time first, Time as_of, int length) {
  std::vector<Time> out;
  for (std::size_t k = 1; k <= most_dates; ++k) {
    const Time date = as_of + std::chrono::seconds{1} - days{length} * static_cast<int>(k);
    if (date < first + days{length}) break;
    out.insert(out.begin(), date);
  }
  return out;
}

}  // namespace

Churn churn_of(const ShopTables& shop, const Worth& worth, Time as_of,
               const emptor::Context& context) {
  Churn out;
  const auto times = shop.orders.line_times();
  const Time first = *std::min_element(times.begin(), times.end());
  const auto span = std::chrono::floor<days>(as_of - first).count();
  out.days = static_cast<int>(std::clamp<std::int64_t>(span / 4, 14, 90));
  out.silent_days = 2 * out.days;
  if (span < 56 || span > 30 * 365) {
    out.problem = "the orders are of too short (or of too long) a time";
    return out;
  }
  find_survival(shop, as_of, out);
  const std::vector<double> values = values_of(shop, worth, out);
  const emptor::CustomerFacts facts{.customers = shop.customers.size(), .orders = &shop.orders};
  const PastColumns columns(shop.orders.price_scale());
  const emptor::LearningFeatures features{
      .windows = {}, .contracts = false, .own_names = column_names, .own = columns};
  // Who has been silent for long has left already.
  const emptor::OutcomeOptions outcome{.horizon = days{out.days},
                                       .active_within = days{out.silent_days}};
  const Time now = as_of + std::chrono::seconds{1};
  const std::vector<Time> dates = dates_of(first, as_of, out.days);
  if (dates.size() < 2) {
    out.problem = "the orders are of too short a time";
    return out;
  }
  const LearningSet set = emptor::learning_set(facts, dates, now, features, outcome, context);
  out.snapshots = set.snapshots;
  for (const emptor::LearningSnapshot& snapshot : set.snapshots) {
    if (snapshot.labelled < fewest_rows || snapshot.total == 0 ||
        snapshot.total == static_cast<double>(snapshot.labelled)) {
      out.problem = "too few customers were there, or left, or stayed, to learn from";
      return out;
    }
  }
  test(set, out, context);
  const LearningSet today = emptor::prospect_rows(facts, now, features, outcome, context);
  watch(set, today, values, out, context);
  return out;
}

}  // namespace storefront
