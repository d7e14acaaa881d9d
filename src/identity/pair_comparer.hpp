#pragma once
// The levels of pairs of records, a block of pairs at a time: comparison by comparison, first what
// the codes decide, then what can be seen of two values at a glance, and only for the few that are
// left their texts, all of a step's memory asked for before it is read. What was compared before is
// remembered. For one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/comparison.hpp"
#include "emptor/identity/link_model.hpp"
#include "emptor/identity/record_pair.hpp"
#include "identity/value_traits.hpp"

namespace emptor::detail {

using Levels = std::array<std::uint8_t, max_comparisons>;

/// Pairs compared at a time.
inline constexpr std::size_t pairs_a_block = 128;

/// Of two dates that differ.
[[nodiscard]] std::uint8_t birth_date_level(DateAgreement agreement) noexcept;

inline constexpr std::uint8_t undecided = 0xFF;

/// What can be said of two values that differ, of a kind that knows more than that, without their
/// texts, or `undecided`.
[[nodiscard]] inline std::uint8_t level_at_a_glance(ComparisonKind kind, std::uint8_t last,
                                                    const ValueTraits& a,
                                                    const ValueTraits& b) noexcept {
  if (surely_different(kind, a, b)) return last;
  return kind == ComparisonKind::birth_date ? birth_date_level(compare_dates(a.other, b.other))
                                            : undecided;
}
/// What their texts say.
[[nodiscard]] std::uint8_t level_of_texts(ComparisonKind kind, std::string_view a,
                                          std::string_view b, const Nicknames& nicknames);

class PairComparer {
 public:
  explicit PairComparer(const ComparedRecords& records);

  /// Asks memory for what comparing the pairs will need first.
  void ask(std::span<const RecordPair> pairs) const noexcept {
    for (const auto& [a, b] : pairs) {
      records_.prefetch(a);
      records_.prefetch(b);
    }
  }
  /// The levels of up to `pairs_a_block` pairs of `records`.
  void compare(std::span<const RecordPair> pairs);
  /// Of one of the pairs, one level a comparison.
  [[nodiscard]] const Levels& levels(std::size_t pair) const noexcept { return levels_[pair]; }
  /// Of one pair that is compared now.
  void levels(std::size_t a, std::size_t b, Levels& out) {
    const RecordPair pair{static_cast<std::uint32_t>(a), static_cast<std::uint32_t>(b)};
    compare({&pair, 1});
    out = levels_[0];
  }

  /// The rarest value that the two agree on exactly, the same for (b, a); there is one.
  [[nodiscard]] std::uint32_t agreed_code(std::size_t a, std::size_t b, std::size_t comparison);

 private:
  /// Two values that differ.
  struct Item {
    std::uint32_t pair = 0, x = 0, y = 0;
  };
  struct TextItem {
    std::uint32_t comparison = 0;
    Item item;
  };
  struct Remembered {
    std::uint32_t a = 0, b = 0;
    std::uint32_t level = 0;
  };

  void compare_one();
  void compare_many(std::size_t pairs);
  void compare_codes(std::size_t c, std::size_t pairs);
  void glance(std::size_t c);
  void read_texts();
  void compare_alternatives(std::size_t c, std::size_t pairs);
  void cross_names(std::span<const RecordPair> pairs);
  [[nodiscard]] Remembered& remembered(std::size_t c, std::uint32_t x, std::uint32_t y) noexcept {
    const std::uint64_t mixed = (static_cast<std::uint64_t>(x) << 32 | y) * 0x9e3779b97f4a7c15U;
    return remembered_[c][mixed >> (64 - memory_bits)];
  }
  /// Of two values that differ, by all means.
  [[nodiscard]] std::uint8_t level_of(std::size_t c, std::uint32_t x, std::uint32_t y);
  [[nodiscard]] std::uint8_t compare_texts(std::size_t c, std::uint32_t x, std::uint32_t y) const;
  [[nodiscard]] bool has_name(std::size_t record, std::size_t c, std::size_t from) const;

  static constexpr unsigned memory_bits = 12;

  const ComparedRecords& records_;
  std::span<const Comparison> comparisons_;
  std::array<std::uint8_t, max_comparisons> last_{};
  std::array<bool, max_comparisons> equal_or_not_{};
  std::array<const ValueDictionary*, max_comparisons> values_{};
  std::vector<std::vector<Remembered>> remembered_;
  int given_ = -1, family_ = -1;

  // of the block in hand
  std::array<const std::uint32_t*, pairs_a_block> rows_a_{}, rows_b_{};
  std::array<Levels, pairs_a_block> levels_{};
  std::vector<std::array<Item, pairs_a_block>> items_;  // by comparison
  std::array<std::size_t, max_comparisons> counts_{};
  std::vector<TextItem> texts_;
};

}  // namespace emptor::detail
