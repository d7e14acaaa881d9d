#include "identity/resolver_scorer.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "identity/link_model_fit.hpp"
#include "identity/value_text.hpp"

namespace emptor::detail {

LiveShares::LiveShares(const ComparedRecords& records, const LinkModel& model) : records_(records) {
  for (std::size_t c = 0; c < records.comparisons().size(); ++c) {
    const ComparisonKind kind = records.comparisons()[c].kind;
    kinds_.push_back(
        {.rarity = ValueRarity(kind, model.comparisons()[c].given[0].random[exact_level]),
         .read_aloud = kind == ComparisonKind::given_name || kind == ComparisonKind::family_name,
         .written = {}});
    const ValueDictionary& values = records.dictionary(c);
    for (std::uint32_t code = 1; kinds_[c].read_aloud && code <= values.size(); ++code) {
      if (values.frequency(code) == 0 || written_name(values.text(code)).empty()) continue;
      kinds_[c].written[values.exact_key(code)] += values.frequency(code);
    }
  }
}

void LiveShares::follow(std::size_t record, std::uint32_t step) {
  for (std::size_t c = 0; c < kinds_.size(); ++c) {
    if (!kinds_[c].read_aloud) continue;
    const Comparison& comparison = records_.comparisons()[c];
    for (std::size_t i = 0; i < comparison.slots; ++i) {
      const std::uint32_t code = records_.codes(record)[comparison.first_slot + i];
      if (code == 0 || written_name(records_.dictionary(c).text(code)).empty()) continue;
      const std::uint64_t key = records_.dictionary(c).exact_key(code);
      if ((kinds_[c].written[key] += step) == 0) kinds_[c].written.erase(key);
    }
  }
}

float LiveShares::log_share(std::size_t c, double frequency, std::size_t more_records,
                            std::size_t more_values) const {
  return kinds_[c].rarity.log_share(frequency, records_.size() + more_records,
                                    records_.dictionary(c).total() + more_values);
}

float LiveShares::most_of_names(std::size_t more_records) const noexcept {
  return static_cast<float>(detail::most_of_names(records_.size() + more_records));
}

double LiveShares::written_as(std::size_t c, std::uint64_t exact_key) const {
  const auto found = kinds_[c].written.find(exact_key);
  return found == kinds_[c].written.end() ? 0 : found->second;
}

double LiveShares::frequency(std::size_t c, std::uint32_t code) const {
  const ValueDictionary& values = records_.dictionary(c);
  double frequency = values.frequency(code);
  if (!kinds_[c].written.empty() && written_name(values.text(code)).empty()) {
    frequency += written_as(c, values.exact_key(code));
  }
  return frequency;
}

RecordScorer::RecordScorer(const ComparedRecords& records, const ScoreTables& weights,
                           const LiveShares& shares)
    : records_(records),
      weights_(weights),
      shares_(shares),
      comparisons_(records.comparisons()),
      values_(records.width()) {
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    if (comparisons_[c].kind == ComparisonKind::given_name) given_ = static_cast<int>(c);
    if (comparisons_[c].kind == ComparisonKind::family_name) family_ = static_cast<int>(c);
  }
}

void RecordScorer::begin(std::uint32_t record) {
  own_ = &records_;
  more_records_ = 0;
  more_values_.fill(0);
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
      const std::size_t slot = comparisons_[c].first_slot + i;
      const std::uint32_t code = records_.codes(record)[slot];
      values_[slot] = {code, code, 0};
      if (code == 0 || !weights_.by_frequency(c, 0)) continue;
      values_[slot].share = shares_.log_share(c, shares_.frequency(c, code), 0, 0);
    }
  }
  const auto names = records_.names(record);
  names_.assign(names.begin(), names.end());
  bits_ = records_.name_bits(record);
  for (const int c : {given_, family_}) {
    if (c < 0) continue;
    const auto place = static_cast<std::size_t>(c);
    const std::uint32_t code = values_[comparisons_[place].first_slot].own;
    token_[c == given_ ? 0 : 1] = code == 0 ? 0 : records_.name_token(place, code);
  }
}

/// All look-ups of the record's values wait for memory together.
void RecordScorer::ask_for_values(const ComparedRecords& others, std::size_t record) const {
  std::array<std::uint32_t, 4 * max_fields> hints{};
  std::array<std::optional<Value>, 4 * max_fields> values{};
  const std::uint32_t* codes = others.codes(record);
  const auto for_each_slot = [&](auto&& visit) {
    for (std::size_t c = 0; c < comparisons_.size(); ++c) {
      for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
        const std::size_t slot = comparisons_[c].first_slot + i;
        if (codes[slot] != 0 && slot < hints.size()) visit(c, slot);
      }
    }
  };
  for_each_slot([&](std::size_t c, std::size_t slot) {
    hints[slot] = records_.dictionary(c).ask_slot(others.dictionary(c).text(codes[slot]));
  });
  for_each_slot([&](std::size_t c, std::size_t slot) {
    values[slot] = records_.dictionary(c).ask_entry(hints[slot]);
  });
  for_each_slot([&](std::size_t c, std::size_t slot) {
    if (values[slot]) records_.dictionary(c).ask_key(*values[slot]);
  });
}

void RecordScorer::begin(const ComparedRecords& others, std::size_t record) {
  own_ = &others;
  more_records_ = 1;
  ask_for_values(others, record);
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    const ValueDictionary &values = records_.dictionary(c), &own = others.dictionary(c);
    const std::uint32_t* codes = others.codes(record) + comparisons_[c].first_slot;
    more_values_[c] = static_cast<std::size_t>(
        std::count_if(codes, codes + comparisons_[c].slots, [](auto code) { return code != 0; }));
    for (std::size_t i = 0; i < comparisons_[c].slots; ++i) {
      OwnValue& value = values_[comparisons_[c].first_slot + i];
      value = {codes[i], codes[i] == 0 ? 0 : values.find(own.text(codes[i])), 0};
      if (codes[i] == 0 || !weights_.by_frequency(c, 0)) continue;
      const double frequency = 1 + (value.code != 0 ? shares_.frequency(c, value.code)
                                    : written_name(own.text(codes[i])).empty()
                                        ? shares_.written_as(c, own.exact_key(codes[i]))
                                        : 0);
      value.share = shares_.log_share(c, frequency, 1, more_values_[c]);
    }
  }
  const auto known = [&](std::uint32_t token) {
    return token == 0 ? 0 : records_.name_tokens().find(others.name_tokens().text(token));
  };
  names_.clear();
  for (const std::uint32_t token : others.names(record)) {
    if (const std::uint32_t there = known(token); there != 0) names_.push_back(there);
  }
  std::sort(names_.begin(), names_.end());
  bits_ = others.name_bits(record);
  for (const int c : {given_, family_}) {
    if (c < 0) continue;
    const auto place = static_cast<std::size_t>(c);
    const std::uint32_t code = values_[comparisons_[place].first_slot].own;
    token_[c == given_ ? 0 : 1] = code == 0 ? 0 : known(others.name_token(place, code));
  }
}

void RecordScorer::prefetch_values(std::uint32_t b) const noexcept {
  const std::uint32_t* codes = records_.codes(b);
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    const std::size_t slot = comparisons_[c].first_slot;
    const std::uint32_t y = codes[slot];
    if (y == 0 || values_[slot].own == 0 || y == values_[slot].code) continue;
    __builtin_prefetch(&records_.dictionary(c).traits(y));
  }
}

std::uint8_t RecordScorer::level_of(std::size_t c, const OwnValue& x, std::uint32_t y) const {
  if (x.code == y) return exact_level;
  const ValueDictionary &own = own_->dictionary(c), &values = records_.dictionary(c);
  const ComparisonKind kind = values.kind();
  const auto last = static_cast<std::uint8_t>(weights_.last(c));
  if (kind == ComparisonKind::category || kind == ComparisonKind::key) return last;
  const std::uint8_t level = level_at_a_glance(kind, last, own.traits(x.own), values.traits(y));
  return level != undecided
             ? level
             : level_of_texts(kind, own.text(x.own), values.text(y), records_.nicknames());
}

std::uint8_t RecordScorer::best_level(std::size_t c, const std::uint32_t* b) const {
  const Comparison& comparison = comparisons_[c];
  std::uint8_t best = max_levels;
  for (std::size_t i = 0; i < comparison.slots; ++i) {
    const OwnValue& x = values_[comparison.first_slot + i];
    for (std::size_t j = 0; x.own != 0 && j < comparison.slots; ++j) {
      if (b[comparison.first_slot + j] == 0) continue;
      const std::uint8_t level = level_of(c, x, b[comparison.first_slot + j]);
      if (level != missing_level) best = std::min(best, level);
    }
  }
  return best == max_levels ? missing_level : best;
}

void RecordScorer::cross_names(std::uint32_t b) {
  const auto given = static_cast<std::size_t>(given_), family = static_cast<std::size_t>(family_);
  if (levels_[given] < 3 && levels_[family] < 3) return;
  const ComparedRecords::NameBits& of_b = records_.name_bits(b);
  const auto theirs = records_.names(b);
  const auto cross = [&](std::size_t c, std::uint32_t token, std::uint64_t bit,
                         std::uint64_t bit_b) {
    if (levels_[c] < 3 || ((bit & of_b.all) == 0 && (bit_b & bits_.all) == 0)) return;
    const std::uint32_t code = records_.codes(b)[comparisons_[c].first_slot];
    const OwnValue& x = values_[comparisons_[c].first_slot];
    if (own_->dictionary(c).exact_key(x.own) == records_.dictionary(c).exact_key(code)) {
      return;  // father and son
    }
    const std::uint32_t other = records_.name_token(c, code);
    if ((token != 0 && std::binary_search(theirs.begin(), theirs.end(), token)) ||
        (other != 0 && std::binary_search(names_.begin(), names_.end(), other))) {
      levels_[c] = crossed_level;
    }
  };
  cross(given, token_[0], bits_.given, of_b.given);
  cross(family, token_[1], bits_.family, of_b.family);
  if (levels_[given] == crossed_level && levels_[family] == crossed_level) {
    levels_[given] = missing_level;
  }
}

float RecordScorer::share_of(std::size_t c, const OwnValue& x, std::uint32_t y) const {
  if (x.code == y) return x.share;
  return shares_.log_share(c, shares_.frequency(c, y), more_records_, more_values_[c]);
}

/// Of the rarest value that the two agree on; of two ways to write it, the commoner one.
float RecordScorer::agreed_share(std::size_t c, const std::uint32_t* b) const {
  const Comparison& comparison = comparisons_[c];
  const OwnValue* x = values_.data() + comparison.first_slot;
  const std::uint32_t* y = b + comparison.first_slot;
  if (comparison.slots == 1) return std::max(x->share, share_of(c, *x, *y));
  float rarest = std::numeric_limits<float>::max();
  for (std::size_t i = 0; i < comparison.slots && x[i].own != 0; ++i) {
    for (std::size_t j = 0; j < comparison.slots && y[j] != 0; ++j) {
      if (level_of(c, x[i], y[j]) != exact_level) continue;
      rarest = std::min(rarest, std::max(x[i].share, share_of(c, x[i], y[j])));
    }
  }
  return rarest;
}

KindWeights RecordScorer::total(std::uint32_t b) {
  const std::uint32_t* codes = records_.codes(b);
  for (std::size_t c = 0; c < comparisons_.size(); ++c) {
    const std::size_t slot = comparisons_[c].first_slot;
    levels_[c] = comparisons_[c].slots != 1 ? best_level(c, codes)
                 : values_[slot].own == 0 || codes[slot] == 0
                     ? missing_level
                     : level_of(c, values_[slot], codes[slot]);
  }
  if (given_ >= 0 && family_ >= 0) cross_names(b);
  KindWeights sum;
  const auto add = [&](std::size_t c) {
    if (levels_[c] == missing_level) return;
    const std::size_t state = weights_.state(c, levels_);
    KindWeights part = weights_.of(c, state, levels_[c]);
    if (levels_[c] == exact_level && weights_.by_frequency(c, state)) {
      part.random = agreed_share(c, codes);
      if (weights_.individual(c)) part.household = part.random;
    }
    sum += part;
  };
  std::size_t c = 0;
  for (; c < weights_.names(); ++c) add(c);
  if (weights_.names_alone(levels_)) sum.at_most(shares_.most_of_names(more_records_));
  sum += weights_.prior();
  for (; c < comparisons_.size(); ++c) add(c);
  return sum;
}

}  // namespace emptor::detail
