// Optimal binning against all binnings, WoE by hand, points that add up, reasons, archives.

#include "emptor/score/credit_card.hpp"

#include <algorithm>
#include <cmath>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

ScoreTable numbers(const std::vector<double>& x) {
  ScoreTableBuilder builder;
  builder.number("x", x);
  return builder.finish();
}

TEST_CASE("weights of evidence and information value by hand") {
  // Good and bad: 40 + 10 below 1, 30 + 30 from 1, 20 + 40 from 2, 10 + 20 missing.
  std::vector<double> x;
  std::vector<double> bad;
  const auto put = [&](double value, int goods, int bads) {
    for (int i = 0; i < goods + bads; ++i) {
      x.push_back(value);
      bad.push_back(i < goods ? 0 : 1);
    }
  };
  put(0, 40, 10);
  put(1, 30, 30);
  put(2, 20, 40);
  put(missing_value, 10, 20);
  const WoeVariable v = bin_variable(numbers(x), 0, bad);
  REQUIRE(v.bins.size() == 4);
  CHECK(v.bins[0].woe == Approx(std::log(4.0)));
  CHECK(v.bins[1].woe == Approx(0.0).margin(1e-15));
  CHECK(v.bins[2].woe == Approx(-std::log(2.0)));
  CHECK(v.bins[3].woe == Approx(-std::log(2.0)));
  CHECK(v.iv == Approx(0.3 * std::log(4.0) + 0.2 * std::log(2.0) + 0.1 * std::log(2.0)));
  CHECK(v.rising);
  CHECK(v.bins[1].from == 1);
  CHECK(v.bins[1].to == 2);
  CHECK(woe_bin(v, -1e30F) == 0);
  CHECK(woe_bin(v, 1.0F) == 1);
  CHECK(woe_bin(v, 1e30F) == 2);
  CHECK(woe_bin(v, missing_value) == 3);
}

/// The greatest information value of all binnings of values 0 … n−1, with the same rules.
double best_of_all(const std::vector<double>& good, const std::vector<double>& bad, double least,
                   std::size_t most, int sign) {
  const std::size_t n = good.size();
  double goods = 0;
  double bads = 0;
  for (std::size_t i = 0; i < n; ++i) goods += good[i], bads += bad[i];
  double best = -1;
  for (unsigned cuts = 0; cuts < 1U << (n - 1); ++cuts) {
    double iv = 0;
    double g = 0;
    double b = 0;
    double last = sign > 0 ? -1 : 2;
    std::size_t bins = 0;
    bool sound = true;
    for (std::size_t i = 0; i < n; ++i) {
      g += good[i];
      b += bad[i];
      if (i + 1 < n && (cuts >> i & 1U) == 0) continue;
      const double rate = b / (g + b);
      sound = sound && g + b >= least && (sign == 0 || (sign > 0 ? rate >= last : rate <= last));
      last = rate;
      const double more = g == 0 || b == 0 ? 0.5 : 0;
      iv += ((g + more) / goods - (b + more) / bads) *
            std::log(((g + more) / goods) / ((b + more) / bads));
      ++bins;
      g = b = 0;
    }
    if (sound && bins <= most) best = std::max(best, iv);
  }
  return best;
}

TEST_CASE("binning is the best of all binnings of small data") {
  RandomStream random(7, 0);
  for (int trial = 0; trial < 150; ++trial) {
    const std::size_t n = 2 + random.below(9);
    std::vector<double> good(n);
    std::vector<double> bad(n);
    std::vector<double> x;
    std::vector<double> target;
    for (std::size_t i = 0; i < n; ++i) {
      good[i] = 1 + static_cast<double>(random.below(8));
      bad[i] = static_cast<double>(random.below(8));
      for (int k = 0; k < good[i] + bad[i]; ++k) {
        x.push_back(static_cast<double>(i));
        target.push_back(k < good[i] ? 0 : 1);
      }
    }
    if (std::count(target.begin(), target.end(), 1.0) == 0) continue;
    WoeBinningOptions options;
    options.max_bins = 1 + random.below(6);
    options.least_share = 0.1;
    const double least = 0.1 * static_cast<double>(x.size());
    const auto best = [&](int sign) {
      return best_of_all(good, bad, least, options.max_bins, sign);
    };
    const ScoreTable table = numbers(x);
    options.trend = WoeTrend::rising;
    CHECK(bin_variable(table, 0, target, options).iv == Approx(best(1)).margin(1e-9));
    options.trend = WoeTrend::falling;
    CHECK(bin_variable(table, 0, target, options).iv == Approx(best(-1)).margin(1e-9));
    options.trend = WoeTrend::any;
    CHECK(bin_variable(table, 0, target, options).iv == Approx(best(0)).margin(1e-9));
    options.trend = WoeTrend::either;
    const WoeVariable v = bin_variable(table, 0, target, options);
    CHECK(v.iv == Approx(std::max(best(1), best(-1))).margin(1e-9));
    CHECK(v.bins.size() <= options.max_bins + 1);
  }
}

TEST_CASE("categories by event rate, special values, weights, what cannot be") {
  ScoreTableBuilder builder;
  builder.category("c", {"a", "b", "c", "a", "b", "c", "", "a"});
  builder.number("n", {1, 2, -999, 1, 2, -999, 3, missing_value});
  builder.number("k", {5, 5, 5, 5, 5, 5, 5, 5});
  const ScoreTable table = builder.finish();
  const std::vector<double> bad{0, 1, 0, 0, 1, 1, 1, 0};
  WoeBinningOptions options;
  options.special = {-999};
  options.rare_rows = 0;
  const WoeVariable c = bin_variable(table, 0, bad, options);
  CHECK(c.bins.front().categories == std::vector<std::uint32_t>{0});
  CHECK(woe_bin(c, 1) == 2);
  CHECK(woe_bin(c, 77) == 3);  // a category that is none is missing
  const WoeVariable n = bin_variable(table, 1, bad, options);
  CHECK(n.bins[woe_bin(n, -999)].kind == WoeBinKind::special);
  CHECK(n.bins[woe_bin(n, -999)].good == 1);
  CHECK(n.bins.back().good == 1);
  const std::vector<double> twice(8, 2);
  CHECK(bin_variable(table, 1, bad, options, twice).bins[0].bad == 2 * n.bins[0].bad);
  CHECK(bin_variable(table, 2, bad).constant);
  CHECK_THROWS_AS(bin_variable(table, 3, bad), Exception);
  CHECK_THROWS_AS(bin_variable(table, 0, std::vector<double>(8, 0.5)), Exception);
  CHECK_THROWS_AS(bin_variable(table, 0, std::vector<double>(7)), Exception);
  options.max_bins = 0;
  CHECK_THROWS_AS(bin_variable(table, 0, bad, options), Exception);
}

TEST_CASE("categories that are nearly row numbers tell nothing") {
  RandomStream random(5, 0);
  std::vector<std::string> ids;
  std::vector<double> bad;
  for (int i = 0; i < 2000; ++i) {
    // The regions are real, a tenth of the rows have a name of their own.
    const bool own = random.below(10) == 0;
    const auto region = random.below(4);
    ids.push_back(own ? "own " + std::to_string(i) : "region " + std::to_string(region));
    bad.push_back(random.uniform() < (own ? .3 : .1 + .15 * static_cast<double>(region)) ? 1 : 0);
  }
  ScoreTableBuilder builder;
  builder.category("mixed", ids);
  for (int i = 0; i < 2000; ++i) ids[static_cast<std::size_t>(i)] = std::to_string(i);
  builder.category("id", ids);
  const ScoreTable table = builder.finish();
  WoeBinningOptions options;
  CHECK(bin_variable(table, 1, bad, options).iv < .1);  // of bins of a hundred rows by chance
  const WoeVariable mixed = bin_variable(table, 0, bad, options);
  CHECK(mixed.iv == Approx(.608).margin(.1));  // of the rates above, without chance
  options.rare_rows = 0;
  CHECK(bin_variable(table, 1, bad, options).iv > 5);
}

/// Two numbers and a category; the log odds of bad rise with the first.
struct Loans {
  ScoreTable table;
  std::vector<double> bad;
  Loans() {
    RandomStream random(3, 0);
    std::vector<double> debt;
    std::vector<double> noise;
    std::vector<std::string> home;
    for (int i = 0; i < 3000; ++i) {
      debt.push_back(random.uniform());
      noise.push_back(random.uniform());
      home.emplace_back(random.below(2) == 0 ? "own" : "rent");
      const double z = -2 + 3 * debt.back() + (home.back() == "rent" ? 0.7 : 0);
      bad.push_back(random.uniform() < 1 / (1 + std::exp(-z)) ? 1 : 0);
      if (i % 10 == 0) debt.back() = missing_value;
    }
    ScoreTableBuilder builder;
    builder.number("debt", debt).number("noise", noise).category("home", home);
    table = builder.finish();
  }
};

TEST_CASE("credit cards: points add up, double the odds, give reasons") {
  const Loans loans;
  CreditCardOptions options;
  options.whole_points = false;
  options.penalty = 1e-6;
  options.least_iv = 0.05;  // bins fitted to noise reach some hundredths by chance
  const CreditCardFit fit = fit_credit_card(loans.table, loans.bad, options);
  const CreditCard& card = fit.model;
  CHECK(fit.report.converged);
  REQUIRE(card.variables().size() == 2);
  CHECK(fit.report.left_out == std::vector<std::size_t>{1});
  CHECK(card.variables()[0].rising);
  // Beside another variable a coefficient is above 1: log odds given both are further from 0 than
  // those given one alone. Of one variable the weights of evidence are the log odds: exactly 1.
  for (const WoeVariable& one : card.variables()) CHECK(one.coefficient > 1);
  std::vector<double> debt;
  for (std::size_t r = 0; r < loans.table.rows(); ++r) debt.push_back(loans.table.row(r)[0]);
  ScoreTableBuilder alone;
  alone.number("debt", debt);
  const CreditCardFit single = fit_credit_card(alone.finish(), loans.bad, options);
  REQUIRE(single.model.variables().size() == 1);
  CHECK(single.model.variables()[0].coefficient == Approx(1).epsilon(1e-6));
  double sum = 0;
  double expected = 0;
  std::vector<double> parts(2);
  for (std::size_t r = 0; r < loans.table.rows(); ++r) {
    const auto row = loans.table.row(r);
    card.explain(row, parts);
    CHECK(card.base() + parts[0] + parts[1] == card.points(row));
    const double p = card.score(row);
    CHECK(card.points(row) == Approx(600 + 20 * std::log2((1 - p) / p / 50)));
    sum += p;
    expected += loans.bad[r];
    for (const CreditReason& one : card.reasons(row, 4)) {
      CHECK(one.loss > 0);
      CHECK(one.points == parts[one.variable]);
    }
  }
  CHECK(sum == Approx(expected).epsilon(1e-6));  // what the intercept sees to
  options.whole_points = true;
  const CreditCard whole = fit_credit_card(loans.table, loans.bad, options).model;
  std::vector<float> row = whole.schema().row();
  whole.schema().set(row, "debt", 0.99);
  whole.schema().set(row, "home", "rent");
  CHECK(whole.points(row) == std::round(whole.points(row)));
  const std::vector<CreditReason> reasons = whole.reasons(row, 4);
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[0].variable == 0);
  CHECK(reasons[0].loss > reasons[1].loss);
  CHECK(whole.reasons(row, 1, CreditReasonBase::average).size() == 1);
  CHECK(CreditCard::load(whole.save()).value() == whole);
}

TEST_CASE("the regression of a credit card ends where its gradient is 0") {
  // The last steps gain less than the rounding of the likelihood.
  RandomStream random(11, 0);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<double> x, z, bad;
    for (int i = 0; i < 300; ++i) {
      x.push_back(random.uniform());
      z.push_back(random.uniform());
      bad.push_back(x.back() + random.uniform() > 1 ? 1 : 0);
    }
    ScoreTableBuilder builder;
    builder.number("x", x).number("z", z);
    const ScoreTable table = builder.finish();
    const CreditCardFit fit = fit_credit_card(table, bad, {.least_iv = 0, .whole_points = false});
    CHECK(fit.report.converged);
    CHECK(fit.report.steps < 12);
    double expected = 0;
    double seen = 0;
    for (std::size_t r = 0; r < table.rows(); ++r) {
      expected += fit.model.score(table.row(r));
      seen += bad[r];
    }
    CHECK(expected == Approx(seen).epsilon(1e-9));
  }
}

TEST_CASE("credit cards of separated, constant and one-sided data are finite") {
  std::vector<double> x;
  std::vector<double> bad;
  for (int i = 0; i < 100; ++i) {
    x.push_back(i);
    bad.push_back(i < 50 ? 0 : 1);
  }
  const CreditCardFit apart = fit_credit_card(numbers(x), bad);
  CHECK(apart.report.converged);
  CHECK(std::isfinite(apart.model.points(std::vector<float>{10})));
  CHECK(apart.model.score(std::vector<float>{10}) < 0.1);
  CHECK(apart.model.score(std::vector<float>{90}) > 0.9);
  const CreditCardFit one = fit_credit_card(numbers(x), std::vector<double>(100, 0.0));
  CHECK(one.report.one_class);
  CHECK(one.model.score(std::vector<float>{10}) < 0.01);
  const CreditCardFit none = fit_credit_card(numbers(std::vector<double>(100, missing_value)), bad);
  CHECK(none.model.variables().empty());
  CHECK(none.model.score(std::vector<float>{1}) == Approx(0.5).margin(0.01));
  const Context stopping{.progress = [](const ProgressStep&) { return Go::stop; }};
  CHECK_THROWS_AS(fit_credit_card(numbers(x), bad, {}, {}, stopping), Exception);
}

TEST_CASE("hostile archives of credit cards are refused") {
  const Loans loans;
  const std::vector<std::byte> good = fit_credit_card(loans.table, loans.bad).model.save();
  for (std::size_t i = 0; i < good.size(); i += 7) {
    std::vector<std::byte> bad = good;
    bad[i] ^= std::byte{4};
    CHECK_FALSE(CreditCard::load(bad).has_value());
    CHECK_FALSE(CreditCard::load(std::span(good).first(i)).has_value());
  }
  // Damage with a right checksum: refused, or a card that can be used.
  const ArchiveReader reader = ArchiveReader::open(good, "credit-card", 1).value();
  const std::size_t length = reader.section("card").value().remaining();
  for (std::size_t i = 0; i < length; ++i) {
    for (const int flip : {1, 128, 255}) {
      SectionReader section = reader.section("card").value();
      ArchiveWriter writer("credit-card", 1);
      SectionWriter& out = writer.section("card");
      for (std::size_t b = 0; b < length; ++b) {
        const auto byte = section.get<std::uint8_t>();
        out.put(static_cast<std::uint8_t>(b == i ? byte ^ flip : byte));
      }
      const Result<CreditCard> card = CreditCard::load(std::move(writer).finish());
      if (!card) continue;
      const std::vector<float> row(card->schema().size(), 1.0F);
      CHECK(std::isfinite(card->points(row)));
      (void)card->reasons(row, 3);
    }
  }
}

}  // namespace
