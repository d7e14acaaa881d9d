#pragma once
// A rule scorecard as plain data, to be checked (score/scorecard.hpp) or edited as JSON
// (score/scorecard_json.hpp). All points are whole. Thread safety: values.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"

namespace emptor {

inline constexpr std::int64_t max_scorecard_points = 1'000'000;
inline constexpr std::int64_t max_scorecard_bound = 1'000'000'000'000;
inline constexpr std::size_t max_scorecard_rules = 256;

/// What is known of a customer: a number, or one of some categories.
struct ScorecardAttribute {
  std::string name;
  std::vector<std::string> categories;  ///< at most 4096; none: a number
  friend bool operator==(const ScorecardAttribute&, const ScorecardAttribute&) = default;
};

/// A kind of event or a channel: what rules call it, and the host's number.
struct ScorecardName {
  std::string name;
  std::int64_t id = 0;  ///< in [0, 65535]
  friend bool operator==(const ScorecardName&, const ScorecardName&) = default;
};

struct ScorecardAxis {
  std::string id;  ///< 1 to 64 of A-Z a-z 0-9 - _ .
  std::int64_t minimum = -max_scorecard_bound;
  std::int64_t maximum = max_scorecard_bound;  ///< of the sum of its rules; >= minimum
  friend bool operator==(const ScorecardAxis&, const ScorecardAxis&) = default;
};

/// A rule looks either at an attribute or at events.
struct ScorecardRule {
  std::string id;  ///< 1 to 64 of A-Z a-z 0-9 - _ .
  std::string axis;
  std::int64_t points = 0;  ///< not 0; within ±1e6

  // Points once, when the attribute has a number in [from, to), one of the categories, or when it
  // is missing and `missing` is set. Bounds are rounded to float, as attributes are.
  std::string attribute;
  std::optional<double> from;
  std::optional<double> to;
  std::vector<std::string> any_of;
  bool missing = false;

  // Points for each event, times its count; or once, when the number of events (their counts added
  // up) is in [at_least, at_most]. Only events of these kinds and channels (empty: any channel, or
  // none), younger than the window.
  std::vector<std::string> events;
  std::vector<std::string> channels;
  std::chrono::seconds window{0};        ///< 0: for ever; at most 100 years
  std::chrono::seconds half_life{0};     ///< 0: no decay; at most 100 years; points for each event
  std::optional<std::int64_t> at_least;  ///< in [0, 1e9]
  std::optional<std::int64_t> at_most;
  std::optional<std::int64_t> maximum;  ///< of the rule's points, without their sign; >= 1

  friend bool operator==(const ScorecardRule&, const ScorecardRule&) = default;
};

/// An event that ends what went before: earlier events count no more for these rules and for the
/// rules of these axes. The event itself still counts, and attributes stay.
struct ScorecardReset {
  std::string event;
  std::vector<std::string> axes;
  std::vector<std::string> rules;  ///< of events
  friend bool operator==(const ScorecardReset&, const ScorecardReset&) = default;
};

/// Reached at `up` points and above, held as long as there are `down` at least.
struct ScorecardBand {
  std::string name;  ///< 1 to 64 bytes
  std::int64_t up = 0;
  std::int64_t down = 0;  ///< <= up
  friend bool operator==(const ScorecardBand&, const ScorecardBand&) = default;
};

/// Bands from the best to the worst; `up` and `down` descend. The last one takes all the rest, its
/// thresholds are 0.
struct ScorecardGrading {
  std::string axis;                  ///< empty: the total
  std::vector<ScorecardBand> bands;  ///< 1 to 64
  friend bool operator==(const ScorecardGrading&, const ScorecardGrading&) = default;
};

struct ScorecardDraft {
  std::string id;            ///< 1 to 64 of A-Z a-z 0-9 - _ .
  std::int64_t version = 1;  ///< in [1, 1e9]
  std::vector<ScorecardAttribute> attributes;
  std::vector<ScorecardName> events;    ///< the kinds there are; at most 1024
  std::vector<ScorecardName> channels;  ///< at most 64
  std::vector<ScorecardAxis> axes;      ///< 1 to 8
  std::int64_t minimum = -max_scorecard_bound;
  std::int64_t maximum = max_scorecard_bound;  ///< of the sum of the axes
  std::vector<ScorecardRule> rules;            ///< 1 to 256
  std::vector<ScorecardReset> resets;          ///< at most 64
  std::vector<ScorecardGrading> gradings;  ///< at most 4; the grade is their bands' names joined

  friend bool operator==(const ScorecardDraft&, const ScorecardDraft&) = default;
};

/// Everything that is wrong with a draft; empty for a sound one. `where` is the path
/// ("rules[2].axis"), `message` says what would be right.
[[nodiscard]] EMPTOR_API std::vector<Error> scorecard_problems(const ScorecardDraft& draft);

}  // namespace emptor
