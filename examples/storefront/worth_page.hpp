#pragma once
// The chapter on what customers are worth, when they order next, and what will be sold.

#include "emptor/report/page.hpp"
#include "worth.hpp"

namespace storefront {

void add_worth_chapter(emptor::ReportPage& page, const Worth& worth, const ShopTables& shop);

}  // namespace storefront
