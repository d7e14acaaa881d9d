// BG/BB on the donations of Fader, Hardie and Shang, against parameters and expectations computed
// independently in high precision.

#include "emptor/value/bg_bb.hpp"

#include <cmath>
#include <fstream>

#include "support/catch.hpp"
#include "support/data.hpp"
#include "support/online_retail.hpp"

namespace {

using namespace emptor;

struct Cell {
  OpportunityCounts counts;
  double log_likelihood, alive_next, expected_5;
};

const std::vector<Cell>& cells() {
  static const std::vector<Cell> read = [] {
    std::vector<Cell> out;
    std::ifstream file(test::data_dir() / "value" / "donations" / "expected.csv");
    std::string line;
    std::getline(file, line);
    REQUIRE(line == "x,tx,n,w,ll,palive_n1,cet5");
    while (std::getline(file, line)) {
      const auto f = test::csv_fields(line);
      using test::number;
      out.push_back({{.bought = number<std::uint32_t>(f[0]),
                      .last = number<std::uint32_t>(f[1]),
                      .periods = number<std::uint32_t>(f[2]),
                      .weight = number<double>(f[3])},
                     number<double>(f[4]),
                     number<double>(f[5]),
                     number<double>(f[6])});
    }
    return out;
  }();
  return read;
}

constexpr BgBbParameters golden{.alpha = 1.2035221915009555,
                                .beta = 0.749716320161557,
                                .gamma = 0.6567181486990412,
                                .delta = 2.7834420890116487};

}  // namespace

TEST_CASE("BG/BB finds the parameters of the donations") {
  std::vector<OpportunityCounts> rows;
  for (const Cell& cell : cells()) rows.push_back(cell.counts);
  REQUIRE(rows.size() == 22);
  const FittedBgBb fit = fit_bg_bb(rows);
  CHECK(fit.report.converged);
  CHECK(fit.report.dropout_identified);
  CHECK(fit.report.log_likelihood == Approx(-33225.581274346994).epsilon(1e-10));
  const BgBbParameters p = fit.model.parameters();
  CHECK(p.alpha == Approx(golden.alpha).epsilon(1e-6));
  CHECK(p.beta == Approx(golden.beta).epsilon(1e-6));
  CHECK(p.gamma == Approx(golden.gamma).epsilon(1e-6));
  CHECK(p.delta == Approx(golden.delta).epsilon(1e-6));
  CHECK(fit.report.customers == 11'104);
  CHECK(fit.report.evaluations < 60);
  // The paper, table 3: 1.204, 0.750, 0.657, 2.783, log-likelihood -33,225.6.
  CHECK(std::round(p.alpha * 1000) == 1204);
  CHECK(std::round(p.beta * 1000) == 750);
  CHECK(std::round(p.gamma * 1000) == 657);
  CHECK(std::round(p.delta * 1000) == 2783);
}

TEST_CASE("BG/BB tells of each cell what was computed in high precision") {
  const BgBbModel model(golden);
  for (const Cell& cell : cells()) {
    CHECK(model.log_likelihood(cell.counts) == Approx(cell.log_likelihood).epsilon(1e-9));
    CHECK(model.probability_alive(cell.counts) == Approx(cell.alive_next).epsilon(1e-9));
    CHECK(model.expected_purchases(cell.counts, 5) == Approx(cell.expected_5).epsilon(1e-9));
  }
}
