#pragma once
// What goes wrong: unusual orders, what is sent back, and what customers complain of.

#include <optional>
#include <string>
#include <vector>

#include "analysis.hpp"
#include "emptor/core/context.hpp"
#include "emptor/score/anomaly_result.hpp"
#include "emptor/score/complaint_result.hpp"
#include "voices_file.hpp"

namespace storefront {

struct Incidents {
  emptor::Time cut{};                 ///< what is usual was learned from before
  emptor::OrderAlarmSummary unusual;  ///< of the orders from the cut on; none: too few before
  std::vector<std::string> orders;    ///< keys of the orders that were scored

  std::string grouped_by;          ///< "category", "country", "channel"
  emptor::ComplaintRates returns;  ///< lines sent back by group of lines sold

  struct Cases {
    VoiceQuality quality;
    emptor::ComplaintRates by_channel;
    emptor::CaseTrends trends;
    std::vector<emptor::CaseTimes> times;
  };
  std::optional<Cases> cases;  ///< none: no file of cases
};

[[nodiscard]] Incidents incidents_of(const ShopTables& shop, const CaseFile* cases,
                                     emptor::Time as_of, const emptor::Context& context);

}  // namespace storefront
