#pragma once
// The report's chapter on referral: who brought whom, what they are owed, and what is doubtful.

#include "emptor/report/page.hpp"
#include "referral.hpp"

namespace storefront {

void add_referral_chapter(emptor::ReportPage& page, const Referral& referral,
                          const ShopTables& shop);

/// One line on why there is no such chapter.
void add_no_referral(emptor::ReportPage& page);

}  // namespace storefront
