// Who is about to leave, why, what is at stake, and whom to call first: rows at several dates,
// models held against a later time, calibrated probabilities, the best threshold, the list.

#include <algorithm>
#include <iomanip>
#include <iostream>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/binary.hpp"
#include "emptor/evaluate/calibration.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/profit.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/evaluate/stratified.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/churn_watch.hpp"
#include "emptor/score/label_builder.hpp"
#include "emptor/score/logistic.hpp"
#include "emptor/score/tree_shap.hpp"
#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/customer_value.hpp"
#include "emptor/value/gamma_gamma.hpp"

namespace {

using namespace emptor;
using std::chrono::days;

constexpr Time on(double day) {
  return Time{Day{std::chrono::year{2024} / 1 / 1}} +
         std::chrono::seconds{static_cast<std::int64_t>(day * 86400)};
}
constexpr int today = 730;

/// A made-up shop of two years: bad deliveries drive customers away, and who is gone looks in less.
struct Shop {
  Customers customers;
  Items items;
  OrdersBuilder builder{customers, items, {.currency = Currency("EUR")}};
  Events events;
  std::vector<double> next;  // of each customer: the day of the first order after today

  Shop() {
    for (unsigned c = 0; c < 2500; ++c) live(c);
  }

 private:
  void live(unsigned c) {
    RandomStream random(26, c);
    const std::string name = text("customer ", c);
    const Customer customer = customers.add(name);
    const double pace = 8 + random.gamma(2, 10);
    const double basket = 15 + random.gamma(3, 10);
    const bool voucher = random.bernoulli(0.3);  // was lured in
    double day = random.uniform(0, 600);
    next.push_back(1e9);
    for (;;) {
      if (day >= today) {
        next.back() = day;
        return;
      }
      const auto cents = static_cast<std::int64_t>(100 * basket * (0.5 + random.gamma(4, 0.125)));
      const std::string order = text(name, " at ", day);
      const auto put = [&](double when, std::int64_t amount) {
        builder.add({.order = order,
                     .customer = name,
                     .item = "thing",
                     .time = on(when),
                     .amount = amount,
                     .channel = voucher ? "voucher" : "direct"});
      };
      put(day, cents);
      const bool bad = random.bernoulli(0.12);
      if (bad && day + 4 < today) put(day + 4, -cents);
      const bool leaves = random.bernoulli((bad ? 0.35 : 0.02) * (voucher ? 1.6 : 1));
      const double gap = 1 + random.exponential(pace);
      const double until = leaves ? 900 : day + gap;
      const double looks = leaves ? 60 : 7;  // days between visits
      for (double v = day + random.exponential(looks); v < std::min<double>(until, today);
           v += random.exponential(looks)) {
        events.add(customer, no_item, EventKind::visit, on(v));
      }
      if (leaves) return;
      day = until;
    }
  }
};

/// Said in full, so that this page reads the same whatever the defaults become.
const BoostingOptions steps{.rounds = 120,
                            .learning_rate = 0.05,
                            .max_depth = 3,
                            .min_child_weight = 5,
                            .l2 = 1,
                            .row_share = 1,
                            .column_share = 1,
                            .patience = 0};

std::vector<double> at(std::span<const double> values, std::span<const std::uint32_t> rows) {
  std::vector<double> out;
  for (const std::uint32_t row : rows) out.push_back(values[row]);
  return out;
}

std::string interval(const AucEstimate& auc) {
  return text(fixed(auc.auc, 2), " (", fixed(auc.low, 2), " to ", fixed(auc.high, 2), ")");
}

}  // namespace

int main() {
  Shop shop;
  const Orders orders = std::move(shop.builder).finish();
  const CustomerFacts facts{
      .customers = shop.customers.size(), .orders = &orders, .events = &shop.events};

  // Left: no purchase in 60 days, from a week after the date on, so that there is time to act.
  const OutcomeOptions churn{.horizon = days{60}, .gap = days{7}, .active_within = days{60}};
  LearningFeatures features{.windows = {0, 30, 90}, .events = {EventKind::visit}};
  features.columns = {"orders",          "tenure",        "recency",         "overdue",
                      "median gap",      "average order", "refund rate",     "orders 90 days",
                      "refunds 30 days", "visit 30 days", "days since visit"};
  features.own_names = {"last order given back", "came by voucher"};
  features.columns.insert(features.columns.end(), features.own_names.begin(),
                          features.own_names.end());
  const Channel voucher = *orders.channels().find("voucher");
  features.own = [voucher](const CustomerPast& past, std::span<double> out) {
    out[0] = past.lines.back().is_refund() ? 1 : 0;
    out[1] = past.lines.front().channel == voucher ? 1 : 0;
  };
  std::vector<Time> dates;
  for (int day = 150; day <= today; day += 30) dates.push_back(on(day));
  const LearningSet set = learning_set(facts, dates, on(today), features, churn);
  std::cout << "date        rows  left  too long ago  not yet  not watched\n";
  for (std::size_t s = 0; s < set.snapshots.size(); s += 6) {
    const LearningSnapshot& one = set.snapshots[s];
    std::cout << to_string(local_day(one.date)) << std::setw(6) << one.labelled << std::setw(6)
              << fixed(one.total, 0) << std::setw(14) << one.inactive << std::setw(9) << one.not_yet
              << std::setw(13) << one.unwatched << "\n";
  }

  // Learn on earlier dates, measure on later ones; no window of the one reaches into the other. The
  // last of the earlier dates are kept back to calibrate on.
  const TimeFold split = time_folds(
      set.times,
      {.first_test = on(560), .test_length = days{120}, .folds = 1, .gap = set.embargo})[0];
  std::vector<Time> train_times;
  for (const std::uint32_t row : split.train) train_times.push_back(set.times[row]);
  const TimeFold inner = time_folds(
      train_times,
      {.first_test = on(440), .test_length = days{120}, .folds = 1, .gap = set.embargo})[0];
  const ScoreTable train = set.table.take(split.train);
  const ScoreTable test = set.table.take(split.test);
  const std::vector<double> train_target = at(set.target, split.train);
  const std::vector<double> test_target = at(set.target, split.test);
  const ScoreTable early = train.take(inner.train);
  const ScoreTable later = train.take(inner.test);
  const std::vector<double> early_target = at(train_target, inner.train);
  const std::vector<double> later_target = at(train_target, inner.test);
  std::cout << "\n"
            << early.rows() << " rows to learn on, " << later.rows() << " to calibrate on, "
            << test.rows() << " to measure on\n\n";

  std::vector<double> on_later(later.rows());
  std::vector<double> on_test(test.rows());
  std::vector<double> by_logistic(test.rows());
  const auto measure = [&](const auto& model, const char* name) {
    model.score(later, on_later);
    model.score(test, on_test);
    const ProbabilityCalibrator calibrator =
        fit_calibrator({later_target, on_later}, {.log_odds = true}).model;
    const double raw = brier_score({test_target, on_test});
    calibrator.calibrate(on_test, on_test);
    std::cout << name << "  AUC " << interval(roc_auc({test_target, on_test})) << ", Brier "
              << fixed(raw, 3) << ", calibrated " << fixed(brier_score({test_target, on_test}), 3)
              << "\n";
    return calibrator;
  };
  measure(fit_logistic(early, early_target).model, "logistic");
  by_logistic = on_test;
  const TreeModel trees = fit_boosting(early, early_target, steps).model;
  const ProbabilityCalibrator calibrator = measure(trees, "boosting");
  const AucComparison compared = compare_roc_auc({test_target, on_test}, by_logistic);
  std::cout << (compared.low > 0    ? "boosting ranks better"
                : compared.high < 0 ? "logistic ranks better"
                                    : "neither ranks better beyond chance")
            << "\n";

  const LiftTable lift = lift_table({test_target, on_test});
  std::cout << "\ntenth  left  lift  of all who left\n";
  for (std::size_t g = 0; g < lift.groups.size(); ++g) {
    std::cout << std::setw(5) << g + 1 << std::setw(6) << fixed(lift.groups[g].rate, 2)
              << std::setw(6) << fixed(lift.groups[g].lift, 1) << std::setw(12)
              << fixed(100 * lift.groups[g].gain, 0) << " %\n";
  }

  // A call costs 3 and keeps a quarter of those who would leave, worth 40 each.
  const ProfitTerms call{.true_positive = 0.25 * 40 - 3, .false_positive = -3};
  calibrator.calibrate(on_later, on_later);
  const ProfitPoint chosen = profit_curve({later_target, on_later}, call).best;
  const ConfusionCounts kept = confusion_at({test_target, on_test}, profit_threshold(call));
  const double profit =
      call.true_positive * kept.true_positive + call.false_positive * kept.false_positive;
  const ProfitCurve hindsight = profit_curve({test_target, on_test}, call);
  std::cout << "\ncalls pay from a probability of " << fixed(profit_threshold(call), 2)
            << " (best on the rows of calibration: " << fixed(chosen.threshold, 1)
            << "); on later rows that\nkeeps " << fixed(100 * profit / hindsight.best.profit, 0)
            << " % of what the best threshold in hindsight would bring; calling all brings "
            << fixed(100 * hindsight.everybody.profit / hindsight.best.profit, 0) << " %\n";

  // Today: the same columns, the model of all rows that are known, and what a customer who stays is
  // worth. (`value` counts who may have left already; that is P(churn)'s part here.)
  const LearningSet now = prospect_rows(facts, on(today), features, churn);
  const TreeModel model = fit_boosting(set.table, set.target, steps).model;
  std::vector<double> probability(now.table.rows());
  model.score(now.table, probability);
  calibrator.calibrate(probability, probability);
  const RepeatPurchases purchases =
      RepeatPurchases::from_orders(orders, shop.customers.size(), {.as_of = on(today)});
  const CustomerValues values = customer_values_of(
      purchases, fit_mbg_nbd(purchases).model, fit_gamma_gamma(spend_histories_of(purchases)).model,
      {.margin = 0.25, .horizon = 52});
  std::vector<double> value;
  for (const Customer customer : now.customers) {
    value.push_back(values.value[index(customer)] / values.p_alive[index(customer)]);
  }
  const TreeShap shap(model);
  const auto why = [&](std::size_t row, std::span<double> out) {
    shap.explain(now.table.row(row), out);
  };
  const ChurnWatch watch =
      churn_watch(now.table, probability, value, why,
                  {.capacity = 200, .least_probability = profit_threshold(call), .reasons = 2});
  std::cout << "\n"
            << watch.eligible << " of " << watch.customers
            << " customers are worth a call; there is time for " << watch.warnings.size() << "\n";
  for (std::size_t w = 0; w < 5; ++w) {
    const ChurnWarning& warning = watch.warnings[w];
    std::cout << shop.customers.key(now.customers[warning.row]) << ": "
              << fixed(100 * warning.probability, 0) << " % of " << fixed(warning.value, 0)
              << " EUR\n";
    for (const ChurnReason& reason : warning.reasons) {
      std::cout << "    " << reason.what << " = " << reason.reading << "\n";
    }
  }

  // The shop is made up, so it is known what came.
  const auto left = [&](std::uint32_t row) {
    return shop.next[index(now.customers[row])] >= today + 67;
  };
  double expected = 0;
  double came = 0;
  for (const ChurnWarning& warning : watch.warnings) {
    expected += warning.probability;
    came += left(warning.row) ? 1 : 0;
  }
  double all = 0;
  for (std::uint32_t row = 0; row < now.table.rows(); ++row) all += left(row) ? 1 : 0;
  const auto calls = static_cast<double>(watch.warnings.size());
  std::cout << "\nOf the " << calls << " on the list " << fixed(100 * expected / calls, 0)
            << " % were expected to leave and " << fixed(100 * came / calls, 0)
            << " % did; of all customers "
            << fixed(100 * all / static_cast<double>(now.table.rows()), 0) << " %.\n";
}
