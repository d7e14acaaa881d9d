#pragma once
// Tags on a customer: who put which tag when, from where, until when, and who took it off again.
//
// A statement puts a tag on (for ever, or until an instant) or takes it off; statements are only
// ever added, in any order. The tag is on when the last statement up to the instant put it on and
// has not run out. Statements at one instant: taking off beats putting on, the later end beats the
// earlier. Of customers who are one, all statements count as one person's.
//
// Cost: `add` O(n), `at` O(n) in the customer's n statements. Memory: 32 bytes a statement.
// Thread safety: as a std::vector.

#include <cstdint>
#include <span>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/consent.hpp"

namespace emptor {

/// What is said of a customer ("vip", "allergic to nuts"); a host keeps `Keys<Tag>`.
enum class Tag : std::uint32_t {};

struct TagStatement {
  Tag tag = no_id<Tag>;
  Time time{};
  Time until = Time::max();  ///< the tag runs out at this instant; max: never
  bool off = false;          ///< takes the tag off; `until` says nothing then
  Source source = no_id<Source>;
  friend bool operator==(const TagStatement&, const TagStatement&) = default;
};

class TagSet {
 public:
  /// Throws `invalid_value` without a tag, or when it ends before it begins.
  EMPTOR_API void add(const TagStatement& statement);
  EMPTOR_API void merge(const TagSet& other);

  /// The statements that put on what is on at the instant, ascending by tag, one a tag.
  [[nodiscard]] EMPTOR_API std::vector<TagStatement> at(Time as_of) const;
  /// Whether the tag is on at the instant.
  [[nodiscard]] EMPTOR_API bool has(Tag tag, Time as_of) const;
  /// By tag and time.
  [[nodiscard]] std::span<const TagStatement> statements() const noexcept { return statements_; }

  friend bool operator==(const TagSet&, const TagSet&) = default;

 private:
  std::vector<TagStatement> statements_;
};

}  // namespace emptor
