#pragma once
// Blocking rules that follow from what the fields are, and the choice among them by their cost.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/identity/compared_records.hpp"

namespace emptor::detail {

/// One part of a rule's key.
struct KeyPart {
  std::size_t comparison = 0;
  bool coarse = false;    ///< by sound, district, …
  std::uint8_t slot = 0;  ///< of alternatives: 0 the one with the smallest hash, else the largest
  friend bool operator==(const KeyPart&, const KeyPart&) = default;
};

/// Records meet that have equal keys in all parts.
struct RuleKeys {
  std::string name;
  std::vector<KeyPart> parts;
  bool swapped = false;  ///< given and family name in any order
  bool words = false;    ///< all names of the record, in any order
};

/// Every rule that makes sense for the comparisons.
[[nodiscard]] std::vector<RuleKeys> possible_rules(const ComparedRecords& records);

/// The key of a record, 0: none.
[[nodiscard]] std::uint64_t rule_key(const ComparedRecords& records, const RuleKeys& rule,
                                     std::size_t record);

/// The keys of all records by each of the rules.
[[nodiscard]] std::vector<std::vector<std::uint64_t>> rule_keys(const ComparedRecords& records,
                                                                std::span<const RuleKeys> rules,
                                                                const Context& context);

/// Candidate pairs to choose rules for. The records of one person do not grow with the table, the
/// strangers who share a key do: beyond 100,000 records there are fewer pairs a record than asked
/// for, not below ten.
[[nodiscard]] double candidate_budget(std::size_t records, double pairs_a_record);

/// The cheapest rules, ascending by cost, whose pairs together are at most `pairs`; at least one.
/// Blocks of more than `max_block` records count with as many pairs as that many records have.
/// Costs of many records come from a sample of the keys.
[[nodiscard]] std::vector<RuleKeys> affordable_rules(const ComparedRecords& records,
                                                     std::vector<RuleKeys> rules, double pairs,
                                                     std::size_t max_block, const Context& context);

}  // namespace emptor::detail
