#pragma once
// The chapter of risk and satisfaction.

#include "churn.hpp"
#include "emptor/report/page.hpp"
#include "incidents.hpp"
#include "voices.hpp"

namespace storefront {

void add_churn_chapter(emptor::ReportPage& page, const Churn& churn, const ShopTables& shop);
void add_voices_chapter(emptor::ReportPage& page, const Voices& voices);
void add_incidents_chapter(emptor::ReportPage& page, const Incidents& found,
                           const ShopTables& shop);

}  // namespace storefront
