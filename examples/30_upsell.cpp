// Who would move up? The propensity to buy of a better line for the first time, from what customers
// did before; measured on a later time; a list to contact, with reasons.

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/evaluate/lift.hpp"
#include "emptor/evaluate/roc.hpp"
#include "emptor/evaluate/stratified.hpp"
#include "emptor/score/churn_watch.hpp"
#include "emptor/score/label_builder.hpp"
#include "emptor/score/logistic.hpp"

namespace {

using namespace emptor;
using std::chrono::days;

constexpr int today = 540;

constexpr Time on(int day) {
  return Time{Day{std::chrono::year{2025} / 1 / 1}} + days{day};
}

/// A made-up shop of two lines. Who buys often and looks at the better line may take it up.
struct Shop {
  Customers customers;
  Items items;
  OrdersBuilder builder{customers, items};
  Events events;
  std::vector<int> moved_up;  // of each customer: the first day; beyond the end: never

  Shop() {
    const Item basic = items.add("basic");
    const Item better = items.add("better");
    items.column("category").set(basic, "basic");
    items.column("category").set(better, "better");
    for (unsigned c = 0; c < 3000; ++c) live(c, basic, better);
  }

 private:
  void live(unsigned c, Item basic, Item better) {
    RandomStream random(30, c);
    const Customer customer = customers.add(text("customer ", c));
    const double buys = 0.02 + 0.06 * random.beta(1, 2);  // a day
    const double curious = random.beta(1, 4);
    bool up = false;
    moved_up.push_back(100'000);
    const auto put = [&](int day, Item item, std::int64_t amount) {
      builder.add({.order = text(c, '-', day), .item = {}, .time = on(day), .amount = amount},
                  customer, item);
    };
    double interest = 0;  // fades within weeks
    for (int day = static_cast<int>(random.below(300)); day < today + 60; ++day) {
      interest *= 0.97;
      if (random.bernoulli(0.1 * curious)) {
        interest += 1;
        if (day < today) events.add(customer, better, EventKind::view, on(day));
      }
      if (!random.bernoulli(buys)) continue;
      if (!up && random.bernoulli(1 / (1 + std::exp(5.8 - 1.3 * interest - 25 * buys)))) {
        up = true;
        moved_up.back() = day;
      }
      if (day < today) put(day, up ? better : basic, up ? 4900 : 1900);
    }
  }
};

}  // namespace

int main() {
  Shop shop;
  const Orders orders = std::move(shop.builder).finish();
  const FeatureColumns lines = feature_columns(shop.items);
  const CustomerFacts facts{.customers = shop.customers.size(),
                            .orders = &orders,
                            .columns = lines,
                            .events = &shop.events};

  // It happens: the first purchase of the better line within 60 days. Who has it is left out.
  const Category better{static_cast<std::uint32_t>(*lines.categories->texts().find("better"))};
  OutcomeOptions upsell{.kind = OutcomeKind::happens,
                        .horizon = days{60},
                        .active_within = days{90},
                        .min_tenure = days{30},
                        .once = true};
  upsell.line = [better](const FeatureEvent& line) { return line.category == better; };
  const LearningFeatures features{
      .windows = {0, 14, 90},
      .events = {EventKind::view},
      .columns = {"orders 90 days", "recency", "tenure", "view 14 days", "view 90 days"}};
  std::vector<Time> dates;
  for (int day = 120; day < today; day += 30) dates.push_back(on(day));
  const LearningSet set = learning_set(facts, dates, on(today), features, upsell);
  const LearningSnapshot& last = set.snapshots[12];
  std::cout << to_string(local_day(last.date)) << ": " << last.labelled << " rows, "
            << fixed(last.total, 0) << " moved up within 60 days; left out: " << last.already
            << " who had before, " << last.inactive << " silent, " << last.too_young << " new, "
            << last.not_yet << " not customers yet\n";

  const TimeFold split = time_folds(
      set.times,
      {.first_test = on(390), .test_length = days{120}, .folds = 1, .gap = set.embargo})[0];
  const auto pick = [](const std::vector<double>& from, const std::vector<std::uint32_t>& rows) {
    std::vector<double> out;
    for (const std::uint32_t row : rows) out.push_back(from[row]);
    return out;
  };
  const ScoreTable test = set.table.take(split.test);
  const std::vector<double> outcome = pick(set.target, split.test);
  const LogisticModel early =
      fit_logistic(set.table.take(split.train), pick(set.target, split.train)).model;
  std::vector<double> score(test.rows());
  early.score(test, score);
  const AucEstimate auc = roc_auc({outcome, score});
  const LiftTable lift = lift_table({outcome, score});
  std::cout << split.train.size() << " rows to learn on, " << test.rows()
            << " later ones to measure on: AUC " << fixed(auc.auc, 2) << " (" << fixed(auc.low, 2)
            << " to " << fixed(auc.high, 2) << ")\n\ntenth  expected  moved up  lift\n";
  for (std::size_t g = 0; g < 10; g += g < 3 ? 1 : 3) {
    double expected = 0;
    std::vector<double> sorted(score);
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});
    const std::size_t begin = g * sorted.size() / 10;
    const std::size_t end = (g + 1) * sorted.size() / 10;
    for (std::size_t i = begin; i < end; ++i) expected += sorted[i];
    std::cout << std::setw(5) << g + 1 << std::setw(10)
              << fixed(100 * expected / static_cast<double>(end - begin), 1) << std::setw(10)
              << fixed(100 * lift.groups[g].rate, 1) << std::setw(6)
              << fixed(lift.groups[g].lift, 1) << "\n";
  }

  // Today's list: the most that is to be gained, 15 a month for a year.
  const LearningSet now = prospect_rows(facts, on(today), features, upsell);
  const LogisticModel model = fit_logistic(set.table, set.target).model;
  std::vector<double> probability(now.table.rows());
  model.score(now.table, probability);
  const std::vector<double> value(now.table.rows(), 12 * 15);
  const ChurnWatch list = churn_watch(now.table, probability, value,
                                      [&](std::size_t row, std::span<double> out) {
                                        model.predictor().explain(now.table.row(row), out);
                                      },
                                      {.capacity = 100, .reasons = 2});
  std::cout << "\n100 of " << list.customers << " customers to contact, first of all\n";
  for (std::size_t i = 0; i < 3; ++i) {
    const ChurnWarning& one = list.warnings[i];
    std::cout << shop.customers.key(now.customers[one.row]) << ": "
              << fixed(100 * one.probability, 0) << " %\n";
    for (const ChurnReason& reason : one.reasons) {
      std::cout << "    " << reason.what << " = " << reason.reading << "\n";
    }
  }
  const auto moves = [&](std::uint32_t row) {
    return shop.moved_up[index(now.customers[row])] < today + 60 ? 1.0 : 0.0;
  };
  double came = 0;
  double expected = 0;
  for (const ChurnWarning& one : list.warnings) {
    came += moves(one.row);
    expected += one.probability;
  }
  double all = 0;
  for (std::uint32_t row = 0; row < now.table.rows(); ++row) all += moves(row);
  std::cout << "\nof these 100, " << fixed(expected, 0)
            << " were expected to move up within 60 days,"
            << " and " << fixed(came, 0) << " did without being asked; of any 100, "
            << fixed(100 * all / static_cast<double>(now.table.rows()), 0) << "\n";
}
