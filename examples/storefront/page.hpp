#pragma once
// The storefront's report.

#include "emptor/report/page.hpp"
#include "findings.hpp"

namespace storefront {

/// One self-contained page on all that was found.
[[nodiscard]] emptor::ReportPage make_page(const Findings& found);

}  // namespace storefront
