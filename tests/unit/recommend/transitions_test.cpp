#include "emptor/recommend/transitions.hpp"

#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

InteractionLog log_of(const std::vector<std::vector<std::uint32_t>>& sessions) {
  InteractionLog log;
  for (std::size_t c = 0; c < sessions.size(); ++c) {
    for (std::size_t e = 0; e < sessions[c].size(); ++e) {
      log.add(id_at<Customer>(c), Item{sessions[c][e]}, 1, Time{std::chrono::minutes{e}});
    }
  }
  return log;
}

TEST_CASE("transitions are a recommender") {
  test::check_recommender(
      [](const Interactions& data, const Context& context) {
        return fit_transitions(test::one_session_each(data),
                               {.half_life_days = 0.01, .successors = 5}, context)
            .model;
      },
      {.name = "transitions", .weights_matter = false, .order_matters = true},
      test::one_session_each);
}

TEST_CASE("transitions between baskets are saved and loaded") {
  const Sequences data(9, 7, test::random_log(9, 7, 9, true, 1), {.gap = std::chrono::seconds{0}});
  test::conformance::check_archive(
      fit_transitions(data, {.step = SequenceStep::session, .window = 2}).model);
}

TEST_CASE("what follows what, by hand") {
  const Sequences data(3, 4, log_of({{0, 1, 2}, {0, 1, 1}, {0, 3}}));
  const auto [model, report] = fit_transitions(data, {.window = 1, .context = 1});
  CHECK(report.items == 2);
  CHECK(report.transitions == 4);
  // After 0: 1 twice, 3 once. After 1: 2 once, 1 once.
  const auto after = [&](std::vector<Item> session, bool all = true) {
    return model.recommend(model.fold_in(session), 9, {.exclude_seen = !all});
  };
  using List = std::vector<Recommendation>;
  CHECK(after({Item{0}}) == List{{Item{1}, 2.0F / 3}, {Item{3}, 1.0F / 3}});
  CHECK(after({Item{0}, Item{1}}) == List{{Item{1}, 0.5F}, {Item{2}, 0.5F}});
  CHECK(after({Item{0}, Item{1}}, false) == List{{Item{2}, 0.5F}});
  CHECK(after({Item{1}, Item{2}}).empty());
  CHECK(model.recommend(Customer{1}, 9) == List{{Item{2}, 0.5F}});
  CHECK(model.similar_items(Item{1}, 9) == List{{Item{2}, 0.5F}});

  // Two steps ahead, the second at half; two events of context, the earlier at a quarter.
  const auto wide = fit_transitions(
      data, {.window = 2, .step_decay = 0.5, .shrinkage = 1, .context = 2, .context_decay = 0.25});
  // After 0: 1: 1 + 1 + .5, 2: .5, 3: 1, of 4 and the 1 of doubt; after 1: 2: 1, 1: 1, of 3.
  const auto list = wide.model.recommend(wide.model.fold_in(std::vector{Item{0}, Item{1}}), 9,
                                         {.exclude_seen = false});
  REQUIRE(list.size() == 3);
  CHECK(list[0].item == Item{1});
  CHECK(list[0].score == Approx(1.0 / 3 + 0.25 * 2.5 / 5));
  CHECK(list[1].item == Item{2});
  CHECK(list[1].score == Approx(1.0 / 3 + 0.25 * 0.5 / 5));
  CHECK(list[2].score == Approx(0.25 * 1 / 5));
}

TEST_CASE("from basket to basket, older ones counting less") {
  InteractionLog log;
  const auto day = [](int d) { return Time{std::chrono::days{d}}; };
  log.add(Customer{0}, Item{0}, 1, day(0));
  log.add(Customer{0}, Item{1}, 1, day(0));
  log.add(Customer{0}, Item{2}, 1, day(10));
  log.add(Customer{1}, Item{0}, 1, day(0));
  log.add(Customer{1}, Item{3}, 1, day(20));
  const Sequences data(2, 4, log, {.gap = std::chrono::seconds{0}});
  const auto model =
      fit_transitions(data, {.step = SequenceStep::session, .half_life_days = 10}).model;
  // After 0: 2 with a half part at half weight, 3 whole.
  const auto list = model.recommend(model.fold_in(std::vector{Item{0}, Item{1}}), 9);
  REQUIRE(list.size() == 2);
  CHECK(list[0] == Recommendation{Item{2}, 0.5F * 0.2F + 0.5F});
  CHECK(list[1] == Recommendation{Item{3}, 0.5F * 0.8F});
}

TEST_CASE("a live session within a history") {
  const Sequences data(3, 4, log_of({{0, 1, 2}, {0, 1, 1}, {0, 3}}));
  const auto model = fit_transitions(data).model;
  FoldedCustomer customer = model.fold_in(std::vector{Item{1}, Item{0}});
  customer.sequence = {Item{0}};
  CHECK(model.recommend(customer, 9).size() == 2);
  customer.sequence.clear();
  CHECK(model.recommend(customer, 9).empty());
}

TEST_CASE("options of transitions that make no sense are refused") {
  const auto refused = [](const TransitionsOptions& options, const char* name) {
    check_throws(ErrorCode::invalid_option, name,
                 [&] { (void)fit_transitions(Sequences{}, options); });
  };
  refused({.window = 0}, "window");
  refused({.step_decay = 0}, "step_decay");
  refused({.half_life_days = -1}, "half_life_days");
  refused({.successors = 0}, "successors");
  refused({.shrinkage = -1}, "shrinkage");
  refused({.context = 0}, "context");
  refused({.context_decay = 1.5}, "context_decay");
}

}  // namespace
