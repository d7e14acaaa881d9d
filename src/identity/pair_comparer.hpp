#pragma once
// The levels of a pair of records, with what was compared before remembered. For one thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "emptor/identity/compared_records.hpp"
#include "emptor/identity/comparison.hpp"
#include "emptor/identity/link_model.hpp"
#include "identity/value_traits.hpp"

namespace emptor::detail {

using Levels = std::array<std::uint8_t, max_comparisons>;

/// Of two dates that differ.
[[nodiscard]] std::uint8_t birth_date_level(DateAgreement agreement) noexcept;

class PairComparer {
 public:
  explicit PairComparer(const ComparedRecords& records);

  /// One level a comparison.
  void levels(std::size_t a, std::size_t b, Levels& out) {
    levels_of(records_.codes(a), records_.codes(b), out);
    if (given_ >= 0 && family_ >= 0) cross_names(a, b, out);
  }
  /// The rarest value that the two agree on exactly, the same for (b, a); there is one.
  [[nodiscard]] std::uint32_t agreed_code(std::size_t a, std::size_t b, std::size_t comparison);

 private:
  struct Remembered {
    std::uint32_t a = 0, b = 0;
    std::uint32_t level = 0;
  };

  void levels_of(const std::uint32_t* a, const std::uint32_t* b, Levels& out) {
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
      const Comparison& comparison = comparisons_[c];
      const std::uint32_t x = a[comparison.first_slot], y = b[comparison.first_slot];
      if (comparison.slots == 1) {
        out[c] = x == 0 || y == 0 ? missing_level : x == y ? exact_level : level_of(c, x, y);
      } else {
        out[c] = best_level(c, a, b);
      }
    }
  }
  std::uint8_t best_level(std::size_t c, const std::uint32_t* a, const std::uint32_t* b);
  std::uint8_t level_of(std::size_t c, std::uint32_t x, std::uint32_t y) {
    if (equal_or_not_[c]) return last_[c];
    const ValueDictionary& values = *values_[c];
    const ValueTraits &of_x = values.traits(x), &of_y = values.traits(y);
    if (surely_different(values.kind(), of_x, of_y)) return last_[c];
    if (values.kind() == ComparisonKind::birth_date) {
      return birth_date_level(compare_dates(of_x.other, of_y.other));
    }
    if (x > y) std::swap(x, y);
    const std::uint64_t mixed = (static_cast<std::uint64_t>(x) << 32 | y) * 0x9e3779b97f4a7c15U;
    Remembered& slot = remembered_[c][mixed >> (64 - memory_bits)];
    if (slot.a != x || slot.b != y) slot = {x, y, compare(c, x, y)};
    return static_cast<std::uint8_t>(slot.level);
  }
  std::uint8_t compare(std::size_t c, std::uint32_t x, std::uint32_t y);
  void cross_names(std::size_t a, std::size_t b, Levels& out);
  [[nodiscard]] bool has_name(std::size_t record, std::size_t c, std::size_t from) const;

  static constexpr unsigned memory_bits = 12;

  const ComparedRecords& records_;
  std::span<const Comparison> comparisons_;
  std::array<std::uint8_t, max_comparisons> last_{};
  std::array<bool, max_comparisons> equal_or_not_{};
  std::array<const ValueDictionary*, max_comparisons> values_{};
  std::vector<std::vector<Remembered>> remembered_;
  int given_ = -1, family_ = -1;
};

}  // namespace emptor::detail
