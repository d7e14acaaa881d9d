#pragma once
// The chapters on the customers' life with the shop, tiers, loyalty and clusters.

#include "emptor/report/page.hpp"
#include "groups.hpp"

namespace storefront {

void add_groups_chapter(emptor::ReportPage& page, const Groups& groups);

}  // namespace storefront
