#include "emptor/math/bootstrap.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/property.hpp"

namespace {

using Column = std::vector<double>;

std::vector<Column> any_columns() {
  const auto rows = *rc::gen::inRange<std::size_t>(1, 1200);
  std::vector<Column> columns(*rc::gen::inRange<std::size_t>(1, 4), Column(rows));
  emptor::RandomStream random(*rc::gen::arbitrary<std::uint64_t>());
  for (Column& column : columns) {
    for (double& value : column) value = random.bernoulli(0.5) ? 0 : random.normal();
  }
  return columns;
}

TEST_CASE("the bootstrap equals drawing rows one by one") {
  emptor::test::check_property("plain loops", [] {
    const auto columns = any_columns();
    const std::vector<std::span<const double>> views(columns.begin(), columns.end());
    const emptor::BootstrapOptions options{.replicates = *rc::gen::inRange<std::size_t>(2, 40),
                                           .confidence = 0.8,
                                           .seed = *rc::gen::arbitrary<std::uint64_t>()};
    const auto intervals = emptor::bootstrap_means(views, options);
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::size_t rows = columns[c].size();
      Column means;
      for (std::size_t b = 0; b < options.replicates; ++b) {
        emptor::RandomStream random(options.seed, b);
        double sum = 0;
        for (std::size_t draw = 0; draw < rows; ++draw) {
          sum += columns[c][random.below(static_cast<std::uint32_t>(rows))];
        }
        means.push_back(sum / static_cast<double>(rows));
      }
      std::sort(means.begin(), means.end());
      const double place = 0.1 * static_cast<double>(means.size() - 1);
      const auto below = static_cast<std::size_t>(place);
      const double low =
          means[below] + (place - std::floor(place)) * (means[below + 1] - means[below]);
      RC_ASSERT(std::fabs(intervals[c].low - low) < 1e-9);
      RC_ASSERT(intervals[c].low <= intervals[c].high);
      RC_ASSERT(intervals[c].standard_error >= 0);
    }
  });
}

TEST_CASE("the sign-flip test does not care for the sign or the scale") {
  emptor::test::check_property("p(d) = p(-4 d)", [] {
    const auto columns = any_columns();
    Column scaled = columns[0];
    for (double& value : scaled) value *= -4;
    const std::vector<std::span<const double>> views = {columns[0], scaled};
    const auto p = emptor::sign_flip_test(views, {.replicates = 60});
    RC_ASSERT(p[0] == p[1]);
    RC_ASSERT(p[0] >= 1.0 / 61 && p[0] <= 1);
  });
}

}  // namespace
