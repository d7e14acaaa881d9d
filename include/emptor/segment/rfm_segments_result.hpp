#pragma once
// Named RFM segments: the table of rules, who is in which segment, and what each is worth.
// Plain data; thread safety: values.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace emptor {

/// Scores from `low` to `high`, both included.
struct ScoreRange {
  std::uint8_t low = 1;
  std::uint8_t high = 5;
  friend bool operator==(const ScoreRange&, const ScoreRange&) = default;
};

struct RfmRule {
  std::string segment;  ///< several rules may lead to one segment
  ScoreRange recency;
  ScoreRange frequency;
  ScoreRange monetary;
  friend bool operator==(const RfmRule&, const RfmRule&) = default;
};

/// The first rule that holds decides; together the rules must cover every (r, f, m).
struct RfmSegmentTable {
  int bins = 5;  ///< of the scores that the rules speak of
  std::vector<RfmRule> rules;
  friend bool operator==(const RfmSegmentTable&, const RfmSegmentTable&) = default;
};

struct RfmSegmentSummary {
  std::string name;
  std::uint64_t customers = 0;
  std::int64_t monetary = 0;     ///< sum over its customers, 10^-price_scale major units
  std::uint64_t orders = 0;      ///< sum of frequencies
  double customer_share = 0;     ///< of all scored customers
  double monetary_share = 0;     ///< of all scored customers' money; 0 when that is not positive
  double mean_recency_days = 0;  ///< 0 when empty, as the next two
  double mean_orders = 0;
  double mean_monetary = 0;  ///< 10^-price_scale major units
};

struct RfmSegments {
  RfmSegmentTable table;                    ///< that was used
  std::vector<RfmSegmentSummary> segments;  ///< in the order in which the table names them first
  std::vector<std::uint8_t> of_row;         ///< place in `segments` of each row of the RfmResult

  /// The place in `segments` of this name, or segments.size().
  [[nodiscard]] std::size_t find(const std::string& name) const noexcept {
    std::size_t at = 0;
    while (at < segments.size() && segments[at].name != name) ++at;
    return at;
  }
};

/// One cell of the recency x frequency heat map.
struct RfmCell {
  std::uint64_t customers = 0;
  std::int64_t monetary = 0;  ///< sum, 10^-price_scale major units
};

/// k x k cells; scores from 1 to k.
struct RfmGrid {
  int bins = 5;
  std::vector<RfmCell> cells;

  [[nodiscard]] const RfmCell& at(int recency, int frequency) const noexcept {
    return cells[static_cast<std::size_t>((recency - 1) * bins + frequency - 1)];
  }
};

}  // namespace emptor
