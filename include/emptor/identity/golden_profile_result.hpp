#pragma once
// The golden profile of a customer: the value of each field that is taken for true, where it comes
// from, and what it was preferred to. Plain data; thread safety: values.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/survivorship_rule.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// A value that did not survive.
struct LosingValue {
  std::string value;                      ///< as its best record spells it
  FieldState state = FieldState::usable;  ///< or malformed, which never survives
  std::vector<Record> records;            ///< that say so, ascending
  Time latest = Time::min();              ///< of those
  friend bool operator==(const LosingValue&, const LosingValue&) = default;
};

struct GoldenField {
  std::string value;  ///< empty: not known
  bool inferred = false;
  /// Share of the usable records that agree; of an inferred value: (s + 1) / (n + 2)
  /// of n others, s of whom have it. 0 when not known.
  double confidence = 0;
  // Of a value that survived (not of an inferred one):
  std::optional<Record> record;  ///< whose spelling this is
  Source source = no_id<Source>;
  Time time = Time::min();
  bool verified = false;
  SurvivorRule rule = SurvivorRule::most_recent;
  std::vector<Record> records;      ///< all that agree, ascending
  std::vector<LosingValue> losing;  ///< the best first, malformed ones last
  // The customer's records by what they have here; they add up to `GoldenProfile::records`.
  std::uint32_t usable = 0;
  std::uint32_t missing = 0;
  std::uint32_t placeholder = 0;
  std::uint32_t malformed = 0;
  /// Of an inferred value: how many customers have it.
  std::uint32_t support = 0;

  [[nodiscard]] bool known() const noexcept { return !value.empty() && !inferred; }
  friend bool operator==(const GoldenField&, const GoldenField&) = default;
};

struct GoldenProfile {
  Customer customer = no_customer;  ///< the owner
  std::uint32_t records = 0;
  std::vector<GoldenField> fields;  ///< as SurvivorshipOptions has them
  friend bool operator==(const GoldenProfile&, const GoldenProfile&) = default;
};

}  // namespace emptor
