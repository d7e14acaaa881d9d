#pragma once
// The sections of a report page about referral: who brought whom, the funnel, growth, what referred
// customers are worth beside others like them, what speaks against some of it, and who leads.
//
// Customers and channels appear by the names that the host gives; nothing else of them is shown. An
// empty result gives a section that says so. Cost: linear in the results, n log n in customers.
// Thread safety: one page a thread.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/money.hpp"
#include "emptor/referral/contest_result.hpp"
#include "emptor/referral/forest_result.hpp"
#include "emptor/referral/fraud_result.hpp"
#include "emptor/referral/funnel_result.hpp"
#include "emptor/referral/growth_result.hpp"
#include "emptor/referral/matched_value_result.hpp"
#include "emptor/referral/review_result.hpp"
#include "emptor/report/page.hpp"

namespace emptor {

/// How a page names a customer or a channel; empty: "customer 17", "channel 2", counted from 0.
using CustomerNames = std::function<std::string(Customer)>;
using ChannelNames = std::function<std::string(Channel)>;

/// The forest to be drawn.
struct ReferralForestSection {
  std::span<const Customer> parents{};  ///< by customer; no_customer: came alone. Without rings
  std::span<const std::int64_t>
      amounts{};  ///< by customer, >= 0, minor units: what a dot's area is
  Currency currency{};
  std::string amount_name = "Earned";  ///< what `amounts` are
  std::size_t trees = 3;               ///< the largest so many are drawn
  std::size_t rows = 30;               ///< of each tree at most, in [3, 500]
  std::size_t children = 6;  ///< of one customer at most, those with most below them; >= 1
};

/// Generations, refusals, and the largest trees as outlines (chart_outline.hpp); what is left out
/// of them is said in words. Throws `invalid_shape` for amounts that are not as many as parents or
/// parents beyond them, `invalid_value` for parents in a ring.
EMPTOR_API void add_referral_forest_section(ReportPage& page, const ReferralForestResult& forest,
                                            const ReferralForestSection& drawn = {},
                                            const CustomerNames& customer_name = {});

/// Stages, and how many of those who clicked sign up, by channel with intervals.
EMPTOR_API void add_referral_funnel_section(ReportPage& page, const ReferralFunnelResult& funnel,
                                            const ChannelNames& channel_name = {});

/// The k-factor of each cohort (young ones marked), cycle times, generations, and how unevenly
/// referrals are spread.
EMPTOR_API void add_referral_growth_section(ReportPage& page, const ReferralGrowthResult& growth);

/// `unit`: of the values, e.g. "EUR in 180 days".
EMPTOR_API void add_matched_value_section(ReportPage& page, const MatchedValue& matched,
                                          std::string_view unit);

/// What waits for a person with its reasons, what was blocked, signals counted. Amounts are minor
/// units of `currency`. The first `listed` findings are shown.
EMPTOR_API void add_referral_fraud_section(ReportPage& page, const FraudAudit& audit,
                                           const ReviewSummary& reviews, Currency currency,
                                           const CustomerNames& customer_name = {},
                                           std::size_t listed = 15);

/// A table a ranking. Scores of sums are minor units of `currency` unless that is none.
EMPTOR_API void add_contest_section(ReportPage& page, std::span<const ContestSnapshot> rankings,
                                    Currency currency = {},
                                    const CustomerNames& customer_name = {});

}  // namespace emptor
