#pragma once
// Who is in the segments as of an instant, over whole tables at once.
//
// The happenings are sorted by customer and time once; every snapshot then reads them once for all
// rules together. Customers who are one (`merged_into`) count as the one they are merged into: with
// the happenings, tags and consent of all, and the attributes of the first of them who has any, the
// one merged into before the others in the order of their ids.
//
// Cost: construction O(h) for h happenings, and O(log) of a customer's when they are not in order
// of time; a snapshot O(h x measures of each happening); `explain` one customer's share of that.
// Memory: 48 bytes a happening. Thread safety: may be read from any thread; the tables must
// outlive it and stay as they are.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/tags.hpp"
#include "emptor/segment/customer_set.hpp"
#include "emptor/segment/rule_result.hpp"
#include "emptor/segment/rule_segments.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"
#include "emptor/table/orders.hpp"

namespace emptor {

/// What rules are asked over; all may be null or empty. Ids are the tables' own.
struct RuleTables {
  const Customers* customers = nullptr;  ///< attributes, and who is there without a happening
  const Items* items = nullptr;
  const Orders* orders = nullptr;
  const Events* events = nullptr;
  std::span<const TagSet> tags{};              ///< by customer
  std::span<const ConsentHistory> consents{};  ///< by customer
  std::span<const Customer> merged_into{};     ///< by customer; beyond its end: itself
};

/// Who was in which segment at one instant.
struct SegmentSets {
  Time as_of{};
  std::vector<SegmentDefinition> definitions;
  std::vector<CustomerSet> sets;  ///< by segment

  /// The set of this name, or null.
  [[nodiscard]] const CustomerSet* find(std::string_view name) const noexcept {
    for (std::size_t s = 0; s < sets.size(); ++s) {
      if (definitions[s].name == name) return &sets[s];
    }
    return nullptr;
  }
  /// Names, rules and sets as an archive "segment-sets".
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote.
  [[nodiscard]] EMPTOR_API static Result<SegmentSets> load(std::span<const std::byte> bytes);
};

class RuleBatch {
 public:
  /// Throws `currency_mismatch` or `invalid_option` when the orders' currency or scale is not the
  /// schema's, `not_found` for a column that a rule asks for and the tables lack, `out_of_range`
  /// for times thousands of years away, `overflow` when one customer's amounts add up beyond int64,
  /// `invalid_value` when `merged_into` is a chain.
  EMPTOR_API RuleBatch(const RuleSegments& segments, const RuleTables& tables);
  EMPTOR_API RuleBatch(RuleBatch&&) noexcept;
  EMPTOR_API RuleBatch& operator=(RuleBatch&&) noexcept;
  EMPTOR_API ~RuleBatch();

  /// Customers, merged ones among them: ids 0 to this - 1.
  [[nodiscard]] EMPTOR_API std::size_t customers() const noexcept;
  /// Everybody's segments; nothing after the instant is seen. Parallel over customers. Throws
  /// `stopped` when progress says so, `out_of_range` as above.
  [[nodiscard]] EMPTOR_API SegmentSets at(Time as_of, const Context& context = {}) const;
  /// How many were in each segment at each instant.
  [[nodiscard]] EMPTOR_API SegmentSizes sizes(std::span<const Time> times,
                                              const Context& context = {}) const;
  /// Which clauses of a segment's rule held for the customer and what they measured. Throws
  /// `out_of_range` for an unknown segment; an unknown customer has done nothing.
  [[nodiscard]] EMPTOR_API RuleExplanation explain(std::size_t segment, Customer customer,
                                                   Time as_of) const;

 private:
  struct Data;
  std::unique_ptr<const Data> data_;
};

/// Short for one snapshot.
[[nodiscard]] EMPTOR_API SegmentSets segments_of(const RuleSegments& segments,
                                                 const RuleTables& tables, Time as_of,
                                                 const Context& context = {});

}  // namespace emptor
