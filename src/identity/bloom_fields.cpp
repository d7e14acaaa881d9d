#include "identity/bloom_fields.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace emptor {

namespace {

using detail::BloomField;
using detail::TokenKind;

constexpr double ln2 = 0.6931471805599453;
constexpr std::uint32_t published_hashes = 15;  // Durham et al. 2014, section 4

[[nodiscard]] TokenKind kind_of(FieldType type) noexcept {
  switch (type) {
    case FieldType::birth_date:
      return TokenKind::placed;
    case FieldType::region:
    case FieldType::country:
    case FieldType::gender:
    case FieldType::verified_id:
    case FieldType::account:
    case FieldType::device:
    case FieldType::category:
    case FieldType::number:
    case FieldType::location:
      return TokenKind::whole;
    default:
      return TokenKind::ngrams;
  }
}

/// Characters of a typical value, agreed on beforehand: lengths of real data would tell of it.
[[nodiscard]] std::uint32_t typical_length(FieldType type) noexcept {
  switch (type) {
    case FieldType::given_name:
      return 6;
    case FieldType::family_name:
      return 7;
    case FieldType::email:
      return 20;
    case FieldType::phone:
      return 11;
    case FieldType::address:
      return 18;
    case FieldType::postcode:
      return 5;
    default:
      return 9;
  }
}

[[nodiscard]] double typical_tokens(FieldType type, const BloomOptions& options) noexcept {
  if (kind_of(type) == TokenKind::whole) return 1;
  if (kind_of(type) == TokenKind::placed) return 7;
  const auto length = static_cast<int>(typical_length(type));
  const int more = static_cast<int>(options.ngram) - 1;
  return std::max(1, options.padding ? length + more : length - more);
}

/// The place of the field of that type; makes it. Of two weights the larger counts.
std::size_t field_of(std::vector<BloomField>& fields, FieldType type, double weight,
                     const SecretKey& key) {
  for (std::size_t f = 0; f < fields.size(); ++f) {
    if (fields[f].type == type) {
      fields[f].weight = std::max(fields[f].weight, weight);
      return f;
    }
  }
  fields.push_back(
      {type, kind_of(type), weight, 0, 0, 0, key.derive(text("bloom field ", name(type)))});
  return fields.size() - 1;
}

[[nodiscard]] std::uint32_t at_least_one(double count) noexcept {
  return static_cast<std::uint32_t>(std::clamp(std::round(count), 1.0, 1000.0));
}

/// One filter for all: a field of weight w sets its share of the bits that a half full one needs.
void share_bits(std::vector<BloomField>& fields, const BloomOptions& options) {
  double weights = 0;
  for (const BloomField& field : fields) weights += field.weight;
  for (BloomField& field : fields) {
    field.bits = options.bits;
    field.hashes = at_least_one(options.hashes != 0 ? options.hashes * field.weight
                                                    : ln2 * options.bits * field.weight / weights /
                                                          typical_tokens(field.type, options));
  }
}

/// A filter a field, half full with a typical value: m = 1 / (1 - 2^(-1 / (k g))).
void give_filters(std::vector<BloomField>& fields, const BloomOptions& options) {
  std::uint32_t begin = 0;
  for (BloomField& field : fields) {
    field.hashes = options.hashes != 0 ? options.hashes : published_hashes;
    const double set = field.hashes * typical_tokens(field.type, options);
    field.bits = static_cast<std::uint32_t>(std::ceil(1 / -std::expm1(-ln2 / set)));
    field.begin = begin;
    begin += field.bits;
  }
}

}  // namespace

double bloom_weight(FieldType type) noexcept {
  switch (type) {
    case FieldType::full_name:
      return 2;
    case FieldType::address:
      return .75;
    case FieldType::postcode:
    case FieldType::city:
    case FieldType::birth_place:
    case FieldType::text:
    case FieldType::list:
    case FieldType::number:
    case FieldType::location:
      return .5;
    case FieldType::gender:
    case FieldType::region:
    case FieldType::country:
    case FieldType::category:
      return .1;
    default:
      return 1;
  }
}

namespace detail {

BloomPlan plan_bloom(const Records& records, const LinkSchema& schema, const SecretKey& key,
                     const BloomOptions& options) {
  BloomPlan plan;
  std::vector<BloomField>& fields = plan.fields;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) {
    const LinkField& from = schema.fields[i];
    const double weight = options.weights.empty() ? bloom_weight(from.type) : options.weights[i];
    BloomColumn column;
    column.column = *records.find_column(from.column);
    column.type = from.type;
    if (from.type == FieldType::given_name) {
      column.given = field_of(fields, from.type, weight, key);
    } else if (from.type == FieldType::family_name) {
      column.family = field_of(fields, from.type, weight, key);
    } else if (from.type == FieldType::full_name) {
      column.given = field_of(fields, FieldType::given_name, weight / 2, key);
      column.family = field_of(fields, FieldType::family_name, weight / 2, key);
    } else {
      column.field = field_of(fields, from.type, weight, key);
    }
    plan.columns.push_back(column);
  }
  std::vector<std::size_t> order(fields.size()), place(fields.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return fields[a].type < fields[b].type; });
  std::vector<BloomField> sorted;
  for (std::size_t i = 0; i < order.size(); ++i) {
    sorted.push_back(fields[order[i]]);
    place[order[i]] = i;
  }
  fields.swap(sorted);
  for (BloomColumn& column : plan.columns) {
    for (std::size_t* f : {&column.field, &column.given, &column.family}) {
      if (*f != no_field) *f = place[*f];
    }
  }
  if (options.layout == BloomLayout::shared) {
    share_bits(fields, options);
    plan.filter_bits = options.bits;
  } else {
    give_filters(fields, options);
    plan.filter_bits = (fields.back().begin + fields.back().bits + 63) / 64 * 64;
  }
  return plan;
}

void BloomTokens::cut(std::string_view text) {
  const std::size_t pad = padding_ ? ngram_ - 1 : 0;
  padded_.assign(pad, '\x02');
  padded_.append(text);
  padded_.append(pad, '\x03');
  ends_.clear();
  for (std::size_t i = 0; i < padded_.size(); ++i) {
    if ((static_cast<unsigned char>(padded_[i]) & 0xC0U) != 0x80 || i == 0) ends_.push_back(i);
  }
  while (ends_.size() < ngram_) {  // shorter than one n-gram: it is one
    ends_.push_back(padded_.size());
    padded_.push_back('\x03');
  }
  ends_.push_back(padded_.size());
}

}  // namespace detail

}  // namespace emptor
