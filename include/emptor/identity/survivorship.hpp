#pragma once
// Survivorship: which of the values that a customer's records give for a field is taken for true.
//
// Each field has a rule; ties go on to the other rules in a fixed order, and at last to the smaller
// text, so the survivor depends on the records alone and not on their order: only of records that
// agree in text, time, source and verification the one with the smaller number is named.
// Practice of master data management, e.g. A. Berson, L. Dubov, "Master Data Management and Data
// Governance", McGraw-Hill, 2nd ed. 2011, ISBN 978-0071744584.
// Thread safety: values and pure functions.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/survivorship_rule.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// Where a record came from, a row of Records beside its texts.
struct RecordOrigin {
  Customer customer = no_customer;  ///< it arrived on
  Source source = no_id<Source>;
  Time time = Time::min();     ///< when its values were said; min: not known
  std::uint64_t verified = 0;  ///< bit f: the value of field f was verified
};

/// A usable value of one record, as a rule sees it. The texts last as long as the call.
struct SurvivorCandidate {
  std::string_view value;  ///< as it came, without blanks around it
  std::string_view key;    ///< what it is compared by; equal keys are one value
  Record record{};
  Source source = no_id<Source>;
  Time time = Time::min();
  bool verified = false;
  std::uint32_t priority = 0;  ///< the source's place in the field's list; its length: not there
  std::uint32_t count = 1;     ///< usable records of the customer with this key
};

/// Picks one of at least one candidate, which come in the order of the ties below; returns its
/// place. It must depend on nothing else.
using SurvivorChoice = std::function<std::size_t(std::span<const SurvivorCandidate>)>;

/// Judges a text that is not empty and fills `key` with what it is compared by. The normalisers of
/// this room fit in a lambda.
using SurvivorNormaliser = std::function<FieldState(std::string_view value, std::string& key)>;

struct SurvivorField {
  std::string column;  ///< of Records; each once
  SurvivorRule rule = SurvivorRule::most_recent;
  std::vector<Source> priority{};  ///< best first; used by every rule's ties
  SurvivorChoice choose{};         ///< for SurvivorRule::custom
  SurvivorNormaliser normalise{};  ///< none: any text is usable and its own key
  double weight = 1;               ///< in completeness; >= 0, finite
  double answer_rate = 1;          ///< share of those asked who answer, in [0, 1]
  /// Another field's column: a customer without this field gets the value that most others with
  /// the customer's value of that field have, marked as inferred. None: no inference.
  std::optional<std::string> infer_from{};
  std::uint32_t min_support = 3;  ///< customers who must have the inferred value; >= 1
  double min_confidence =
      0.8;  ///< least (s + 1) / (n + 2) of n others, s of whom have it; in (0.5, 1]
};

struct SurvivorshipOptions {
  std::vector<SurvivorField> fields;  ///< 1 to 64
  /// What an inferred value counts in completeness, of a known one's 1; in [0, 1].
  double inferred_credit = 0;
};

/// Throws `invalid_option` for what the fields above do not allow.
EMPTOR_API void check_survivorship(const SurvivorshipOptions& options);

/// Whether `a` stands before `b` under the rule; ties: verified, later, better source, more often,
/// longer (in code points), smaller text, smaller source, smaller record. `custom`: the ties alone.
[[nodiscard]] EMPTOR_API bool survives_before(SurvivorRule rule, const SurvivorCandidate& a,
                                              const SurvivorCandidate& b) noexcept;

/// Sorts the candidates so that the survivor stands first and the others follow in the order of
/// the rule. O(n log n). Throws `out_of_range` when `choose` names none of them.
EMPTOR_API void order_survivors(const SurvivorField& field,
                                std::vector<SurvivorCandidate>& candidates);

}  // namespace emptor
