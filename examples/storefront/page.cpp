#include "page.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "emptor/report/sections.hpp"
#include "groups_page.hpp"
#include "identity_page.hpp"
#include "identity_samples.hpp"
#include "referral_page.hpp"
#include "risk_page.hpp"
#include "worth_page.hpp"

namespace storefront {
namespace {

std::string day_of(emptor::Time time) {
  return emptor::to_string(emptor::local_day(time));
}

double ndcg_of(const emptor::ModelEstimates& model, std::size_t k) {
  for (const emptor::MetricEstimate& one : model.metrics) {
    if (one.metric == emptor::RankingMetric::ndcg && one.k == k) return one.value;
  }
  return 0;
}

/// What the comparisons say, for people who do not read p-values.
std::vector<std::string> verdicts(const ModelComparison& models) {
  std::string better;
  std::string worse;
  std::string unclear;
  for (std::size_t p = 0; p < models.pairs.size(); ++p) {
    const emptor::PairedComparison& pair = models.pairs[p];
    const double baseline = ndcg_of(models.estimates[p], models.k);
    const bool clear = pair.p_adjusted < 0.05;
    std::string& to = !clear ? unclear : pair.difference > 0 ? better : worse;
    to += emptor::text(to.empty() ? "" : ", ", pair.baseline);
    if (clear && baseline > 0) {
      to +=
          emptor::text(" (by ", emptor::fixed(100 * std::abs(pair.difference) / baseline, 0), "%)");
    }
  }
  std::vector<std::string> out;
  if (!better.empty()) out.push_back("Clearly better than " + better + ".");
  if (!worse.empty()) out.push_back("Clearly worse than " + worse + ".");
  if (!unclear.empty()) {
    out.push_back("No clear difference from " + unclear +
                  ": it may be chance who of the two did better.");
  }
  return out;
}

/// How the shown lists were chosen, and what links there were.
void add_choice(emptor::ReportPage& page, const ModelComparison& models,
                const std::vector<std::string>& parts, bool social,
                const std::optional<LinksQuality>& links) {
  const ModelChoice& choice = models.choice;
  page.add_heading("What is shown to customers, and why that");
  if (choice.customers == 0) {
    page.add_paragraph(emptor::text(
        "Too few customers bought something new before the test to choose a model by: ",
        models.chosen, ", by rule."));
  } else {
    page.add_paragraph(emptor::text(
        "The choice was made before the test, on what ", choice.customers,
        " customers bought for the first time from ", day_of(choice.cut), " to ",
        day_of(models.cut),
        ". There the models' lists were put together in the proportions that did best; the blend "
        "is taken if it gains at least 1% over the best model alone. It was: ",
        models.chosen, "."));
  }
  if (choice.blended) {
    emptor::ReportTable table{.caption = "The blend",
                              .columns = {"Model", "NDCG alone, before the test", "Weight"}};
    const emptor::ValueFormat four{.decimals = 4, .keep_zeros = true};

    for (std::size_t p = 0; p < parts.size(); ++p) {
      table.rows.push_back(
          {parts[p],
           {choice.part_ndcg[p], four},
           emptor::ReportCell::worded(choice.weights[p], emptor::fixed(choice.weights[p], 2))});
    }
    page.add_table(table);
  }
  page.add_paragraph(
      choice.mmr_lambda < 1
          ? emptor::text("Lists are then made less alike (maximal marginal relevance by words, "
                         "categories and prices of the items, lambda ",
                         emptor::fixed(choice.mmr_lambda, 2),
                         "): as unlike as it goes without losing more than 2% of accuracy before "
                         "the test.")
          : std::string("Lists are shown in the model's own order: making them less alike would "
                        "have cost more than 2% of accuracy before the test."));
  if (!social) {
    page.add_note(emptor::ReportNote::note,
                  links ? "Social recommenders are left out: no link is between two customers with "
                          "orders."
                        : "Social recommenders are left out: no links given.");
  }
  if (links) {
    page.add_paragraph(emptor::text(
        "Links: ", links->rows, " read, ", links->kept, " kept; ", links->unknown,
        " name a customer without orders, ", links->repeated, " were said before, ", links->selves,
        " are of a customer with itself, ", links->unsound, " could not be read."));
  }
}

void add_models(emptor::ReportPage& page, const Analysis& found, bool social,
                const std::optional<LinksQuality>& links) {
  using emptor::RankingMetric;
  const ModelComparison& models = found.models;
  const std::string split =
      emptor::text("Models learned from the ", models.counts.train_events, " purchases before ",
                   day_of(models.cut),
                   "; they were tested on what customers bought for the first time from that ",
                   "day on. Nothing from after the cut was known to them.");
  emptor::add_models_section(
      page, models.estimates, models.pairs,
      {.against = {RankingMetric::coverage, RankingMetric::diversity, RankingMetric::novelty},
       .k = models.k,
       .split = split,
       .counts = models.ranking});
  page.add_heading("In plain words");
  page.add_paragraph(emptor::text(
      "By how high up its lists stand the things that customers went on to buy (NDCG), "
      "what is shown to customers (",
      models.pairs.front().model, ") did:"));
  page.add_list(verdicts(models));
  page.add_paragraph(
      "Clear means that so large a difference would come by chance in fewer than 1 of 20 shops in "
      "which the models are equally good, and that holds for all these comparisons taken "
      "together.");
  add_choice(page, models, found.parts, social, links);
}

/// The chapters on orders.
void add_orders(emptor::ReportPage& page, const Findings& found) {
  const ShopTables& shop = found.shop;
  const Analysis& analysis = *found.analysis;
  emptor::add_sales_section(page, analysis.sales);
  if (analysis.by_channel.groups.size() > 1) {
    emptor::add_sales_groups_section(page, analysis.by_channel, "Sales by channel");
  }
  if (analysis.by_country.groups.size() > 1) {
    emptor::add_sales_groups_section(page, analysis.by_country, "Sales by country");
  }
  emptor::add_concentration_section(page, analysis.concentration);
  emptor::add_rfm_section(page, analysis.rfm, analysis.segments, analysis.grid);
  emptor::add_cohort_section(page, analysis.cohorts);
  add_groups_chapter(page, *found.groups);
  add_worth_chapter(page, *found.worth, shop);
  add_churn_chapter(page, *found.churn, shop);
  add_voices_chapter(page, found.voices);
  add_incidents_chapter(page, *found.incidents, shop);
  if (found.referral) {
    add_referral_chapter(page, *found.referral, shop);
  } else {
    add_no_referral(page);
  }
  const auto item_name = [&](emptor::Item item) { return std::string(shop.items.label(item)); };
  if (analysis.models.estimates.empty()) return;
  add_models(page, analysis, shop.links.has_value(), found.links);
  emptor::add_recommendations_section(page, analysis.samples, item_name, analysis.models.chosen);
  emptor::add_baskets_section(
      page, analysis.rules, item_name,
      {.order = "First come the rules that bring most baskets beyond chance."});
  if (analysis.replenishment) {
    emptor::add_replenishment_section(
        page, analysis.due, *analysis.replenishment,
        [&](emptor::Customer customer) { return std::string(shop.customers.key(customer)); },
        item_name, due_days);
  }
}

emptor::ReportHeader header_of(const Findings& found) {
  emptor::ReportHeader header{.title = "Your customers",
                              .footer = "Made by emptor's storefront example."};
  if (found.analysis) {
    const emptor::QualityReport& quality = *found.quality;
    header.subtitle =
        emptor::text(found.shop.customers.size(), " customers, ", found.shop.items.size(),
                     " items, ", found.shop.orders.orders(), " orders from ",
                     quality.first_time ? day_of(*quality.first_time) : std::string(), " to ",
                     day_of(found.analysis->as_of));
  } else {
    header.subtitle = emptor::text(found.identity->file.records.size(), " records of ",
                                   found.identity->profiles.owners().size(), " people");
  }
  return header;
}

}  // namespace

emptor::ReportPage make_page(const Findings& found) {
  emptor::ReportPage page(header_of(found));
  if (found.analysis) emptor::add_sales_tiles(page, found.analysis->sales);
  if (found.identity) {
    add_identity_chapter(page, found, samples_of(*found.identity, found.truth.has_value()));
  }
  if (found.analysis) add_orders(page, found);
  if (found.identity) {
    add_linking_chapter(page, *found.identity);
  } else {
    page.begin_section("Who is who");
    page.add_paragraph(
        "Left out: no personal records were given, so every customer key counts as one person.");
  }
  emptor::add_quality_section(page, found.quality ? *found.quality : found.identity->file.quality);
  return page;
}

}  // namespace storefront
