#pragma once
// Leads by a scorecard of fit and engagement: who is called first, and whether the grades of the
// past kept their word.

#include <vector>

#include "emptor/core/time.hpp"
#include "emptor/report/sections_leads.hpp"
#include "voices_file.hpp"

namespace storefront {

inline constexpr int lead_days = 60;  ///< in which a graded lead may order, for the test

struct Leads {
  VoiceQuality leads, events;
  emptor::Time as_of{};                ///< of the grades
  emptor::LeadGrid now;                ///< of who has not ordered
  std::vector<emptor::LeadView> best;  ///< best first
  emptor::Time tested{};               ///< lead_days earlier
  emptor::LeadGrid then;               ///< grades of that day, and who ordered since
};

[[nodiscard]] Leads leads_of(const LeadFiles& files);

}  // namespace storefront
