#include "exports.hpp"

#include <cmath>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/money.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "shelf.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Result;

constexpr emptor::CsvWriteOptions for_spreadsheets{.guard_formulas = true};

std::string_view kind_name(Reason::Kind kind) {
  switch (kind) {
    case Reason::Kind::items:
      return "purchases";
    case Reason::Kind::words:
      return "features";
    case Reason::Kind::rule:
      return "rule";
    case Reason::Kind::friends:
      return "friends";
    case Reason::Kind::popular:
      return "popular";
    case Reason::Kind::nothing:
      break;
  }
  return "";
}

/// A number, or nothing for one that is not known.
std::string known(double value, int decimals) {
  return std::isfinite(value) ? emptor::fixed(value, decimals) : std::string();
}

/// The name of the cluster of each customer, or nothing.
std::vector<std::string_view> cluster_names(const Findings& found) {
  std::vector<std::string_view> out(found.shop.customers.size());
  if (!found.groups->clusters) return out;
  const emptor::CustomerClusters& clusters = *found.groups->clusters;
  for (std::size_t row = 0; row < clusters.cluster_of.size(); ++row) {
    out[index(clusters.customers[row])] = clusters.clusters[clusters.cluster_of[row]].name;
  }
  return out;
}

Result<void> write_customers(const Findings& found, const std::string& path) {
  const ShopTables& shop = found.shop;
  const Analysis& analysis = *found.analysis;
  const auto& values = found.worth->values;
  const std::vector<std::string_view> clusters = cluster_names(found);
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer",
             "orders",
             "items",
             "sales",
             "refunds",
             "net",
             "first_order",
             "last_order",
             "recency_days",
             "median_gap_days",
             "r",
             "f",
             "m",
             "segment",
             "tier",
             "stage",
             "cluster",
             "p_alive",
             "expected_purchases",
             "value"});
  const int scale = analysis.features.price_scale;
  for (std::size_t c = 0; c < shop.customers.size(); ++c) {
    const emptor::Customer customer = emptor::id_at<emptor::Customer>(c);
    const emptor::CustomerFeatures& seen = analysis.features.customers[c];
    file->field(shop.customers.key(customer))
        .field(std::int64_t{seen.orders})
        .field(std::int64_t{seen.distinct_items})
        .field(emptor::decimal_text(seen.sales, scale))
        .field(emptor::decimal_text(seen.refunds, scale))
        .field(emptor::decimal_text(seen.net(), scale))
        .field(seen.first_order ? emptor::to_string(*seen.first_order) : "")
        .field(seen.last_order ? emptor::to_string(*seen.last_order) : "")
        .field(seen.recency_days ? emptor::text(*seen.recency_days) : "")
        .field(seen.median_gap_days ? emptor::fixed(*seen.median_gap_days, 1) : "");
    if (const emptor::RfmRow* row = analysis.rfm.find(customer)) {
      const auto place = static_cast<std::size_t>(row - analysis.rfm.rows.data());
      file->field(std::int64_t{row->score.recency})
          .field(std::int64_t{row->score.frequency})
          .field(std::int64_t{row->score.monetary})
          .field(analysis.segments.segments[analysis.segments.of_row[place]].name)
          .field(found.groups->tiers.tiers[found.groups->tiers.of_value[place]].name);
    } else {
      file->field("").field("").field("").field("").field("");
    }
    file->field(c < found.groups->now.stages.size() ? name(found.groups->now.stages[c]) : "")
        .field(clusters[c])
        .field(values ? known(values->p_alive[c], 3) : "")
        .field(values ? known(values->purchases[c], 3) : "")
        .field(values ? known(values->value[c], 2) : "");
    file->end_row();
  }
  return file->close();
}

Result<void> write_segments(const Analysis& analysis, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"segment", "customers", "orders", "net", "customer_share", "revenue_share",
             "mean_recency_days"});
  for (const emptor::RfmSegmentSummary& segment : analysis.segments.segments) {
    file->field(segment.name)
        .field(static_cast<std::int64_t>(segment.customers))
        .field(static_cast<std::int64_t>(segment.orders))
        .field(emptor::decimal_text(segment.monetary, analysis.rfm.price_scale))
        .field(segment.customer_share, 4)
        .field(segment.monetary_share, 4)
        .field(segment.mean_recency_days, 1)
        .end_row();
  }
  return file->close();
}

Result<void> write_cohorts(const Analysis& analysis, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  const emptor::CohortTable& cohorts = analysis.cohorts;
  file->field("cohort");
  for (std::size_t k = 0; k < cohorts.months; ++k) file->field(static_cast<std::int64_t>(k));
  file->end_row();
  for (std::size_t c = 0; c < cohorts.months; ++c) {
    file->field(cohorts.label(c));
    for (std::size_t k = 0; k < cohorts.months; ++k) {
      file->field(cohorts.observed(c, k) ? emptor::text(cohorts.at(c, k)) : "");
    }
    file->end_row();
  }
  return file->close();
}

Result<void> write_models(const Analysis& analysis, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"model", "metric", "value", "low", "high"});
  const auto number = [](double value) {
    return value == value ? emptor::fixed(value, 5) : std::string();
  };
  for (const emptor::ModelEstimates& model : analysis.models.estimates) {
    for (const emptor::MetricEstimate& estimate : model.metrics) {
      file->row({model.model, emptor::metric_label(estimate.metric, estimate.k),
                 number(estimate.value), number(estimate.low), number(estimate.high)});
    }
  }
  return file->close();
}

Result<void> write_recommendations(const ShopTables& shop, const Analysis& analysis,
                                   const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer", "rank", "item", "name", "score", "model", "reason_kind", "reason",
             "rank_before"});
  for (std::size_t i = 0; i < analysis.recommendations.size(); ++i) {
    std::size_t at = analysis.recommendations.offsets[i];
    std::int64_t rank = 0;
    for (const emptor::Recommendation& one : analysis.recommendations.list(i)) {
      const Reason& reason = analysis.reasons[at++];
      file->field(shop.customers.key(analysis.recommendations.customers[i]))
          .field(++rank)
          .field(shop.items.key(one.item))
          .field(shop.items.label(one.item))
          .field(static_cast<double>(one.score), 4)
          .field(analysis.parts[reason.part])
          .field(kind_name(reason.kind))
          .field(reason_text(shop, analysis, reason))
          .field(std::int64_t{reason.from} + 1)
          .end_row();
    }
  }
  return file->close();
}

Result<void> write_rules(const ShopTables& shop, const Analysis& analysis,
                         const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"item", "name", "also_item", "also_name", "baskets_with_both", "support", "confidence",
             "lift", "leverage"});
  for (const emptor::BasketRule& rule : analysis.rules) {
    const emptor::Item item = rule.antecedent.front();
    const emptor::Item also = rule.consequent.front();
    file->field(shop.items.key(item))
        .field(shop.items.label(item))
        .field(shop.items.key(also))
        .field(shop.items.label(also))
        .field(static_cast<std::int64_t>(rule.together_count))
        .field(rule.support(), 6)
        .field(rule.confidence(), 4)
        .field(rule.lift(), 3)
        .field(rule.leverage(), 6)
        .end_row();
  }
  return file->close();
}

Result<void> write_due(const ShopTables& shop, const Analysis& analysis, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer", "item", "name", "purchases", "last", "every_days", "due", "chance"});
  for (const emptor::Replenishment& one : analysis.due) {
    file->field(shop.customers.key(one.customer))
        .field(shop.items.key(one.item))
        .field(shop.items.label(one.item))
        .field(static_cast<std::int64_t>(one.purchases))
        .field(emptor::to_string(emptor::local_day(one.last)))
        .field(one.interval_days, 1)
        .field(emptor::to_string(emptor::local_day(one.due)))
        .field(one.buys, 3)
        .end_row();
  }
  return file->close();
}

Result<void> write_next_orders(const Findings& found, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"customer", "orders", "last", "every_days", "expected", "early", "late", "chance"});
  const auto day = [](emptor::Time time) { return emptor::to_string(emptor::local_day(time)); };
  for (const emptor::NextOrder& one : found.worth->next) {
    file->field(found.shop.customers.key(one.customer))
        .field(static_cast<std::int64_t>(one.orders))
        .field(day(one.last))
        .field(one.interval_days, 1)
        .field(day(one.expected))
        .field(day(one.early))
        .field(day(one.late))
        .field(one.buys, 3)
        .end_row();
  }
  return file->close();
}

Result<void> write_demand(const Worth& worth, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path, for_spreadsheets);
  if (!file) return file.error();
  file->row({"category", "month", "units", "low", "high", "method"});
  for (const emptor::DemandForecast& forecast : worth.demand) {
    for (const emptor::DemandPoint& point : forecast.points) {
      file->field(forecast.history.label)
          .field(emptor::to_string(point.first))
          .field(point.mean, 1)
          .field(point.low, 1)
          .field(point.high, 1)
          .field(name(forecast.method))
          .end_row();
    }
  }
  return file->close();
}

}  // namespace

Result<void> write_exports(const Findings& found, const std::filesystem::path& out) {
  const ShopTables& shop = found.shop;
  const Analysis& analysis = *found.analysis;
  const auto path = [&](const char* name) { return (out / name).string(); };
  if (auto done = write_customers(found, path("customers_scored.csv")); !done) return done;
  if (auto done = write_segments(analysis, path("segments.csv")); !done) return done;
  if (auto done = write_cohorts(analysis, path("cohorts.csv")); !done) return done;
  if (auto done = write_models(analysis, path("models.csv")); !done) return done;
  if (auto done = write_next_orders(found, path("next_orders.csv")); !done) return done;
  if (auto done = write_demand(*found.worth, path("demand.csv")); !done) return done;
  if (auto done = write_rules(shop, analysis, path("bought_together.csv")); !done) return done;
  if (auto done = write_due(shop, analysis, path("due_again.csv")); !done) return done;
  return write_recommendations(shop, analysis, path("recommendations.csv"));
}

}  // namespace storefront
