#pragma once
// Report sections on when: next orders, seasons, demand to come. Cost: O(what is shown). Thread
// safety: a page is for one thread.

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/report/page.hpp"
#include "emptor/value/demand_result.hpp"
#include "emptor/value/next_order_result.hpp"
#include "emptor/value/seasonality_result.hpp"

namespace emptor {

/// Who is likely to order when, the first `listed` of `next`, and what is known of intervals.
EMPTOR_API void add_next_orders_section(ReportPage& page, std::span<const NextOrder> next,
                                        const NextOrderReport& report,
                                        const std::function<std::string(Customer)>& customer_name,
                                        double within_days, std::size_t listed = 20);

/// How demand goes with weekday and month; what is too short to say is left out with a word.
EMPTOR_API void add_seasonality_section(ReportPage& page, const Seasonality& seasonality);

/// What was and what is expected, one chart each for the first `drawn` of them, and how all
/// methods did in the test. `unit` names what is counted ("Units", "Sales (EUR)").
EMPTOR_API void add_demand_section(ReportPage& page, std::span<const DemandForecast> forecasts,
                                   const std::string& unit, std::size_t drawn = 4);

}  // namespace emptor
