#include "emptor/recommend/sparse_ease.hpp"

#include <limits>
#include <vector>

#include "emptor/core/kernels.hpp"
#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

TEST_CASE("sparse EASE is a recommender") {
  for (const std::size_t neighbours : {3U, 20U, 500U}) {
    for (const bool use_weights : {false, true}) {
      test::check_recommender(
          [&](const Interactions& data, const Context& context) {
            return fit_sparse_ease(
                       data, {.lambda = 2, .neighbours = neighbours, .use_weights = use_weights},
                       context)
                .model;
          },
          {.name = text("sparse ease, ", neighbours, use_weights ? ", weighted" : "")});
    }
  }
}

TEST_CASE("sparse EASE of two items by hand, a third that nobody took") {
  InteractionLog log;
  for (const auto& [customer, item] : {std::pair{0U, 0U}, {0U, 1U}, {1U, 0U}, {1U, 1U}, {2U, 0U}}) {
    log.add(Customer{customer}, Item{item});
  }
  const auto [model, report] = fit_sparse_ease(Interactions(3, 3, log), {.lambda = 1});
  CHECK(report.items == 3);
  CHECK(report.weights == 2);
  CHECK_FALSE(report.stopped);
  const auto list = model.recommend(Customer{2}, 5);
  REQUIRE(list.size() == 1);
  CHECK(list[0].item == Item{1});
  CHECK(list[0].score == Approx(2.0 / 4));
  CHECK(model.similar_items(Item{1}, 5)[0].score == Approx(2.0 / 3));
}

TEST_CASE("weights and scores of sparse EASE may be negative") {
  InteractionLog log;  // items 0 and 1 exclude one another, given that most customers have item 2
  for (const auto& [customer, item] : {std::pair{0U, 0U},
                                       {0U, 2U},
                                       {1U, 0U},
                                       {1U, 2U},
                                       {2U, 1U},
                                       {2U, 2U},
                                       {3U, 1U},
                                       {3U, 2U},
                                       {4U, 2U}}) {
    log.add(Customer{customer}, Item{item});
  }
  const auto model = fit_sparse_ease(Interactions(5, 3, log), {.lambda = 0.5}).model;
  const auto list = model.recommend(model.fold_in(std::vector{Item{0}}), 3);
  REQUIRE(list.size() == 2);
  CHECK(list[0].item == Item{2});
  CHECK(list[1].item == Item{1});
  CHECK(list[1].score < 0);
  for (const auto& near : model.similar_items(Item{0}, 3)) CHECK(near.item != Item{1});
}

TEST_CASE("wrong options and weights of sparse EASE") {
  const Interactions data = test::taste_data(20, 10, false);
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::infinity()}) {
    check_throws(ErrorCode::invalid_option, "'lambda' must be finite and > 0",
                 [&] { (void)fit_sparse_ease(data, {.lambda = bad}); });
  }
  check_throws(ErrorCode::invalid_option, "'neighbours' must be >= 1",
               [&] { (void)fit_sparse_ease(data, {.neighbours = 0}); });
  for (const double bad : {-0.1, 1.0}) {
    check_throws(ErrorCode::invalid_option, "'dropout' must be at least 0 and below 1",
                 [&] { (void)fit_sparse_ease(data, {.dropout = bad}); });
  }
  InteractionLog log;
  for (const unsigned customer : {0U, 1U}) {
    for (const unsigned item : {0U, 1U, 2U}) log.add(Customer{customer}, Item{item}, 3e38F);
  }
  check_throws(ErrorCode::invalid_value, "raise 'lambda'", [&] {
    (void)fit_sparse_ease(Interactions(2, 3, log), {.lambda = 1, .use_weights = true});
  });
  check_throws(ErrorCode::invalid_shape, "weights of 10 items must be 10 x 10", [&] {
    (void)SparseEaseModel(data, Csr<float>(2, {0, 0}, {}, {}), {});
  });
  check_throws(ErrorCode::invalid_value, "finite and not 0", [&] {
    (void)SparseEaseModel(Interactions(1, 2, {}), Csr<float>(2, {0, 1, 1}, {1}, {0.0F}), {});
  });
}

TEST_CASE("sparse EASE stopped keeps what was learned, and an update goes on") {
  const Interactions data = test::taste_data(400, 1100, false);
  const SparseEaseOptions options{.lambda = 2, .neighbours = 20};
  Context context;
  context.progress = [](const ProgressStep& step) {
    return step.what == "sparse ease" ? Go::stop : Go::on;
  };
  const auto [model, report] = fit_sparse_ease(data, options, context);
  CHECK(report.stopped);
  CHECK(report.items == 1024);
  const auto whole = fit_sparse_ease(data, options).model;
  CHECK(model.save() != whole.save());
  CHECK(model.update(data).save() == whole.save());
}

TEST_CASE("products counted once for all items give the same bits as for each anew") {
  const auto data = test::taste_data(200, 90, true);
  const SparseEaseOptions options{.lambda = 5, .dropout = 0.3};
  REQUIRE(detail::counts_all_products(data, options));
  CHECK_FALSE(detail::counts_all_products(data, {.use_weights = true}));
  CHECK_FALSE(detail::counts_all_products(Interactions(1, 9000, InteractionLog{}), options));
  const Matrix<float> products = detail::all_products(data, {});
  const Matrix<float> none;
  for (const Kernels* kernels : {&portable_kernels(), &native_kernels()}) {
    detail::SparseEaseColumn once(data, options, products, kernels);
    detail::SparseEaseColumn anew(data, options, none, kernels);
    for (std::uint32_t j = 0; j < 90; ++j) {
      std::vector<std::uint32_t> from;
      for (std::uint32_t i = 0; i < 90; ++i) {
        if (i != j && (i + j) % (1 + j % 7) == 0) from.push_back(i);
      }
      const auto a = once.solve(j, from);
      const auto b = anew.solve(j, from);
      CHECK(std::vector<float>(a.begin(), a.end()) == std::vector<float>(b.begin(), b.end()));
    }
  }
}

}  // namespace
