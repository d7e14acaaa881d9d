#include "identity/pair_comparer.hpp"

#include <algorithm>
#include <utility>

#include "emptor/identity/nicknames.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

std::uint8_t level_of_texts(ComparisonKind kind, std::string_view a, std::string_view b,
                            const Nicknames& nicknames) {
  const std::uint8_t level = compare_values(kind, a, b);
  constexpr std::uint8_t alike = 2;
  return kind == ComparisonKind::given_name && level > alike && level != generation_level &&
                 nicknames.shares_name(before_tab(a), before_tab(b))
             ? alike
             : level;
}

PairComparer::PairComparer(const ComparedRecords& records)
    : records_(records),
      comparisons_(records.comparisons()),
      remembered_(comparisons_.size()),
      items_(comparisons_.size()) {
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

void PairComparer::compare(std::span<const RecordPair> pairs) {
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    rows_a_[i] = records_.codes(pairs[i].a);
    rows_b_[i] = records_.codes(pairs[i].b);
  }
  if (pairs.size() == 1) {
    compare_one();
  } else {
    compare_many(pairs.size());
  }
  if (given_ >= 0 && family_ >= 0) cross_names(pairs);
}

/// Without the lists that many pairs are worth.
void PairComparer::compare_one() {
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    if (comparisons_[c].slots != 1) {
      compare_alternatives(c, 1);
      continue;
    }
    const std::size_t slot = comparisons_[c].first_slot;
    const std::uint32_t x = rows_a_[0][slot], y = rows_b_[0][slot];
    levels_[0][c] = x == 0 || y == 0 ? missing_level : x == y ? exact_level : level_of(c, x, y);
  }
}

void PairComparer::compare_many(std::size_t pairs) {
  texts_.clear();
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    if (comparisons_[c].slots == 1) compare_codes(c, pairs);
  }
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    if (comparisons_[c].slots != 1) {
      compare_alternatives(c, pairs);
    } else if (!equal_or_not_[c]) {
      glance(c);
    }
  }
  read_texts();
}

/// Levels of values that are missing or equal, and "different" for all others; notes those that
/// need a closer look.
void PairComparer::compare_codes(std::size_t c, std::size_t pairs) {
  const std::size_t slot = comparisons_[c].first_slot;
  const std::uint8_t last = last_[c];
  Item* items = items_[c].data();
  std::size_t count = 0;
  for (std::size_t i = 0; i < pairs; ++i) {
    const std::uint32_t x = rows_a_[i][slot], y = rows_b_[i][slot];
    const bool both = (x != 0) & (y != 0), differ = x != y;
    levels_[i][c] = both ? (differ ? last : exact_level) : missing_level;
    items[count] = {static_cast<std::uint32_t>(i), x, y};
    count += static_cast<std::size_t>(both & differ);
  }
  counts_[c] = count;
  if (equal_or_not_[c]) return;
  const ValueDictionary& values = *values_[c];
  for (std::size_t k = 0; k < count; ++k) {
    __builtin_prefetch(&values.traits(items[k].x));
    __builtin_prefetch(&values.traits(items[k].y));
  }
}

void PairComparer::glance(std::size_t c) {
  const ValueDictionary& values = *values_[c];
  const ComparisonKind kind = values.kind();
  const std::uint8_t last = last_[c];
  for (std::size_t k = 0; k < counts_[c]; ++k) {
    Item item = items_[c][k];
    const std::uint8_t level =
        level_at_a_glance(kind, last, values.traits(item.x), values.traits(item.y));
    if (level != undecided) {
      levels_[item.pair][c] = level;
      continue;
    }
    if (item.x > item.y) std::swap(item.x, item.y);
    __builtin_prefetch(&remembered(c, item.x, item.y));
    texts_.push_back({static_cast<std::uint32_t>(c), item});
  }
}

void PairComparer::read_texts() {
  std::size_t left = 0;
  for (const TextItem& text : texts_) {
    const auto& [pair, x, y] = text.item;
    const Remembered& known = remembered(text.comparison, x, y);
    if (known.a == x && known.b == y) {
      levels_[pair][text.comparison] = static_cast<std::uint8_t>(known.level);
      continue;
    }
    texts_[left++] = text;
  }
  texts_.resize(left);
  for (const TextItem& text : texts_) {
    __builtin_prefetch(values_[text.comparison]->text(text.item.x).data());
    __builtin_prefetch(values_[text.comparison]->text(text.item.y).data());
  }
  for (const TextItem& text : texts_) {
    const auto& [pair, x, y] = text.item;
    Remembered& known = remembered(text.comparison, x, y);
    if (known.a != x || known.b != y) known = {x, y, compare_texts(text.comparison, x, y)};
    levels_[pair][text.comparison] = static_cast<std::uint8_t>(known.level);
  }
}

std::uint8_t PairComparer::compare_texts(std::size_t c, std::uint32_t x, std::uint32_t y) const {
  const ValueDictionary& values = *values_[c];
  return level_of_texts(values.kind(), values.text(x), values.text(y), records_.nicknames());
}

std::uint8_t PairComparer::level_of(std::size_t c, std::uint32_t x, std::uint32_t y) {
  if (equal_or_not_[c]) return last_[c];
  const ValueDictionary& values = *values_[c];
  const std::uint8_t level =
      level_at_a_glance(values.kind(), last_[c], values.traits(x), values.traits(y));
  if (level != undecided) return level;
  if (x > y) std::swap(x, y);
  Remembered& known = remembered(c, x, y);
  if (known.a != x || known.b != y) known = {x, y, compare_texts(c, x, y)};
  return static_cast<std::uint8_t>(known.level);
}

/// The best of all that the two records have.
void PairComparer::compare_alternatives(std::size_t c, std::size_t pairs) {
  const Comparison& comparison = comparisons_[c];
  for (std::size_t pair = 0; pair < pairs; ++pair) {
    const std::uint32_t* a = rows_a_[pair] + comparison.first_slot;
    const std::uint32_t* b = rows_b_[pair] + comparison.first_slot;
    std::uint8_t best = max_levels;
    for (std::size_t i = 0; i < comparison.slots; ++i) {
      for (std::size_t j = 0; a[i] != 0 && j < comparison.slots; ++j) {
        if (b[j] == 0) continue;
        const std::uint8_t level = a[i] == b[j] ? exact_level : level_of(c, a[i], b[j]);
        if (level != missing_level) best = std::min(best, level);
      }
    }
    levels_[pair][c] = best == max_levels ? missing_level : best;
  }
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
void PairComparer::cross_names(std::span<const RecordPair> pairs) {
  const auto given = static_cast<std::size_t>(given_), family = static_cast<std::size_t>(family_);
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    std::uint8_t &of_given = levels_[i][given], &of_family = levels_[i][family];
    if (of_given < 3 && of_family < 3) continue;
    const auto [a, b] = pairs[i];
    const ComparedRecords::NameBits &of_a = records_.name_bits(a), &of_b = records_.name_bits(b);
    const auto cross = [&](std::size_t c, std::uint8_t& level, std::uint64_t bit_a,
                           std::uint64_t bit_b) {
      if (level < 3 || ((bit_a & of_b.all) == 0 && (bit_b & of_a.all) == 0)) return;
      const std::size_t slot = comparisons_[c].first_slot;
      const std::uint32_t x = rows_a_[i][slot], y = rows_b_[i][slot];
      if (values_[c]->exact_key(x) == values_[c]->exact_key(y)) return;  // father and son
      if (has_name(b, c, a) || has_name(a, c, b)) level = crossed_level;
    };
    cross(given, of_given, of_a.given, of_b.given);
    cross(family, of_family, of_a.family, of_b.family);
    if (of_given == crossed_level && of_family == crossed_level) of_given = missing_level;
  }
}

}  // namespace emptor::detail
