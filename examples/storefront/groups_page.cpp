#include "groups_page.hpp"

#include "emptor/report/sections_clusters.hpp"
#include "emptor/report/sections_lifecycle.hpp"

namespace storefront {

void add_groups_chapter(emptor::ReportPage& page, const Groups& groups) {
  emptor::add_lifecycle_section(page, groups.history);
  emptor::add_value_tiers_section(page, groups.tiers);
  emptor::add_loyalty_section(page, groups.loyalty);
  if (groups.clusters) emptor::add_clusters_section(page, *groups.clusters);
}

}  // namespace storefront
