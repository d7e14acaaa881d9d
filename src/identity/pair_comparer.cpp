#include "identity/pair_comparer.hpp"

#include <algorithm>
#include <utility>

#include "emptor/identity/nicknames.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

PairComparer::PairComparer(const ComparedRecords& records)
    : records_(records), comparisons_(records.comparisons()), remembered_(comparisons_.size()) {
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    last_[c] = last_level(comparisons_[c].kind);
    values_[c] = &records.dictionary(c);
    equal_or_not_[c] = comparisons_[c].kind == ComparisonKind::category ||
                       comparisons_[c].kind == ComparisonKind::key;
    if (!equal_or_not_[c]) {
      remembered_[c].resize(std::size_t{1} << memory_bits);
    }
    if (comparisons_[c].kind == ComparisonKind::given_name) given_ = static_cast<int>(c);
    if (comparisons_[c].kind == ComparisonKind::family_name) family_ = static_cast<int>(c);
  }
}

std::uint8_t PairComparer::compare(std::size_t c, std::uint32_t x, std::uint32_t y) {
  const ValueDictionary& values = records_.dictionary(c);
  const std::string_view a = values.text(x), b = values.text(y);
  const std::uint8_t level = compare_values(values.kind(), a, b);
  constexpr std::uint8_t alike = 2;
  return values.kind() == ComparisonKind::given_name && level > alike &&
                 level != generation_level &&
                 records_.nicknames().shares_name(before_tab(a), before_tab(b))
             ? alike
             : level;
}

std::uint8_t PairComparer::best_level(std::size_t c, const std::uint32_t* a,
                                      const std::uint32_t* b) {
  const Comparison& comparison = comparisons_[c];
  std::uint8_t best = max_levels;
  for (std::size_t i = 0; i < comparison.slots; ++i) {
    const std::uint32_t x = a[comparison.first_slot + i];
    for (std::size_t j = 0; x != 0 && j < comparison.slots; ++j) {
      const std::uint32_t y = b[comparison.first_slot + j];
      if (y == 0) continue;
      const std::uint8_t level = x == y ? exact_level : level_of(c, x, y);
      if (level != missing_level) best = std::min(best, level);
    }
  }
  return best == max_levels ? missing_level : best;
}

std::uint32_t PairComparer::agreed_code(std::size_t a, std::size_t b, std::size_t c) {
  const Comparison& comparison = comparisons_[c];
  const ValueDictionary& values = records_.dictionary(c);
  const std::uint32_t* x = records_.codes(a) + comparison.first_slot;
  const std::uint32_t* y = records_.codes(b) + comparison.first_slot;
  const auto rank = [&](std::uint32_t code) {
    return std::pair(values.frequency(code), values.text(code));
  };
  std::uint32_t rarest = 0;
  for (std::size_t i = 0; i < comparison.slots && x[i] != 0; ++i) {
    for (std::size_t j = 0; j < comparison.slots && y[j] != 0; ++j) {
      if (x[i] != y[j] && level_of(c, x[i], y[j]) != exact_level) continue;
      const std::uint32_t commoner = std::max(x[i], y[j], [&](std::uint32_t p, std::uint32_t q) {
        return p != q && rank(p) < rank(q);
      });
      if (rarest == 0 || (commoner != rarest && rank(commoner) < rank(rarest))) rarest = commoner;
    }
  }
  return rarest;
}

bool PairComparer::has_name(std::size_t record, std::size_t c, std::size_t from) const {
  const std::uint32_t code = records_.codes(from)[comparisons_[c].first_slot];
  if (code == 0) return false;
  const std::uint32_t token = records_.name_token(c, code);
  const auto names = records_.names(record);
  return token != 0 && std::binary_search(names.begin(), names.end(), token);
}

/// A given name that is the other's family name, or a family name that stands among the other's
/// further names. Names that are swapped in both fields are one piece of evidence, so the given
/// name then says nothing; an e-mail made of the name depends on the family name.
void PairComparer::cross_names(std::size_t a, std::size_t b, Levels& out) {
  const auto given = static_cast<std::size_t>(given_), family = static_cast<std::size_t>(family_);
  if (out[given] < 3 && out[family] < 3) return;
  const ComparedRecords::NameBits &of_a = records_.name_bits(a), &of_b = records_.name_bits(b);
  const auto cross = [&](std::size_t c, std::uint64_t bit_a, std::uint64_t bit_b) {
    if (out[c] < 3 || ((bit_a & of_b.all) == 0 && (bit_b & of_a.all) == 0)) return;
    const std::size_t slot = comparisons_[c].first_slot;
    const std::uint32_t x = records_.codes(a)[slot], y = records_.codes(b)[slot];
    if (values_[c]->exact_key(x) == values_[c]->exact_key(y)) return;  // father and son
    if (has_name(b, c, a) || has_name(a, c, b)) out[c] = crossed_level;
  };
  cross(given, of_a.given, of_b.given);
  cross(family, of_a.family, of_b.family);
  if (out[given] == crossed_level && out[family] == crossed_level) out[given] = missing_level;
}

}  // namespace emptor::detail
