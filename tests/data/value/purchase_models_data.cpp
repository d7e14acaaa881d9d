// BG/NBD, MBG/NBD and Pareto/NBD against parameters, customers and hard arguments that were
// computed independently (published packages, 50-digit arithmetic).

#include <cmath>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>

#include "emptor/value/bg_nbd.hpp"
#include "emptor/value/pareto_nbd.hpp"
#include "support/catch.hpp"
#include "support/cdnow.hpp"

namespace {

using namespace emptor;

const test::NumberTable& sample() {
  static const test::NumberTable table = test::read_cdnow_expected();
  return table;
}

/// The sample as it stands in the file; its weeks are rounded days / 7.
PurchasePattern pattern_at(std::size_t row) {
  return {static_cast<std::uint32_t>(sample().at(row, "x")),
          std::round(7 * sample().at(row, "tx")) / 7, std::round(7 * sample().at(row, "T")) / 7};
}

RepeatPurchases sample_purchases() {
  std::vector<std::uint32_t> repeats;
  std::vector<double> last, age;
  for (std::size_t i = 0; i < sample().rows.size(); ++i) {
    const PurchasePattern pattern = pattern_at(i);
    repeats.push_back(pattern.repeats);
    last.push_back(pattern.last);
    age.push_back(pattern.age);
  }
  return RepeatPurchases::from_histories(repeats, last, age);
}

struct ExpectedFit {
  std::vector<double> parameters;
  double log_likelihood = 0;
};

/// Reads expected_params.json, whose numbers stand one a line.
ExpectedFit expected_fit(const std::string& model) {
  std::ifstream file(test::data_dir() / "value" / "expected_params.json");
  ExpectedFit out;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.find('"' + model + '"') != std::string::npos) inside = true;
    if (!inside) continue;
    const auto colon = line.find("\"LL\":");
    if (colon != std::string::npos) {
      out.log_likelihood = std::stod(line.substr(colon + 5));
      return out;
    }
    char* end = nullptr;
    const double value = std::strtod(line.c_str(), &end);
    if (end != line.c_str()) out.parameters.push_back(value);
  }
  throw std::runtime_error("no fit of " + model);
}

void check_report(const ValueFitReport& report, const std::string& model) {
  const ExpectedFit expected = expected_fit(model);
  REQUIRE(expected.parameters.size() == 4);
  CAPTURE(model, report.evaluations, report.gradient);
  CHECK(report.converged);
  CHECK(report.dropout_identified);
  CHECK(report.gradient < 1e-4);
  CHECK(report.customers == 2357);
  CHECK(report.log_likelihood == Approx(expected.log_likelihood).epsilon(1e-9));
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(report.parameters[i].value == Approx(expected.parameters[i]).epsilon(1e-6));
    CHECK(report.parameters[i].standard_error > 0);
  }
}

/// How many customers' columns `<prefix>_ll`, `_palive`, `_cet39` are off by more than 1e-9.
std::size_t wrong_customers(const PurchaseModel& model, const std::string& prefix) {
  const auto off = [](double got, double wanted) {
    return !(std::abs(got - wanted) <= 1e-9 * std::abs(wanted));
  };
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < sample().rows.size(); ++i) {
    const PurchasePattern pattern = pattern_at(i);
    wrong += off(model.log_likelihood(pattern), sample().at(i, prefix + "_ll")) ||
             off(model.probability_alive(pattern), sample().at(i, prefix + "_palive")) ||
             off(model.expected_purchases(pattern, 39), sample().at(i, prefix + "_cet39"));
  }
  return wrong;
}

/// A decimal number that may lie below the smallest double: its natural logarithm.
double log_of(const std::string& text) {
  const auto e = text.find('e');
  if (e == std::string::npos) return std::log(std::stod(text));
  return std::log(std::stod(text.substr(0, e))) + std::stoi(text.substr(e + 1)) * std::log(10.0);
}

std::size_t wrong_stress_rows(
    const std::string& name,
    const std::function<std::unique_ptr<PurchaseModel>(const std::vector<double>&)>& make) {
  static const test::NumberTable table =
      test::read_numbers(test::data_dir() / "value" / "expected_stress.csv");
  constexpr double below = -300 * 2.302585092994046;
  std::size_t rows = 0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    if (table.texts[i][table.column("model")] != name) continue;
    ++rows;
    const auto at = [&](const char* column) { return table.at(i, column); };
    const std::unique_ptr<PurchaseModel> model = make({at("p1"), at("p2"), at("p3"), at("p4")});
    const PurchasePattern pattern{static_cast<std::uint32_t>(at("x")), at("tx"), at("T")};
    const auto close = [](double got, double wanted) {
      return std::abs(got - wanted) <= 1e-10 * std::abs(wanted);
    };
    bool right = close(model->log_likelihood(pattern), at("ll"));
    const auto check = [&](const char* column, double got, double log_got) {
      const double log_wanted = log_of(table.texts[i][table.column(column)]);
      if (log_wanted < below) {
        right = right && got >= 0 && got < 1e-300 && close(log_got, log_wanted);
      } else {
        right = right && close(got, at(column));
      }
    };
    const double log_alive = model->log_probability_alive(pattern);
    check("palive", model->probability_alive(pattern), log_alive);
    check("cet", model->expected_purchases(pattern, at("t")),
          log_alive + std::log(model->purchases_if_alive(pattern, at("t"))));
    if (!right) {
      UNSCOPED_INFO("row " << i + 2 << ": ll " << model->log_likelihood(pattern) / at("ll") - 1
                           << " cet " << model->expected_purchases(pattern, at("t")) / at("cet") - 1
                           << " alive " << model->probability_alive(pattern) / at("palive") - 1);
      ++wrong;
    }
  }
  CHECK(rows > 0);
  return wrong;
}

}  // namespace

TEST_CASE("BG/NBD and MBG/NBD of CDNOW's sample: parameters and log-likelihood") {
  const RepeatPurchases bought = sample_purchases();
  const FittedBgNbd bg = fit_bg_nbd(bought);
  check_report(bg.report, "bgnbd");
  CHECK(bg.report.evaluations <= 40);
  const FittedBgNbd mbg = fit_mbg_nbd(bought);
  check_report(mbg.report, "mbgnbd");
  CHECK(mbg.report.evaluations <= 40);
}

TEST_CASE("Pareto/NBD of CDNOW's sample: parameters and log-likelihood") {
  const FittedParetoNbd pareto = fit_pareto_nbd(sample_purchases());
  check_report(pareto.report, "pnbd");
  CHECK(pareto.report.evaluations <= 50);
}

TEST_CASE("Pareto/NBD of every customer of CDNOW's sample, with discounted purchases") {
  const std::vector<double> p = expected_fit("pnbd").parameters;
  const ParetoNbdModel model({p[0], p[1], p[2], p[3]});
  CHECK(wrong_customers(model, "pnbd") == 0);
  const double rate = std::log(1.15) / 52;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < sample().rows.size(); ++i) {
    const double wanted = sample().at(i, "pnbd_dert_15pa");
    wrong += !(std::abs(model.discounted_purchases(pattern_at(i), rate) - wanted) <= 1e-9 * wanted);
  }
  CHECK(wrong == 0);
}

TEST_CASE("Pareto/NBD at hard arguments") {
  CHECK(wrong_stress_rows("pnbd", [](const std::vector<double>& p) {
          return std::make_unique<ParetoNbdModel>(ParetoNbdParameters{p[0], p[1], p[2], p[3]});
        }) == 0);
}

TEST_CASE("BG/NBD and MBG/NBD of every customer of CDNOW's sample") {
  const auto model = [](const std::string& name, BgNbdVariant variant) {
    const std::vector<double> p = expected_fit(name).parameters;
    return BgNbdModel({p[0], p[1], p[2], p[3]}, variant);
  };
  CHECK(wrong_customers(model("bgnbd", BgNbdVariant::bg), "bgnbd") == 0);
  CHECK(wrong_customers(model("mbgnbd", BgNbdVariant::mbg), "mbgnbd") == 0);
}

TEST_CASE("BG/NBD at hard arguments") {
  CHECK(wrong_stress_rows("bgnbd", [](const std::vector<double>& p) {
          return std::make_unique<BgNbdModel>(BgNbdParameters{p[0], p[1], p[2], p[3]});
        }) == 0);
}

TEST_CASE("all 23,570 customers of CDNOW from raw orders, in days and in weeks") {
  const test::CdnowOrders shop = test::read_cdnow("master");
  const auto fits = [&](double days_per_unit) {
    const RepeatPurchases bought = RepeatPurchases::from_orders(
        shop.orders, 0, {.as_of = test::cdnow_as_of, .days_per_unit = days_per_unit});
    return std::vector<ValueFitReport>{fit_bg_nbd(bought).report, fit_mbg_nbd(bought).report,
                                       fit_pareto_nbd(bought).report};
  };
  const std::vector<ValueFitReport> weeks = fits(7);
  const std::vector<ValueFitReport> days = fits(1);
  for (std::size_t m = 0; m < weeks.size(); ++m) {
    CHECK(weeks[m].converged);
    CHECK(days[m].converged);
    const double repeats = (weeks[m].log_likelihood - days[m].log_likelihood) / std::log(7);
    CHECK(repeats == Approx(std::round(repeats)).epsilon(1e-9));
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string& name = weeks[m].parameters[i].name;
      const double unit = name == "alpha" || name == "beta" ? 7 : 1;
      CHECK(days[m].parameters[i].value ==
            Approx(unit * weeks[m].parameters[i].value).epsilon(1e-7));
    }
  }
}
