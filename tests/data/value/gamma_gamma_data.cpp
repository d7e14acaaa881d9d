// Gamma-gamma on the CDNOW sample, against parameters and expectations computed independently. The
// means of the file are rounded to cents, as those were that the parameters were computed from.

#include "emptor/value/gamma_gamma.hpp"

#include <cmath>
#include <fstream>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

struct Row {
  SpendHistory history;
  double expected_spend;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> read = [] {
    std::vector<Row> out;
    std::ifstream file(test::data_dir() / "value" / "cdnow" / "expected_sample.csv");
    std::string line;
    std::getline(file, line);
    const auto names = test::csv_fields(line);
    REQUIRE(names.at(1) == "x");
    REQUIRE(names.at(16) == "zbar");
    REQUIRE(names.at(17) == "gg_expected_spend");
    while (std::getline(file, line)) {
      const auto f = test::csv_fields(line);
      out.push_back(
          {{.purchases = test::number<std::uint32_t>(f[1]), .mean = test::number<double>(f[16])},
           test::number<double>(f[17])});
    }
    return out;
  }();
  return read;
}

constexpr GammaGammaParameters golden{
    .p = 6.248802298358801, .q = 3.744588567999017, .v = 15.447749462600836};

}  // namespace

TEST_CASE("gamma-gamma finds the parameters of the CDNOW sample") {
  std::vector<SpendHistory> histories;
  for (const Row& row : rows()) histories.push_back(row.history);
  REQUIRE(histories.size() == 2357);
  const FittedGammaGamma fit = fit_gamma_gamma(histories);
  CHECK(fit.report.converged);
  CHECK(fit.report.log_likelihood == Approx(-4055.923243502858).epsilon(1e-10));
  CHECK(fit.model.parameters().p == Approx(golden.p).epsilon(1e-6));
  CHECK(fit.model.parameters().q == Approx(golden.q).epsilon(1e-6));
  CHECK(fit.model.parameters().v == Approx(golden.v).epsilon(1e-6));
  // The paper, section 5: 6.25, 3.74, 15.44 over 946 customers, whose correlation is .11.
  CHECK(fit.report.customers == 946);
  CHECK(std::abs(fit.report.correlation - 0.11) < 0.005);
  CHECK_FALSE(fit.report.correlated);
  CHECK(fit.report.without_purchase + fit.report.without_spend == 2357 - 946);
  CHECK(fit.report.evaluations < 60);
}

TEST_CASE("gamma-gamma expects of each customer what was computed independently") {
  const GammaGammaModel model(golden);
  for (const Row& row : rows()) {
    CHECK(model.expected_spend(row.history) == Approx(row.expected_spend).epsilon(1e-9));
  }
}
