#pragma once
// The rules of the identifier graph: which identifiers there are, how many of each a customer may
// have, which values say nothing, which identifier gives way first.
//
// The rules follow what customer-data platforms learned from merges gone wrong: Segment, "Identity
// Resolution Onboarding" (limits, blocked values, priority; its example tables are our defaults),
// https://segment.com/docs/unify/identity-resolution/identity-resolution-onboarding/. What ours
// mean exactly stands in identity/identifier_graph.hpp. Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"

namespace emptor {

/// A rule's place in `IdentifierGraphOptions::rules`: 0 is the rule of the highest priority.
enum class IdentifierType : std::uint8_t {};

inline constexpr IdentifierType no_identifier_type{255};

/// The span of time in which a limit counts: sliding, of 365, 30, 7 and 1 days of 86,400 s.
enum class LimitWindow : std::uint8_t { ever, annually, monthly, weekly, daily };

struct IdentifierLimit {
  std::uint32_t values = 5;  ///< distinct values a customer may gain in a window; 0: no limit
  LimitWindow window = LimitWindow::ever;

  friend bool operator==(const IdentifierLimit&, const IdentifierLimit&) = default;
};

/// Values that are no evidence. ASCII letters match in either case.
struct BlockedPattern {
  enum class Kind : std::uint8_t {
    exact,  ///< the whole value
    glob,   ///< `*` stands for any characters or none, `?` for one character
    only,   ///< every character of the value is one of `text`, which is ASCII: "0-"
  };
  Kind kind = Kind::exact;
  std::string text;  ///< UTF-8, not empty

  friend bool operator==(const BlockedPattern&, const BlockedPattern&) = default;
};

/// Whether the pattern matches the whole value. O(value x pattern) at worst.
[[nodiscard]] EMPTOR_API bool matches(const BlockedPattern& pattern, std::string_view value);

/// One type of identifier.
struct IdentifierRule {
  std::string name;  ///< "user_id"; unique, without NUL; stands in reasons and tombstones
  IdentifierLimit limit{};
  /// Two different values are two people, always: a login, a checked document. As a limit of one
  /// value ever, whatever `limit` says, and reported as a conflict.
  bool verified = false;
  std::vector<BlockedPattern> blocked{};  ///< besides those of all types
};

/// user_id (1 ever, verified), email (5 annually), phone (5 annually), device_id (5 annually),
/// anonymous_id (5 monthly), by falling priority.
[[nodiscard]] EMPTOR_API std::vector<IdentifierRule> default_identifier_rules();

/// Zeros and dashes, "-1", "null", "anonymous", "undefined", "unknown", "none", "n/a".
[[nodiscard]] EMPTOR_API std::vector<BlockedPattern> default_blocked_identifiers();

struct IdentifierGraphOptions {
  /// By falling priority; 1 to 255.
  std::vector<IdentifierRule> rules = default_identifier_rules();
  /// Of all types.
  std::vector<BlockedPattern> blocked = default_blocked_identifiers();
  /// Longer values are no identifiers; >= 1.
  std::size_t max_value_bytes = 1024;
  /// What is used of one arrival, those of the highest priority; >= 1.
  std::size_t max_identifiers = 256;
  /// false: what does not fit goes together with all of lower priority (as in Segment). true: those
  /// of lower priority stay if they fit with what is kept.
  bool keep_what_fits = false;
  /// Two customers who were parted by an unmerge do not meet again through identifiers.
  bool remember_unmerges = true;
  /// Key of the tombstones, at least 16 bytes, 32 random ones are advised; empty: `erase` is
  /// refused. It is neither saved nor shown.
  std::string tombstone_key{};
};

}  // namespace emptor
