#include "emptor/recommend/fpmc.hpp"

#include <cmath>
#include <limits>
#include <vector>

#include "support/catch.hpp"
#include "support/recommender_conformance.hpp"
#include "support/sequence_data.hpp"

using namespace emptor;
using emptor::test::check_throws;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();

TEST_CASE("FPMC is a recommender") {
  // Products of f factors cancel in a score, and parts are summed in double: f roundings of float.
  for (const SequenceStep step : {SequenceStep::session, SequenceStep::event}) {
    test::check_recommender(
        [&](const Interactions& data, const Context& context) {
          return fit_fpmc(test::one_session_each(data),
                          {.step = step, .factors = 5, .epochs = 6, .update_epochs = 2}, context)
              .model;
        },
        {.name = "FPMC",
         .explain_tolerance = 0x1.0p-19,
         .fold_in_tolerance = infinite,
         .weights_matter = false,
         .update_tolerance = infinite,
         .order_matters = true},
        test::one_session_each);
  }
}

TEST_CASE("a step goes down the gradient of its sampled loss") {
  constexpr std::size_t f = 3;
  constexpr double rate = 1e-3;
  constexpr double lambda = 0.3;
  const std::vector<std::uint32_t> baskets[] = {{}, {2}, {0, 3}};
  for (const auto& before : baskets) {
    detail::FpmcFactors<double> factors{Matrix<double>(1, f), Matrix<double>(4, 2 * f),
                                        Matrix<double>(4, f)};
    RandomStream random(3, before.size());
    for (Matrix<double>* matrix : {&factors.customers, &factors.items, &factors.leads}) {
      for (std::size_t r = 0; r < matrix->rows(); ++r) {
        for (double& value : matrix->row(r)) value = random.normal();
      }
    }
    const detail::FpmcSample sample{.item = 1, .other = 3, .before = before};
    // The loss from its definition.
    const auto loss = [&](const detail::FpmcFactors<double>& at) {
      const auto score = [&](std::size_t item) {
        double sum = 0;
        for (std::size_t j = 0; j < f; ++j) {
          sum += at.customers(0, j) * at.items(item, j);
          for (const std::uint32_t l : before) {
            sum += at.items(item, f + j) * at.leads(l, j) / static_cast<double>(before.size());
          }
        }
        return sum;
      };
      double squares = 0;
      for (std::size_t j = 0; j < f; ++j) {
        squares += std::pow(at.customers(0, j), 2);
        for (const std::size_t item : {std::size_t{1}, std::size_t{3}}) {
          squares += std::pow(at.items(item, j), 2);
          if (!before.empty()) squares += std::pow(at.items(item, f + j), 2);
        }
        for (const std::uint32_t l : before) squares += std::pow(at.leads(l, j), 2);
      }
      return std::log1p(std::exp(score(3) - score(1))) + lambda / 2 * squares;
    };
    detail::FpmcFactors<double> moved = factors;
    std::vector<double> query(2 * f);
    detail::fpmc_step(moved, moved.customers.row(0).data(), sample, rate, lambda, query.data());
    const auto check = [&](Matrix<double> detail::FpmcFactors<double>::*member) {
      for (std::size_t r = 0; r < (factors.*member).rows(); ++r) {
        for (std::size_t j = 0; j < (factors.*member).columns(); ++j) {
          constexpr double h = 1e-5;
          detail::FpmcFactors<double> up = factors;
          detail::FpmcFactors<double> down = factors;
          (up.*member)(r, j) += h;
          (down.*member)(r, j) -= h;
          const double slope = (loss(up) - loss(down)) / (2 * h);
          const double went = ((moved.*member)(r, j) - (factors.*member)(r, j)) / -rate;
          CHECK(went == Approx(slope).margin(1e-7));
        }
      }
    };
    check(&detail::FpmcFactors<double>::customers);
    check(&detail::FpmcFactors<double>::items);
    check(&detail::FpmcFactors<double>::leads);
  }
}

/// A catalogue of 12 items where basket {2 t} is always followed by {2 t + 1 mod 12}, and customer
/// c takes one of c's own kind besides.
Sequences chains(std::size_t m) {
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    RandomStream random(5, c);
    std::uint32_t item = random.below(12);
    for (int t = 0; t < 6; ++t) {
      log.add(id_at<Customer>(c), Item{item}, 1, Time{std::chrono::days{t}});
      item = (item + 5) % 12;
    }
  }
  return Sequences(m, 13, log, {.gap = std::chrono::seconds{0}});
}

TEST_CASE("a chain is learned, and predicted for the known and the new") {
  const auto [model, report] = fit_fpmc(chains(200), {.factors = 8, .epochs = 40});
  REQUIRE(report.in_order.size() == 40);
  CHECK(report.in_order.back() > 0.95);
  CHECK(report.in_order.front() < report.in_order.back());
  for (std::uint32_t item = 0; item < 12; ++item) {
    const std::vector<Item> basket{Item{item}};
    const auto list = model.recommend(model.fold_in(basket), 1);
    REQUIRE(list.size() == 1);
    CHECK(list[0].item == Item{(item + 5) % 12});
  }
  // The next basket of a known customer.
  std::size_t right = 0;
  for (std::size_t c = 0; c < 200; ++c) {
    const auto last = model.sequences().last_session(id_at<Customer>(c))[0];
    const auto list = model.recommend(id_at<Customer>(c), 1, {.exclude_seen = false});
    right += list[0].item == Item{(last + 5) % 12} ? 1 : 0;
  }
  CHECK(right > 180);
  // Updated with more customers, it knows them too.
  const FpmcModel grown = model.update(chains(260));
  const auto last = grown.sequences().last_session(Customer{250})[0];
  CHECK(grown.recommend(Customer{250}, 1, {.exclude_seen = false})[0].item ==
        Item{(last + 5) % 12});
}

TEST_CASE("another seed is another model; stopped early is a report") {
  const Sequences data = chains(30);
  CHECK(fit_fpmc(data, {.seed = 1}).model.save() == fit_fpmc(data, {.seed = 1}).model.save());
  CHECK(fit_fpmc(data, {.seed = 1}).model.save() != fit_fpmc(data, {.seed = 2}).model.save());
  Context context;
  context.progress = [](const ProgressStep& step) { return step.done == 2 ? Go::stop : Go::on; };
  const auto [model, report] = fit_fpmc(data, {}, context);
  CHECK(report.stopped);
  CHECK(report.epochs == 2);
  CHECK_FALSE(model.recommend(Customer{0}, 3).empty());
}

TEST_CASE("options and factors of FPMC that make no sense are refused") {
  const auto refused = [](const FpmcOptions& options, const char* name) {
    check_throws(ErrorCode::invalid_option, name, [&] { (void)fit_fpmc(Sequences{}, options); });
  };
  refused({.factors = 0}, "factors");
  refused({.epochs = 0}, "epochs");
  refused({.learning_rate = 0}, "learning_rate");
  refused({.lambda = -1}, "lambda");
  refused({.initial_deviation = 0}, "initial_deviation");
  refused({.update_epochs = 0}, "update_epochs");
  refused({.fold_in_epochs = 0}, "fold_in_epochs");
  check_throws(ErrorCode::invalid_value, "learning_rate",
               [] { (void)fit_fpmc(chains(30), {.learning_rate = 1e30, .lambda = 0}); });
  const auto model = fit_fpmc(chains(30), {.epochs = 2}).model;
  FoldedCustomer broken = model.fold_in(std::vector{Item{1}});
  broken.factors.pop_back();
  check_throws(ErrorCode::invalid_shape, "factors", [&] { (void)model.recommend(broken, 3); });
}

}  // namespace
