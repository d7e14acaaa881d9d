#include "emptor/evaluate/tuning.hpp"

#include <cmath>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "emptor/evaluate/random_split.hpp"
#include "emptor/evaluate/validation_split.hpp"
#include "support/catch.hpp"

namespace {

using emptor::Context;
using emptor::ErrorCode;
using emptor::Exception;
using emptor::Go;
using emptor::ProgressStep;
using emptor::TuningPoint;
using emptor::TuningSearch;
using emptor::TuningSpace;
using emptor::TuningTrial;

TuningSpace space() {
  return {emptor::tune_log_uniform("lambda", 0.01, 100), emptor::tune_uniform("share", -1, 1),
          emptor::tune_integer("depth", -2, 3), emptor::tune_log_integer("factors", 1, 256),
          emptor::tune_choice("weighting", {"plain", "tf_idf", "bm25"})};
}

/// Best at lambda 1 and bm25; a budget makes it more exact.
const auto objective = [](const TuningPoint& point, double budget, const Context&) -> double {
  if (point.integer("depth") == -2) {
    throw Exception(ErrorCode::invalid_option, "'depth' must be > -2, got -2", "depth");
  }
  if (point.count("factors") == 1) return std::nan("");
  const double off = std::log(point.number("lambda"));
  return 10 - off * off + (point.choice("weighting") == "bm25" ? 1 : 0) -
         std::fabs(point.number("share")) / budget;
};

bool same(const TuningTrial& a, const TuningTrial& b) {
  return a.point == b.point && a.rung == b.rung && a.budget == b.budget && a.failed == b.failed &&
         (a.failed || a.value == b.value) && a.error == b.error;
}

bool same(const TuningSearch& a, const TuningSearch& b) {
  if (a.trials().size() != b.trials().size() || a.done() != b.done()) return false;
  for (std::size_t i = 0; i < a.trials().size(); ++i) {
    if (!same(a.trials()[i], b.trials()[i])) return false;
  }
  return a.save() == b.save();
}

TEST_CASE("points stay in their ranges and use them evenly") {
  const TuningSearch search = TuningSearch::random(space(), {.trials = 4000, .seed = 5});
  int below_one = 0;
  int positive = 0;
  int small = 0;
  std::vector<int> depths(6, 0);
  std::vector<int> choices(3, 0);
  for (std::size_t i = 0; i < 4000; ++i) {
    const TuningPoint point = search.point(i);
    const double lambda = point.number("lambda");
    CHECK((lambda >= 0.01 && lambda <= 100));
    below_one += lambda < 1 ? 1 : 0;
    CHECK((point.number("share") >= -1 && point.number("share") < 1));
    positive += point.number("share") > 0 ? 1 : 0;
    ++depths.at(static_cast<std::size_t>(point.integer("depth") + 2));
    const std::size_t factors = point.count("factors");
    CHECK((factors >= 1 && factors <= 256));
    small += factors < 16 ? 1 : 0;
    ++choices.at(point.choice_index("weighting"));
  }
  // Four standard deviations and a bit.
  CHECK(std::abs(below_one - 2000) < 130);
  CHECK(std::abs(positive - 2000) < 130);
  CHECK(std::abs(small - 2000) < 130);  // ln 16 is half of ln 257
  for (const int count : depths) CHECK(std::abs(count - 667) < 100);
  for (const int count : choices) CHECK(std::abs(count - 1333) < 125);
  CHECK(TuningSearch::random(space(), {.seed = 6}).point(0).to_string() !=
        search.point(0).to_string());
  CHECK_THAT(search.point(0).to_string(), ContainsSubstring("lambda = "));
  CHECK_THROWS_WITH(search.point(0).number("alpha"), ContainsSubstring("'alpha'"));
  CHECK_THROWS_AS(search.point(0).number("weighting"), Exception);
  CHECK_THROWS_AS(search.point(0).choice("lambda"), Exception);
}

TEST_CASE("random search finds the best of its points and keeps what failed") {
  TuningSearch search = TuningSearch::random(space(), {.trials = 60, .budget = 2, .seed = 3});
  CHECK(search.best() == nullptr);
  CHECK_FALSE(search.done());
  CHECK(search.run(objective));
  REQUIRE(search.trials().size() == 60);
  REQUIRE(search.best() != nullptr);
  std::size_t failed = 0;
  for (const TuningTrial& trial : search.trials()) {
    CHECK(trial.rung == 0);
    CHECK(trial.budget == 2);
    CHECK_FALSE(trial.value > search.best()->value);
    const TuningPoint point = search.point(trial.point);
    if (point.integer("depth") == -2) {
      CHECK_THAT(trial.error, ContainsSubstring("'depth' must be > -2"));
    } else if (point.count("factors") == 1) {
      CHECK(trial.error == "the objective is nan");
    } else {
      CHECK_FALSE(trial.failed);
      CHECK(trial.value == objective(point, 2, {}));
    }
    failed += trial.failed ? 1 : 0;
  }
  CHECK(failed > 3);
  CHECK(failed < 30);
}

TEST_CASE("successive halving goes on with the best on more") {
  TuningSearch search = TuningSearch::successive_halving(
      space(), {.trials = 30, .eta = 3, .min_budget = 1, .max_budget = 8, .seed = 2});
  CHECK(search.planned() == 30 + 10 + 3);
  CHECK(search.run(objective));
  REQUIRE(search.trials().size() == 43);
  CHECK(search.trials()[30].budget == 3);
  CHECK(search.trials()[40].budget == 8);  // not beyond the largest
  for (std::size_t i = 30; i < 40; ++i) {
    // Nine points of the first rung at most are better than one that goes on.
    const std::size_t point = search.trials()[i].point;
    int better = 0;
    for (std::size_t j = 0; j < 30; ++j) {
      better += search.trials()[j].value > search.trials()[point].value ? 1 : 0;
    }
    CHECK(better < 10);
  }
  CHECK(search.best()->rung == 2);
}

TEST_CASE("when too many fail, fewer go on, and none end the search") {
  const TuningSpace one = {emptor::tune_uniform("x", 0, 1)};
  TuningSearch search = TuningSearch::successive_halving(one, {.trials = 9, .max_budget = 9});
  int asked = 0;
  CHECK(search.run([&](const TuningPoint&, double, const Context&) -> double {
    if (++asked == 4) return 7;
    throw std::bad_alloc();
  }));
  CHECK(search.trials().size() == 10);  // the one that did not fail, once more
  CHECK(search.best()->rung == 0);
  CHECK(search.best()->point == 3);
  CHECK_FALSE(search.trials()[0].error.empty());
  TuningSearch hopeless = TuningSearch::random(one, {.trials = 3});
  CHECK(hopeless.run([](const TuningPoint&, double, const Context&) {
    return std::numeric_limits<double>::infinity();
  }));
  CHECK(hopeless.best() == nullptr);
  CHECK(hopeless.trials().size() == 3);
}

TEST_CASE("a search that is saved and resumed after any trial ends the same") {
  for (const bool halving : {false, true}) {
    const auto start = [&] {
      return halving
                 ? TuningSearch::successive_halving(space(), {.trials = 12, .eta = 2, .seed = 9})
                 : TuningSearch::random(space(), {.trials = 12, .seed = 9});
    };
    TuningSearch whole = start();
    std::vector<std::vector<std::byte>> saved = {whole.save()};
    CHECK(whole.run(objective, {}, [&](const TuningSearch& now) { saved.push_back(now.save()); }));
    CHECK(saved.size() == whole.trials().size() + 1);
    for (const auto& bytes : saved) {
      auto resumed = TuningSearch::load(bytes);
      REQUIRE(resumed.has_value());
      CHECK(resumed->run(objective));
      CHECK(same(*resumed, whole));
    }
  }
}

TEST_CASE("progress stops between trials and within, and nothing half done is kept") {
  TuningSearch whole = TuningSearch::random(space(), {.trials = 8, .seed = 4});
  whole.run(objective);
  for (const std::size_t stop_at : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
    TuningSearch search = TuningSearch::random(space(), {.trials = 8, .seed = 4});
    std::size_t asked = 0;
    const Context context{.progress = [&](const ProgressStep& step) {
      CHECK((step.what == "fit" || step.what == "tuning"));
      return ++asked == stop_at ? Go::stop : Go::on;
    }};
    const auto with_progress = [](const TuningPoint& point, double budget, const Context& inner) {
      return inner.report({"fit", 1, 2}) == Go::stop ? -1000.0 : objective(point, budget, inner);
    };
    CHECK_FALSE(search.run(with_progress, context));
    CHECK(search.trials().size() == stop_at / 2);
    CHECK(search.run(objective));
    CHECK(same(search, whole));
  }
  TuningSearch thrown = TuningSearch::random(space(), {.trials = 8, .seed = 4});
  CHECK_FALSE(thrown.run([](const TuningPoint&, double, const Context&) -> double {
    throw Exception(ErrorCode::stopped, "the host shuts down");
  }));
  CHECK(thrown.trials().empty());
}

TEST_CASE("options and spaces that make no sense are refused by name") {
  const auto with = [](emptor::TuningParameter one) {
    return TuningSearch::random({std::move(one)});
  };
  CHECK_THROWS_WITH(TuningSearch::random({}), ContainsSubstring("'space'"));
  CHECK_THROWS_WITH(with(emptor::tune_uniform("", 0, 1)), ContainsSubstring("a name"));
  CHECK_THROWS_WITH(with(emptor::tune_uniform("x", 1, 0)), ContainsSubstring("'x' must have"));
  CHECK_THROWS_WITH(with(emptor::tune_log_uniform("x", 0, 1)), ContainsSubstring("low > 0"));
  CHECK_THROWS_WITH(with(emptor::tune_log_integer("x", 0, 1)), ContainsSubstring("low >= 1"));
  CHECK_THROWS_AS(with(emptor::tune_integer("x", 0, 1LL << 40)), Exception);
  CHECK_THROWS_AS(with(emptor::tune_uniform("x", 0, std::nan(""))), Exception);
  CHECK_THROWS_WITH(with(emptor::tune_choice("x", {})), ContainsSubstring("at least one choice"));
  CHECK_THROWS_WITH(
      TuningSearch::random({emptor::tune_uniform("x", 0, 1), emptor::tune_integer("x", 0, 1)}),
      ContainsSubstring("different names"));
  CHECK_THROWS_WITH(TuningSearch::random(space(), {.trials = 0}), ContainsSubstring("'trials'"));
  CHECK_THROWS_WITH(TuningSearch::random(space(), {.budget = 0}), ContainsSubstring("'budget'"));
  const auto halving = [](const emptor::SuccessiveHalvingOptions& options) {
    return TuningSearch::successive_halving(space(), options);
  };
  CHECK_THROWS_WITH(halving({.eta = 1}), ContainsSubstring("'eta'"));
  CHECK_THROWS_WITH(halving({.min_budget = -1}), ContainsSubstring("'min_budget'"));
  CHECK_THROWS_WITH(halving({.max_budget = 0.5}), ContainsSubstring("'max_budget'"));
}

TEST_CASE("a saved search that is cut or damaged is refused") {
  TuningSearch search = TuningSearch::successive_halving(space(), {.trials = 6, .eta = 2});
  search.run(objective);
  const std::vector<std::byte> good = search.save();
  REQUIRE(TuningSearch::load(good).has_value());
  for (std::size_t size = 0; size < good.size(); ++size) {
    CHECK_FALSE(TuningSearch::load(std::span(good).first(size)).has_value());
    std::vector<std::byte> flipped = good;
    flipped[size] ^= std::byte{0x10};
    CHECK_FALSE(TuningSearch::load(flipped).has_value());
  }
  emptor::ArchiveWriter writer("tuning-search", 1);
  emptor::SectionWriter& plan = writer.section("plan", 1);
  plan.put(std::uint64_t{1});
  plan.put(std::uint64_t{1});
  plan.put(std::uint64_t{2});
  plan.put(1.0);
  plan.put(std::uint64_t{1});
  plan.put_text("x");
  plan.put(emptor::TuningScale::uniform);
  plan.put(0.0);
  plan.put(1.0);
  plan.put(std::uint64_t{0});
  emptor::SectionWriter& trials = writer.section("trials", 1);
  trials.put(std::uint64_t{1});
  trials.put(std::uint64_t{1});  // the plan begins with point 0
  trials.put(false);
  trials.put(0.5);
  trials.put_text("");
  const auto other = TuningSearch::load(std::move(writer).finish());
  REQUIRE_FALSE(other.has_value());
  CHECK_THAT(other.error().message, ContainsSubstring("not those of the plan"));
}

TEST_CASE("a validation side is cut from train by any split") {
  emptor::InteractionLog log;
  for (unsigned c = 0; c < 10; ++c) {
    for (unsigned i = 0; i < 20; ++i) {
      log.add(emptor::Customer{c}, emptor::Item{i}, 1, emptor::Time{std::chrono::seconds{i}});
    }
  }
  const auto outer = emptor::split_by_time(log, emptor::Time{std::chrono::seconds{10}});
  const auto data = emptor::cut_validation(outer.train, 10, 20);
  CHECK(data.validation.entries() == 10);
  CHECK(data.train.entries() == 90);
  CHECK(data.counts.test_events == 10);
  for (unsigned i = 10; i < 20; ++i) {
    CHECK(data.train.by_item().row_size(i) + data.validation.by_item().row_size(i) == 0);
  }
  const auto by_time = emptor::cut_validation(outer.train, 10, 20, [](const auto& train) {
    return emptor::split_by_time(train, emptor::Time{std::chrono::seconds{7}});
  });
  CHECK(by_time.validation.entries() == 30);
  const auto at_random = emptor::cut_validation(outer.train, 10, 20, [](const auto& train) {
    return emptor::split_random(train, {.fraction = 0.5});
  });
  CHECK(at_random.validation.entries() == 50);
}

}  // namespace
