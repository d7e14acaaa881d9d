#include "risk_exports.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/core/time.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "emptor/report/sections_anomaly.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Result;

constexpr emptor::CsvWriteOptions for_spreadsheets{.guard_formulas = true};

std::string number_text(double value, int decimals) {
  return std::isfinite(value) ? emptor::fixed(value, decimals) : std::string();
}

std::string day_text(emptor::Time time) {
  return time == emptor::Time::min() ? std::string() : emptor::to_string(emptor::local_day(time));
}

Result<void> write_churn(const ShopTables& shop, const Churn& churn, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer", "leaves", "value", "at_risk", "why"});
  std::vector<std::string> why(churn.customers.size());
  for (const emptor::ChurnWarning& warning : churn.watch.warnings) {
    for (const emptor::ChurnReason& reason : warning.reasons) {
      std::string& words = why[warning.row];
      words += emptor::text(words.empty() ? "" : "; ", reason.what, ": ", reason.reading);
    }
  }
  std::vector<std::size_t> order(churn.customers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto at_risk = [&](std::size_t row) { return churn.probability[row] * churn.value[row]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return at_risk(a) > at_risk(b); });
  for (const std::size_t row : order) {
    file->field(shop.customers.key(churn.customers[row]))
        .field(churn.probability[row], 4)
        .field(churn.value[row], 2)
        .field(at_risk(row), 2)
        .field(why[row])
        .end_row();
  }
  return file->close();
}

Result<void> write_satisfaction(const Satisfaction& found, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"measure", "group", "answers", "value", "low", "high", "drawn_to_mean"});
  const auto row = [&](const emptor::SatisfactionEstimate& one, std::string_view group,
                       double shrunk) {
    file->field(name(one.measure))
        .field(group)
        .field(static_cast<std::int64_t>(one.answers))
        .field(number_text(one.value, 2))
        .field(number_text(one.low, 2))
        .field(number_text(one.high, 2))
        .field(number_text(shrunk, 2))
        .end_row();
  };
  for (std::size_t v = 0; v < found.views.size(); ++v) {
    const emptor::SatisfactionReport& report = found.views[v].report;
    row(report.total, "all", std::nan(""));
    for (const emptor::SatisfactionGroup& group : report.groups) {
      row(group.estimate, found.channels[group.group], report.shrunk ? group.shrunk : std::nan(""));
    }
    for (const emptor::SatisfactionPoint& point : found.trends[v].points) {
      row(point.estimate, emptor::month_label(point.month), point.level);
    }
  }
  return file->close();
}

Result<void> write_reviews(const ReviewFile& reviews, const Reviews& found,
                           const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer", "item", "day", "rating", "feels", "made_up", "signals"});
  for (std::size_t r = 0; r < reviews.texts.size(); ++r) {
    std::string signals;
    for (const emptor::ReviewSignal& signal : found.suspicions[r].signals()) {
      signals += emptor::text(signals.empty() ? "" : "; ", name(signal.kind));
    }
    file->field(reviews.reviewer_keys.key(emptor::Customer{reviews.reviewers[r]}))
        .field(reviews.item_keys.key(emptor::Item{reviews.items[r]}))
        .field(day_text(reviews.times[r]))
        .field(number_text(reviews.ratings[r], 0))
        .field(found.feelings.empty() ? std::string() : emptor::fixed(found.feelings[r], 3))
        .field(found.suspicions[r].probability(), 3)
        .field(signals)
        .end_row();
  }
  return file->close();
}

Result<void> write_leads(const Leads& leads, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"lead", "grade", "points", "fit", "engagement", "why"});
  for (const emptor::LeadView& lead : leads.best) {
    std::string why;
    for (const std::string& sentence : emptor::sentences(lead.why)) {
      why += emptor::text(why.empty() ? "" : "; ", sentence);
    }
    file->field(lead.name)
        .field(lead.why.grade_name)
        .field(emptor::points_text(lead.why.points.total))
        .field(emptor::points_text(lead.why.points.axes[0]))
        .field(emptor::points_text(lead.why.points.axes[1]))
        .field(why)
        .end_row();
  }
  return file->close();
}

Result<void> write_unusual(const ShopTables& shop, const Incidents& found,
                           const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"order", "customer", "day", "amount", "score", "p_value", "why"});
  const emptor::Currency currency = shop.orders.currency();
  for (const emptor::OrderAlarm& alarm : found.unusual.top) {
    std::vector<emptor::OrderReason> reasons(alarm.anomaly.reasons.begin(),
                                             alarm.anomaly.reasons.end());
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const auto& a, const auto& b) { return a.surprise > b.surprise; });
    std::string why;
    for (const emptor::OrderReason& reason : reasons) {
      if (reason.surprise < 1.6) continue;
      why += emptor::text(why.empty() ? "" : "; ",
                          emptor::order_reason_text(reason, alarm.amount, currency));
    }
    file->field(found.orders[alarm.row])
        .field(shop.customers.key(alarm.customer))
        .field(day_text(alarm.time))
        .field(emptor::decimal_text(alarm.amount, currency.digits()))
        .field(alarm.anomaly.score, 2)
        .field(alarm.anomaly.p_value, 5)
        .field(why)
        .end_row();
  }
  return file->close();
}

Result<void> write_rates(const emptor::ComplaintRates& rates, const std::string& group,
                         const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({group, "cases", "exposure", "rate", "low", "high", "drawn_to_mean", "place"});
  for (const emptor::ComplaintGroup& one : rates.groups) {
    file->field(one.name)
        .field(one.cases, 0)
        .field(one.exposure, 0)
        .field(number_text(one.rate, 5))
        .field(number_text(one.low, 5))
        .field(number_text(one.high, 5))
        .field(number_text(one.shrunk, 5))
        .field(name(one.place))
        .end_row();
  }
  return file->close();
}

}  // namespace

Result<void> write_incident_exports(const ShopTables& shop, const Incidents& found,
                                    const std::filesystem::path& out) {
  const auto path = [&](const char* name) { return (out / name).string(); };
  if (found.unusual.orders > 0) {
    if (auto done = write_unusual(shop, found, path("unusual_orders.csv")); !done) return done;
  }
  if (auto done = write_rates(found.returns, "group", path("returns.csv")); !done) return done;
  if (!found.cases) return {};
  return write_rates(found.cases->by_channel, "channel", path("case_rates.csv"));
}

Result<void> write_risk_exports(const ShopTables& shop, const Churn& churn, const Voices& voices,
                                const std::filesystem::path& out) {
  const auto path = [&](const char* name) { return (out / name).string(); };
  if (churn.problem.empty()) {
    if (auto done = write_churn(shop, churn, path("churn.csv")); !done) return done;
  }
  if (voices.satisfaction) {
    auto done = write_satisfaction(*voices.satisfaction, path("satisfaction.csv"));
    if (!done) return done;
  }
  if (voices.reviews) {
    auto done = write_reviews(*voices.review_file, *voices.reviews, path("reviews_read.csv"));
    if (!done) return done;
  }
  if (voices.leads) return write_leads(*voices.leads, path("leads_graded.csv"));
  return {};
}

}  // namespace storefront
