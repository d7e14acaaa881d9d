#pragma once
// All that the storefront found, for its report and for the terminal.

#include <memory>
#include <optional>

#include "analysis.hpp"
#include "churn.hpp"
#include "emptor/ingest/quality_result.hpp"
#include "groups.hpp"
#include "identity.hpp"
#include "incidents.hpp"
#include "links_file.hpp"
#include "referral.hpp"
#include "voices.hpp"
#include "worth.hpp"

namespace storefront {

struct Findings {
  ShopTables shop;  ///< of persons, where there are records of them; empty without orders
  std::optional<emptor::QualityReport> quality;  ///< of the orders; none without
  std::optional<LinksQuality> links;             ///< none: no file of links was given
  std::optional<Analysis> analysis;              ///< of the orders
  std::optional<Groups> groups;                  ///< of the customers, with the analysis
  std::optional<Worth> worth;                    ///< of the customers, with the analysis
  std::optional<Churn> churn;                    ///< of the customers, with the analysis
  std::optional<Incidents> incidents;            ///< of the orders and cases, with the analysis
  Voices voices;                                 ///< what customers say, as far as it was given
  std::unique_ptr<Identity> identity;            ///< none: no personal records
  std::optional<IdentityTruth> truth;            ///< of the identities, where it is known
  std::optional<MergeEffect> effect;             ///< with orders and records
  std::unique_ptr<Referral> referral;            ///< none: no touches
};

}  // namespace storefront
