#include "segment/segment_summary.hpp"

#include <string>

#include "emptor/core/error.hpp"

namespace emptor::detail {

void add_amount(std::int64_t& sum, std::int64_t amount, std::string_view where) {
  if (__builtin_add_overflow(sum, amount, &sum)) {
    throw Exception(ErrorCode::overflow, "amounts add up beyond 9.2e18 units", std::string(where));
  }
}

void summarise_segments(std::span<const RfmRow> rows, std::span<const std::uint8_t> of_row,
                        std::vector<RfmSegmentSummary>& summaries, std::string_view where) {
  std::int64_t total = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const RfmRow& row = rows[i];
    RfmSegmentSummary& segment = summaries[of_row[i]];
    ++segment.customers;
    segment.orders += row.orders;
    segment.mean_recency_days += static_cast<double>(row.recency_days);
    add_amount(segment.monetary, row.monetary, where);
    add_amount(total, row.monetary, where);
  }
  for (RfmSegmentSummary& segment : summaries) {
    if (segment.customers == 0) continue;
    const double size = static_cast<double>(segment.customers);
    segment.customer_share = size / static_cast<double>(rows.size());
    if (total > 0) {
      segment.monetary_share = static_cast<double>(segment.monetary) / static_cast<double>(total);
    }
    segment.mean_recency_days /= size;
    segment.mean_orders = static_cast<double>(segment.orders) / size;
    segment.mean_monetary = static_cast<double>(segment.monetary) / size;
  }
}

}  // namespace emptor::detail
