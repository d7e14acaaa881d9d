#pragma once
// The weight of one record against many, where frequencies are those of now. What PairScorer says
// of two records, without its tables: here records come and go.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/link_model.hpp"
#include "identity/pair_scorer.hpp"

namespace emptor::detail {

/// How rare values are among the records as they are now: as `ScoreTables::log_share`.
class LiveShares {
 public:
  LiveShares(const ComparedRecords& records, const LinkModel& model);

  /// A record was appended, or will be erased.
  void add(std::size_t record) { follow(record, 1); }
  void remove(std::size_t record) { follow(record, ~std::uint32_t{0}); }

  /// log2 of the chance that another person has a value that occurs so often, when there are
  /// `more_records` and `more_values` of the comparison than are counted.
  [[nodiscard]] float log_share(std::size_t c, double frequency, std::size_t more_records,
                                std::size_t more_values) const;
  /// How often the value occurs, and the other ways to write it that it may stand for.
  [[nodiscard]] double frequency(std::size_t c, std::uint32_t code) const;
  /// As `ScoreTables::most_of_names`, of the records there are now.
  [[nodiscard]] float most_of_names(std::size_t more_records) const noexcept;
  /// Of names written in their own script that are read so.
  [[nodiscard]] double written_as(std::size_t c, std::uint64_t exact_key) const;

 private:
  struct Kind {
    ValueRarity rarity;
    bool read_aloud = false;
    std::unordered_map<std::uint64_t, std::uint32_t> written;
  };
  void follow(std::size_t record, std::uint32_t step);

  const ComparedRecords& records_;
  std::vector<Kind> kinds_;
};

/// For one thread; the objects given must outlive it.
class RecordScorer {
 public:
  /// `weights`: of the model; its shares are not used.
  RecordScorer(const ComparedRecords& records, const ScoreTables& weights,
               const LiveShares& shares);

  /// From now on this record is compared: one of the records, …
  void begin(std::uint32_t record);
  /// … or one of other records of the same schema, as if it was one of them.
  void begin(const ComparedRecords& others, std::size_t record);

  /// Asks memory for the record's codes, and, later, for what they lead to.
  void prefetch(std::uint32_t b) const noexcept { records_.prefetch(b); }
  void prefetch_values(std::uint32_t b) const noexcept;

  [[nodiscard]] float weight(std::uint32_t b) { return weight_of(total(b)); }
  [[nodiscard]] float cross_weight(std::uint32_t b) {
    const KindWeights both = total(b);
    return cross_weight_of(both, weights_, levels_, [&](std::size_t c) {
      return static_cast<double>(records_.dictionary(c).total() + more_values_[c]) /
             static_cast<double>(records_.size() + more_records_);
    });
  }
  /// Of the last pair.
  [[nodiscard]] const Levels& levels() const noexcept { return levels_; }
  /// The code that the slot's value has among the records; 0: none, or not known to them.
  [[nodiscard]] std::uint32_t code(std::size_t slot) const noexcept { return values_[slot].code; }
  [[nodiscard]] bool missing(std::size_t slot) const noexcept { return values_[slot].own == 0; }

 private:
  struct OwnValue {
    std::uint32_t own = 0;   ///< its code among its own records; 0: missing
    std::uint32_t code = 0;  ///< among the records; 0: not known
    float share = 0;         ///< log share
  };

  [[nodiscard]] std::uint8_t level_of(std::size_t c, const OwnValue& x, std::uint32_t y) const;
  [[nodiscard]] std::uint8_t best_level(std::size_t c, const std::uint32_t* b) const;
  void cross_names(std::uint32_t b);
  void ask_for_values(const ComparedRecords& others, std::size_t record) const;
  [[nodiscard]] float agreed_share(std::size_t c, const std::uint32_t* b) const;
  [[nodiscard]] float share_of(std::size_t c, const OwnValue& x, std::uint32_t y) const;
  [[nodiscard]] KindWeights total(std::uint32_t b);

  const ComparedRecords& records_;
  const ScoreTables& weights_;
  const LiveShares& shares_;
  const ComparedRecords* own_ = nullptr;
  std::span<const Comparison> comparisons_;
  std::size_t more_records_ = 0;
  std::array<std::size_t, max_comparisons> more_values_{};
  std::vector<OwnValue> values_;          // by slot
  std::vector<std::uint32_t> names_;      // tokens of the records, ascending
  std::array<std::uint32_t, 2> token_{};  // of given and family name
  ComparedRecords::NameBits bits_{};
  Levels levels_{};
  int given_ = -1, family_ = -1;
};

}  // namespace emptor::detail
