#pragma once
// Sections of a report page from the results of the other rooms: one function a result, which adds
// a section with its charts, tables, definitions and the notes that keep a reader from wrong
// conclusions. Numbers are shown as they are in the result; amounts in major units of the currency.
//
// All: an empty result gives a section that says so. Cost: linear in the result. Thread safety: one
// page a thread.

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/evaluate/evaluate_result.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "emptor/profile/cohort_result.hpp"
#include "emptor/profile/sales_result.hpp"
#include "emptor/recommend/basket_rules_result.hpp"
#include "emptor/recommend/recommend_result.hpp"
#include "emptor/recommend/replenishment_result.hpp"
#include "emptor/report/page.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/rfm_segments_result.hpp"

namespace emptor {

/// Tiles on top of the page: net revenue, orders, customers, mean order, refunds.
EMPTOR_API void add_sales_tiles(ReportPage& page, const SalesOverTime& sales);

/// Revenue (net and before refunds) and orders by period; all periods as a table.
EMPTOR_API void add_sales_section(ReportPage& page, const SalesOverTime& sales);

/// Net revenue by channel, country, …: the largest `most` as bars, all as a table.
EMPTOR_API void add_sales_groups_section(ReportPage& page, const SalesByGroup& sales,
                                         const std::string& title = "Sales by country",
                                         std::size_t most = 12);

/// The Lorenz curve, the Gini coefficient and what the best customers bring.
EMPTOR_API void add_concentration_section(ReportPage& page, const Concentration& concentration);

/// Recency x frequency heat map, segments by size and revenue, and what the scores rest on.
/// `grid` and `segments` must be of `rfm` (checked by their shapes: `invalid_shape`).
EMPTOR_API void add_rfm_section(ReportPage& page, const RfmResult& rfm, const RfmSegments& segments,
                                const RfmGrid& grid);

/// Monthly retention as a triangle: the latest 24 cohorts, their first 24 months; all counts as a
/// table.
EMPTOR_API void add_cohort_section(ReportPage& page, const CohortTable& cohorts);

struct ModelSectionOptions {
  /// What gets a chart of its own.
  std::vector<RankingMetric> charts = {RankingMetric::recall, RankingMetric::ndcg};
  /// What is set against the last of `charts`, a scatter each: what accuracy costs or brings.
  std::vector<RankingMetric> against{};
  std::size_t k = 20;      ///< of the charts
  std::string split{};     ///< how train and test were cut, in a sentence
  RankingCounts counts{};  ///< who took part
};

/// Models side by side with their intervals, every metric with its definition, and the paired
/// comparisons. Charts and tables hold the models in the order given.
EMPTOR_API void add_models_section(ReportPage& page, std::span<const ModelEstimates> models,
                                   std::span<const PairedComparison> comparisons,
                                   const ModelSectionOptions& options = {});

/// What was recommended to one customer, and why.
struct SampleRecommendations {
  std::string customer{};              ///< how the page names the customer
  std::vector<Item> history{};         ///< what the customer has, most telling first
  std::vector<Recommendation> list{};  ///< best first
  std::vector<Explanation> reasons{};  ///< one for each of `list`, or empty
  std::vector<std::string> why{};      ///< reasons in the host's words, shown in place of `reasons`
  std::vector<std::string> models{};   ///< which model's list each of `list` came from, or empty
};

/// Samples as one table a customer. `item_name` gives an item's name for people.
EMPTOR_API void add_recommendations_section(ReportPage& page,
                                            std::span<const SampleRecommendations> samples,
                                            const std::function<std::string(Item)>& item_name,
                                            const std::string& model = {});

/// What is bought together: an arc for each of the first `drawn` rules of one item on either side,
/// and the first `listed` rules as a table. `rules` come best first.
struct BasketSectionOptions {
  std::size_t drawn = 36;   ///< at most 120 items then; pairs that differ in direction only once
  std::size_t listed = 50;  ///< 0: all
  std::string order{};      ///< in which order the rules come, in a sentence; may be empty
};
EMPTOR_API void add_baskets_section(ReportPage& page, std::span<const BasketRule> rules,
                                    const std::function<std::string(Item)>& item_name,
                                    const BasketSectionOptions& options = {});

/// What is due again for whom, the first `listed` of `due`; `within_days` is what was asked for.
EMPTOR_API void add_replenishment_section(ReportPage& page, std::span<const Replenishment> due,
                                          const PurchaseIntervals& report,
                                          const std::function<std::string(Customer)>& customer_name,
                                          const std::function<std::string(Item)>& item_name,
                                          double within_days, std::size_t listed = 20);

/// What was read, kept and rejected, by reason; ranges and missing values by column.
EMPTOR_API void add_quality_section(ReportPage& page, const QualityReport& quality);

}  // namespace emptor
