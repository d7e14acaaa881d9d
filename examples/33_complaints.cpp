// Complaints: which items stand out, what grows, how long cases take, and which order may be next.

#include <cmath>
#include <iostream>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/score/complaint.hpp"
#include "emptor/score/logistic.hpp"

int main() {
  using namespace emptor;
  // Returns by item; a lamp that was sold four times says little.
  std::vector<ComplaintCount> items = {{"lamp", 2, 4}, {"kettle", 90, 600}, {"mug", 11, 900}};
  for (int i = 0; i < 9; ++i) items.push_back({text("other ", i), 24.0 + i, 600});
  const ComplaintRates rates = complaint_rates(items, {.share = true, .funnel_points = 0});
  std::cout << "all: " << fixed(100 * rates.rate, 1) << " %\n";
  for (std::size_t i = 0; i < 3; ++i) {
    const ComplaintGroup& item = rates.groups[i];
    std::cout << item.name << ": " << fixed(100 * item.rate, 1) << " % ("
              << fixed(100 * item.low, 1) << " to " << fixed(100 * item.high, 1) << "), shrunk "
              << fixed(100 * item.shrunk, 1) << " %, " << name(item.place) << "\n";
  }

  // Cases by month: "broken" doubles in the last one.
  const std::vector<std::string> names = {"late", "broken"};
  const Day start = std::chrono::year{2026} / 1 / 1;
  std::vector<CaseRecord> cases;
  for (int month = 0; month < 6; ++month) {
    for (int i = 0; i < (month == 5 ? 50 : 20); ++i) {
      const Time opened = start + std::chrono::days{30 * month + i / 2 + 2};
      cases.push_back({1, opened, opened + std::chrono::hours{6 * (i + 1)}});
      if (i < 20) cases.push_back({0, opened, opened + std::chrono::hours{i + 1}});
    }
  }
  const CaseTrends trends =
      case_trends(cases, names, {}, {.first_month = month_number(start), .months = 6});
  for (const CaseTrend& trend : trends.categories) {
    std::cout << trend.category << ": " << trend.recent << " cases, expected "
              << fixed(trend.expected, 0) << ", at least " << fixed(trend.ratio_low, 2)
              << " times the rate" << (trend.changed ? ", changed" : "") << "\n";
  }
  const Time now = start + std::chrono::days{170};
  for (const CaseTimes& times : case_times(cases, names, {.as_of = now})) {
    std::cout << times.category << ": " << times.open << " open, half are closed within "
              << fixed(times.median, 1) << " days\n";
  }

  // The risk that an order ends in a complaint: a logistic model on what is known when it is sent.
  RandomStream random(1);
  std::vector<double> days, earlier, complained;
  std::vector<std::string> carrier;
  for (int i = 0; i < 4000; ++i) {
    days.push_back(random.below(8));
    earlier.push_back(random.below(3));
    carrier.push_back(random.bernoulli(.5) ? "quick" : "slow");
    const double logit = -5 + .4 * days.back() + .7 * earlier.back();
    complained.push_back(random.bernoulli(1 / (1 + std::exp(-logit))) ? 1 : 0);
  }
  const ScoreTable table = ScoreTableBuilder()
                               .number("days to deliver", days)
                               .number("earlier complaints", earlier)
                               .category("carrier", carrier)
                               .finish();
  const LogisticFit fit = fit_logistic(table, complained);
  std::vector<float> order = fit.model.schema().row();
  fit.model.schema().set(order, "days to deliver", 7);
  fit.model.schema().set(order, "earlier complaints", 2);
  fit.model.schema().set(order, "carrier", "quick");
  std::vector<double> parts(table.columns());
  fit.model.predictor().explain(order, parts);
  std::cout << "risk " << fixed(100 * fit.model.score(order), 0) << " %:";
  for (std::size_t c = 0; c < parts.size(); ++c) {
    std::cout << " " << table.schema()[c].name << " " << fixed(parts[c], 1)
              << (c + 1 < parts.size() ? "," : "\n");
  }
}
