#pragma once
// The sections of a report page about what goes wrong: unusual orders with their reasons, rates of
// complaints and returns by group, and the trend of case categories.
//
// An empty result gives a section that says so. Cost: linear in the results. Thread safety: one
// page a thread.

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/core/money.hpp"
#include "emptor/report/page.hpp"
#include "emptor/score/anomaly_result.hpp"
#include "emptor/score/complaint_result.hpp"

namespace emptor {

struct AnomalySectionOptions {
  Currency currency{};                                         ///< of amounts
  std::function<std::string(Customer)> customer_name{};        ///< none: the id
  std::function<std::string(std::uint32_t row)> order_name{};  ///< none: the row
  std::size_t drawn = 10;   ///< alarms with bars of their reasons
  std::size_t listed = 25;  ///< alarms in the table; 0: all
};

/// How many orders are unusual for their customers, by month, and the most unusual with reasons.
EMPTOR_API void add_order_alarm_section(ReportPage& page, const OrderAlarmSummary& summary,
                                        const AnomalySectionOptions& options = {},
                                        const std::string& title = "Unusual orders");

/// "amount 840.00 EUR instead of 60.00", as people would say it.
[[nodiscard]] EMPTOR_API std::string order_reason_text(const OrderReason& reason,
                                                       std::int64_t amount, Currency currency);

struct ComplaintSectionOptions {
  std::string groups = "group";  ///< what a group is: "category"
  std::string cases = "complaints";
  std::string exposure = "orders";
  std::string title = "Complaints";
};

/// Rates by group with their intervals, and the funnel of what chance would do.
EMPTOR_API void add_complaint_section(ReportPage& page, const ComplaintRates& rates,
                                      const ComplaintSectionOptions& options = {});

/// Categories whose rate changes, and how long cases stay open (may be empty).
EMPTOR_API void add_case_section(ReportPage& page, const CaseTrends& trends,
                                 std::span<const CaseTimes> times = {},
                                 const std::string& title = "Cases");

}  // namespace emptor
