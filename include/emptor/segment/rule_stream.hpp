#pragma once
// Rule segments kept up to date as customers do things, as time goes by, and as customers merge.
//
// Each customer has the numbers that all rules share (RuleSegments::measures), the bits of
// conditions and rules, and its own happenings in order of time. An order line or event touches the
// measures of its kind alone, then the conditions of what changed, then their rules. A window that
// moves on is known beforehand: every customer has the next instant at which time alone may change
// something, and `advance` visits those whose instant has come, in the order of instants. So a
// change says when it happened, whatever the steps of `advance`.
//
// After `advance(t)` the sets equal those of RuleBatch over the same happenings at t, whatever the
// order of their coming. Between two calls of `advance` a happening brings its own customer up to
// its own time; the others stand as of their last instant.
//
// Cost: a happening in order of time O(measures of its kind), and up to O(h) more in the customer's
// h happenings for each measure of its kind that is a sequence it may complete or answer, counts
// apart (`distinct`) or has an anchored window; one that comes late O(h x measures). Sets take who
// entered and left in batches: `set` brings in up to 2,048 of them. Memory: 8 bytes a measure and
// customer, 48 a happening. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/merge.hpp"
#include "emptor/core/time.hpp"
#include "emptor/profile/tags.hpp"
#include "emptor/segment/customer_set.hpp"
#include "emptor/segment/rule_result.hpp"
#include "emptor/segment/rule_segments.hpp"
#include "emptor/table/consent.hpp"
#include "emptor/table/entities.hpp"
#include "emptor/table/events.hpp"

namespace emptor {

/// An order line for a SegmentStream. A negative amount or quantity makes it a refund.
struct SegmentOrderLine {
  Customer customer = no_customer;
  Order order = no_id<Order>;  ///< none: an order of its own
  Item item = no_item;
  Time time{};
  std::int64_t amount = 0;  ///< 10^-price_scale major units
  std::int32_t quantity = 1;
  Channel channel = no_id<Channel>;  ///< as SegmentStream::channel numbers it
};

/// An event for a SegmentStream.
struct SegmentEvent {
  Customer customer = no_customer;
  EventKind kind = EventKind::view;
  Item item = no_item;
  Time time{};
  Channel channel = no_id<Channel>;  ///< as SegmentStream::channel numbers it
};

/// Is a HubListener (hub/merge_hub.hpp).
class SegmentStream {
 public:
  /// `customers` has the attributes, `items` their columns; both may be null, must outlive the
  /// stream, and get no new columns. They may grow; an item's columns must be there before its
  /// first happening. Throws `not_found` for a column that a rule asks for and a table lacks,
  /// `out_of_range` for a time thousands of years away.
  EMPTOR_API SegmentStream(const RuleSegments& segments, Time start,
                           const Customers* customers = nullptr, const Items* items = nullptr);
  EMPTOR_API SegmentStream(SegmentStream&&) noexcept;
  EMPTOR_API SegmentStream& operator=(SegmentStream&&) noexcept;
  EMPTOR_API ~SegmentStream();

  /// The number of a channel's name.
  EMPTOR_API Channel channel(std::string_view channel_name);

  // Each of these returns who entered or left what, in order; the view lasts until the next call.

  /// Customers 0 to `count` - 1 are there, also those who have done nothing yet. A happening does
  /// the same for its customer and those with smaller ids.
  EMPTOR_API std::span<const SegmentChange> add_customers(std::size_t count);
  /// Something happened. Throws `invalid_value` without a customer, `out_of_range` for its time,
  /// `overflow` when the customer's amounts add up beyond int64; then nothing has changed.
  EMPTOR_API std::span<const SegmentChange> add(const SegmentOrderLine& line);
  EMPTOR_API std::span<const SegmentChange> add(const SegmentEvent& event);
  /// Throws as TagSet::add and ConsentHistory::add do.
  EMPTOR_API std::span<const SegmentChange> add_tag(Customer customer,
                                                    const TagStatement& statement);
  EMPTOR_API std::span<const SegmentChange> add_consent(const ConsentRecord& record);
  /// The customer's columns were changed in the table.
  EMPTOR_API std::span<const SegmentChange> attributes_changed(Customer customer);
  /// Time has come to `now`. Throws `invalid_value` when that is before `this->now()`.
  EMPTOR_API std::span<const SegmentChange> advance(Time now);

  /// Follow merges: who is merged away leaves all segments, and the one who owns the happenings of
  /// all is found anew. Throw `overflow` when amounts add up beyond int64; nothing has changed
  /// then.
  EMPTOR_API void on_merge(const MergeEvent& event, std::span<const OwnerChange> changes);
  EMPTOR_API void on_unmerge(const MergeEvent& event, std::span<const OwnerChange> changes);
  /// Forgets what arrived on this customer: happenings, tags, consent.
  EMPTOR_API void erase(Customer customer);
  /// What the last call did; for those that return nothing.
  [[nodiscard]] EMPTOR_API std::span<const SegmentChange> changes() const noexcept;

  [[nodiscard]] EMPTOR_API Time now() const noexcept;
  [[nodiscard]] EMPTOR_API std::size_t customers() const noexcept;
  [[nodiscard]] EMPTOR_API const RuleSegments& segments() const noexcept;
  /// Who is in the segment. Throws `out_of_range`.
  [[nodiscard]] EMPTOR_API const CustomerSet& set(std::size_t segment) const;
  /// Which clauses hold for the customer now and what they measure. Throws `out_of_range` for an
  /// unknown segment or customer.
  [[nodiscard]] EMPTOR_API RuleExplanation explain(std::size_t segment, Customer customer) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace emptor
