#include "page.hpp"

#include <string>

#include "emptor/report/sections.hpp"

namespace storefront {
namespace {

std::string day_of(emptor::Time time) {
  return emptor::to_string(emptor::local_day(time));
}

void add_models(emptor::ReportPage& page, const ModelComparison& models) {
  const std::string split =
      emptor::text("Models learned from the ", models.counts.train_events, " purchases before ",
                   day_of(models.cut),
                   "; they were tested on what customers bought for the first time from that ",
                   "day on. Nothing from after the cut was known to them.");
  emptor::add_models_section(page, models.estimates, models.pairs,
                             {.k = models.k, .split = split, .counts = models.ranking});
}

}  // namespace

emptor::ReportPage make_page(const ShopTables& shop, const emptor::QualityReport& quality,
                             const Analysis& found) {
  const std::string first = quality.first_time ? day_of(*quality.first_time) : std::string();
  emptor::ReportPage page(
      {.title = "Your customers",
       .subtitle =
           emptor::text(shop.customers.size(), " customers, ", shop.items.size(), " items, ",
                        shop.orders.orders(), " orders from ", first, " to ", day_of(found.as_of)),
       .footer = "Made by emptor's storefront example."});
  emptor::add_sales_tiles(page, found.sales);
  emptor::add_sales_section(page, found.sales);
  if (found.by_channel.groups.size() > 1) {
    emptor::add_sales_groups_section(page, found.by_channel, "Sales by channel");
  }
  if (found.by_country.groups.size() > 1) {
    emptor::add_sales_groups_section(page, found.by_country, "Sales by country");
  }
  emptor::add_concentration_section(page, found.concentration);
  emptor::add_rfm_section(page, found.rfm, found.segments, found.grid);
  emptor::add_cohort_section(page, found.cohorts);
  if (!found.models.estimates.empty()) {
    add_models(page, found.models);
    emptor::add_recommendations_section(
        page, found.samples, [&](emptor::Item item) { return std::string(shop.items.label(item)); },
        found.models.estimates[found.models.best].model);
  }
  emptor::add_quality_section(page, quality);
  return page;
}

}  // namespace storefront
