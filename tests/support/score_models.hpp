#pragma once

/// @file
/// A small model of each kind that the room score saves: for files that must load for ever, and as
/// the beginning of hostile ones.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/aft.hpp"
#include "emptor/score/anomaly.hpp"
#include "emptor/score/boosting.hpp"
#include "emptor/score/cox.hpp"
#include "emptor/score/credit_card.hpp"
#include "emptor/score/discrete_hazard.hpp"
#include "emptor/score/ftrl.hpp"
#include "emptor/score/isolation_forest.hpp"
#include "emptor/score/linear.hpp"
#include "emptor/score/logistic.hpp"
#include "emptor/score/naive_bayes.hpp"
#include "emptor/score/random_forest.hpp"
#include "emptor/score/scorecard_events.hpp"
#include "emptor/score/text_linear.hpp"

namespace emptor::test {

struct ScoreSample {
  ScoreTable table;  ///< a number with gaps, a number, a category of four
  std::vector<double> target;
  std::vector<double> value;
  std::vector<double> time;
  std::vector<std::uint8_t> lost;
};

inline ScoreSample score_sample(std::size_t rows = 60) {
  ScoreSample out;
  std::vector<double> first;
  std::vector<double> second;
  std::vector<std::string> third;
  for (std::size_t i = 0; i < rows; ++i) {
    RandomStream random(11, i);
    const double x = random.uniform(-2, 2);
    const double y = static_cast<double>(random.below(6));
    const std::uint32_t kind = random.below(4);
    const double signal = x + (kind == 2 ? 1.5 : 0) - 0.3 * y + random.uniform(-1, 1);
    first.push_back(random.bernoulli(0.1) ? static_cast<double>(missing_value) : x);
    second.push_back(y);
    third.push_back(std::string(1, static_cast<char>('a' + kind)));
    out.target.push_back(signal > -0.3 ? 1 : 0);
    out.value.push_back(signal);
    out.time.push_back(1 + 12 * random.uniform());
    out.lost.push_back(signal > 0 ? 1 : 0);
  }
  ScoreTableBuilder builder;
  builder.number("first", first).number("second", second).category("third", third);
  out.table = builder.finish();
  return out;
}

/// Rows that models are asked about: also missing, strange and unknown values.
inline std::vector<std::array<float, 3>> score_questions() {
  return {{0.5F, 2, 0},          {-1.25F, 5, 2},        {missing_value, 0, 3},
          {2, missing_value, 1}, {0, 3, missing_value}, {1e30F, -1e30F, 9}};
}
inline std::vector<std::string_view> text_questions() {
  return {"good and fast", "slow, bad", "很快，好吃", ""};
}

/// One kind of archive: how to make one, and how to load it and ask it.
struct ScoreKind {
  std::string name;
  std::vector<std::string> sections;
  std::function<std::vector<std::byte>()> make;
  /// Empty when it does not load. What it says, and what it is saved as again.
  std::function<Result<std::vector<double>>(std::span<const std::byte>, std::vector<std::byte>&)>
      ask;
};

namespace score_kinds {

using Answers = Result<std::vector<double>>;

template <class Model>
Answers ask_rows(std::span<const std::byte> bytes, std::vector<std::byte>& saved) {
  const Result<Model> model = Model::load(bytes);
  if (!model) return model.error();
  saved = model->save();
  std::vector<double> out;
  for (const std::array<float, 3>& question : score_questions()) {
    std::vector<float> row(model->schema().size(), missing_value);
    for (std::size_t c = 0; c < row.size() && c < question.size(); ++c) row[c] = question[c];
    out.push_back(model->score(row));
  }
  return out;
}

/// The scores, and then the chance to stay longer than 6.
template <class Model>
Answers ask_survival(std::span<const std::byte> bytes, std::vector<std::byte>& saved) {
  Answers out = ask_rows<Model>(bytes, saved);
  if (!out) return out;
  const Result<Model> model = Model::load(bytes);
  for (const std::array<float, 3>& question : score_questions()) {
    std::vector<float> row(model->schema().size(), missing_value);
    for (std::size_t c = 0; c < row.size() && c < question.size(); ++c) row[c] = question[c];
    out->push_back(model->survival(row, 6));
  }
  return out;
}

inline std::vector<OrderFacts> some_orders() {
  std::vector<OrderFacts> out;
  for (std::uint32_t i = 0; i < 40; ++i) {
    RandomStream random(12, i);
    OrderFacts order;
    order.customer = Customer{i % 8};
    order.order = Order{i};
    order.time = Time{std::chrono::seconds{1'700'000'000 + 40'000 * i + random.below(9'000)}};
    order.amount = 500 + random.below(2'000);
    order.items = 1 + random.below(4);
    order.device = random.below(3);
    order.country = random.below(2);
    out.push_back(order);
  }
  out[5].amount = -700;
  out[7].device = unknown_code;
  return out;
}

inline Answers ask_orders(std::span<const std::byte> bytes, std::vector<std::byte>& saved) {
  const Result<OrderBaseline> baseline = OrderBaseline::load(bytes);
  if (!baseline) return baseline.error();
  saved = baseline->save();
  std::vector<double> out{baseline->threshold()};
  OrderHistory history;
  OrderAnomaly anomaly;
  for (const OrderFacts& order : some_orders()) {
    if (order.customer != Customer{5}) continue;
    baseline->score(history, order, anomaly);
    out.push_back(anomaly.score);
    out.push_back(anomaly.p_value);
    history.add(order);
  }
  return out;
}

template <class Model>
Answers ask_texts(std::span<const std::byte> bytes, std::vector<std::byte>& saved) {
  const Result<Model> model = Model::load(bytes);
  if (!model) return model.error();
  saved = model->save();
  std::vector<double> out;
  if (model->classes() < 2) return out;
  for (const std::string_view text : text_questions()) out.push_back(model->score(text));
  return out;
}

inline Answers ask_events(std::span<const std::byte> bytes, std::vector<std::byte>& saved) {
  const Result<ScorecardEvents> events = ScorecardEvents::load(bytes);
  if (!events) return events.error();
  saved = events->save();
  std::vector<double> out;
  for (const ScorecardEvent& event : events->events()) {
    out.push_back(static_cast<double>(event.time.time_since_epoch().count()));
    out.push_back(static_cast<double>(event.kind) * 1000 + event.count);
  }
  return out;
}

inline std::vector<std::byte> make_events() {
  std::vector<ScorecardEvent> events;
  for (std::uint32_t i = 0; i < 4; ++i) {
    events.push_back({Time{std::chrono::seconds{1'700'000'000 + 86'400 * i}}, 7U + i, i % 2,
                      i == 3 ? Channel{2} : no_id<Channel>, 1 + i});
  }
  return ScorecardEvents(std::move(events)).save();
}

inline std::vector<std::byte> make_ftrl() {
  const ScoreSample sample = score_sample();
  FtrlModel model(sample.table.schema(), {.l1 = 0.01, .bits = 4, .window = 8});
  for (std::size_t i = 0; i < sample.table.rows(); ++i) {
    const std::array<std::uint64_t, 2> hashed{i % 3, i % 5};
    model.learn(sample.table.row(i), sample.target[i], hashed);
  }
  return model.save();
}

inline const std::vector<std::string_view> texts = {"good", "very good and fast", "好吃，很快",
                                                    "bad",  "slow and bad",       "难吃，很慢"};
inline const std::vector<std::uint32_t> labels = {1, 1, 1, 0, 0, 0};

}  // namespace score_kinds

inline std::vector<ScoreKind> all_score_kinds() {
  using namespace score_kinds;
  std::vector<ScoreKind> out;
  out.push_back(
      {"tree-model",
       {"schema", "trees"},
       [] {
         const ScoreSample s = score_sample();
         return fit_boosting(
                    s.table, s.target,
                    {.rounds = 4, .learning_rate = 0.5, .max_depth = 2, .min_child_weight = 0.5})
             .model.save();
       },
       ask_rows<TreeModel>});
  out.push_back({"tree-model-forest",
                 {"schema", "trees"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_random_forest(s.table, s.value,
                                            {.loss = TreeLoss::squared, .trees = 3, .max_depth = 3})
                       .model.save();
                 },
                 ask_rows<TreeModel>});
  out.push_back({"logistic-model",
                 {"predictor"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_logistic(s.table, s.target).model.save();
                 },
                 ask_rows<LogisticModel>});
  out.push_back({"linear-model",
                 {"predictor"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_linear(s.table, s.value).model.save();
                 },
                 ask_rows<LinearModel>});
  out.push_back({"credit-card",
                 {"card"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_credit_card(s.table, s.target).model.save();
                 },
                 ask_rows<CreditCard>});
  out.push_back({"ftrl-model", {"schema", "options", "state"}, make_ftrl, ask_rows<FtrlModel>});
  out.push_back({"cox",
                 {"terms", "baseline"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_cox(s.table, {.time = s.time, .event = s.lost}).model.save();
                 },
                 ask_survival<CoxModel>});
  out.push_back({"text-classifier",
                 {"options", "weights"},
                 [] {
                   return fit_text_classifier(texts, labels, {.grams = {.longest = 2, .bits = 8}})
                       .model.save();
                 },
                 ask_texts<TextClassifier>});
  out.push_back(
      {"naive-bayes",
       {"options", "counts"},
       [] { return fit_naive_bayes(texts, labels, {.grams = {.longest = 2, .bits = 8}}).save(); },
       ask_texts<NaiveBayesModel>});
  out.push_back({"scorecard-events", {"events"}, make_events, ask_events});
  out.push_back({"aft",
                 {"terms", "baseline"},
                 [] {
                   const ScoreSample s = score_sample();
                   return fit_aft(s.table, {.time = s.time, .event = s.lost}).model.save();
                 },
                 ask_survival<AftModel>});
  out.push_back(
      {"discrete-hazard",
       {"terms", "periods"},
       [] {
         const ScoreSample s = score_sample();
         return fit_discrete_hazard(s.table, {.time = s.time, .event = s.lost}).model.save();
       },
       ask_survival<DiscreteHazardModel>});
  out.push_back(
      {"isolation-forest",
       {"schema", "trees", "calibration"},
       [] {
         return fit_isolation_forest(score_sample().table, {.trees = 3, .sample = 16}).model.save();
       },
       ask_rows<IsolationForestModel>});
  out.push_back({"order-baseline",
                 {"options", "model"},
                 [] { return fit_order_baseline(some_orders()).model.save(); },
                 ask_orders});
  return out;
}

}  // namespace emptor::test
