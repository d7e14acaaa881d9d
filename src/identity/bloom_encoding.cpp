#include "emptor/identity/bloom_encoding.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "emptor/core/archive.hpp"
#include "identity/bloom_bits.hpp"
#include "identity/bloom_fields.hpp"
#include "identity/bloom_values.hpp"

namespace emptor {

namespace {

using detail::BloomField;

constexpr std::size_t records_a_chunk = 2048;

void check(const BloomOptions& options, const LinkSchema& schema) {
  require_option(options.bits >= 64 && options.bits <= 65536 && options.bits % 64 == 0, "bits",
                 "a multiple of 64 in [64, 65536]", options.bits);
  require_option(options.hashes <= 1000, "hashes", "at most 1000", options.hashes);
  require_option(options.ngram >= 1 && options.ngram <= 4, "ngram", "in [1, 4]", options.ngram);
  require_option(options.weights.empty() || options.weights.size() == schema.fields.size(),
                 "weights", "one a field of the schema", options.weights.size());
  for (const double weight : options.weights) {
    require_option(weight > 0 && weight <= 100, "weights", "in (0, 100]", weight);
  }
  require_option(std::isfinite(options.noise_epsilon) && options.noise_epsilon >= 0,
                 "noise_epsilon", "0 or more", options.noise_epsilon);
  require_option(options.noise_epsilon == 0 || options.noise_secret.size() >= SecretKey::shortest,
                 "noise_secret", "at least 16 bytes", options.noise_secret.size());
  require_option(options.diffusion == 0 || (options.diffusion >= 2 && options.diffusion <= 64),
                 "diffusion", "0 or in [2, 64]", options.diffusion);
  require_option(!options.xor_fold || options.bits % 128 == 0, "bits",
                 "a multiple of 128 for XOR-folding", options.bits);
}

/// What both parties must have in common, as one number.
std::uint64_t agreement_of(const SecretKey& key, const BloomOptions& options,
                           std::span<const BloomField> fields) {
  std::string what = text("bloom 1 ", options.bits, " ", options.ngram, " ", options.padding, " ",
                          static_cast<int>(options.layout), " ", options.diffusion, " ",
                          options.xor_fold, " ", options.balance);
  for (const BloomField& field : fields) {
    what += text(" ", name(field.type), " ", field.weight, " ", field.hashes, " ", field.bits);
  }
  return key.derive(what).fingerprint();
}

/// The n-grams of one chunk that were hashed already, a field.
class Positions {
 public:
  std::span<const std::uint32_t> of(const BloomField& field, std::string_view token) {
    auto found = begins_.find(token);
    if (found == begins_.end()) {
      found = begins_.emplace(std::string(token), positions_.size()).first;
      append(field, token);
    }
    return std::span(positions_).subspan(found->second, field.hashes);
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  /// Eight positions an HMAC, of the token and a counter.
  void append(const BloomField& field, std::string_view token) {
    message_.assign(token);
    message_.append(2, '\0');
    for (std::uint32_t made = 0; made < field.hashes; made += 8) {
      message_[token.size()] = static_cast<char>(made / 8 & 0xFF);
      message_[token.size() + 1] = static_cast<char>(made / 8 >> 8);
      const Sha256Digest digest = field.key.hmac(message_);
      for (std::uint32_t i = 0; i < 8 && made + i < field.hashes; ++i) {
        positions_.push_back(field.begin + detail::scaled(detail::word_of(digest, i), field.bits));
      }
    }
  }

  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> begins_;
  std::vector<std::uint32_t> positions_;
  std::string message_;
};

/// Encodes the records of one chunk.
class Encoder {
 public:
  Encoder(const LinkSchema& schema, const Nicknames& nicknames, const detail::BloomPlan& plan,
          const BloomOptions& options)
      : plan_(&plan),
        tokens_(options.ngram, options.padding),
        values_(nicknames, schema.country, options.dates),
        known_(plan.fields.size()),
        counts_(plan.fields.size()),
        seen_(plan.fields.size()),
        filter_(plan.filter_bits / 64) {}

  /// The filter before hardening; empty without any usable value.
  std::span<const std::uint64_t> encode(const Records& records, Record record) {
    std::fill(filter_.begin(), filter_.end(), 0);
    std::fill(seen_.begin(), seen_.end(), false);
    for (const detail::BloomColumn& column : plan_->columns) {
      const std::string_view raw = records.value(record, column.column);
      if (raw.empty()) continue;
      if (detail::is_name(column.type)) {
        const auto names = values_.names(column.type, raw);
        if (column.given != detail::no_field) put(column.given, names.given);
        if (column.family != detail::no_field) put(column.family, names.family);
      } else {
        put(column.field, values_.read(column.type, raw));
      }
    }
    bool any = false;
    for (std::size_t f = 0; f < seen_.size(); ++f) {
      if (!seen_[f]) continue;
      ++counts_[f];
      any = true;
    }
    return any ? std::span<const std::uint64_t>(filter_) : std::span<const std::uint64_t>{};
  }

  /// Records with a usable value, a field.
  const std::vector<std::size_t>& counts() const noexcept { return counts_; }

 private:
  void put(std::size_t f, std::string_view text) {
    if (text.empty()) return;
    seen_[f] = true;
    const BloomField& field = plan_->fields[f];
    tokens_.each(field.kind, text, [&](std::string_view token) {
      for (const std::uint32_t at : known_[f].of(field, token)) {
        filter_[at / 64] |= std::uint64_t{1} << (at % 64);
      }
    });
  }

  const detail::BloomPlan* plan_;
  detail::BloomTokens tokens_;
  detail::BloomValues values_;
  std::vector<Positions> known_;
  std::vector<std::size_t> counts_;
  std::vector<bool> seen_;
  std::vector<std::uint64_t> filter_;
};

}  // namespace

BloomEncodings::BloomEncodings(std::uint32_t bits, std::uint64_t agreement,
                               std::vector<std::uint64_t> rows)
    : bits_(bits), agreement_(agreement), rows_(std::move(rows)) {
  if (bits % 64 != 0 || (bits == 0 ? !rows_.empty() : rows_.size() % (bits / 64) != 0)) {
    throw Exception(ErrorCode::invalid_shape,
                    text("rows must have a multiple of 64 bits and be whole, got ", bits, " bits"),
                    "BloomEncodings");
  }
  ones_.resize(bits == 0 ? 0 : rows_.size() / words());
  for (std::size_t r = 0; r < ones_.size(); ++r) ones_[r] = detail::count_bits(row(r));
}

BloomEncoded encode_records(const Records& records, const LinkSchema& schema, const SecretKey& key,
                            const BloomOptions& options, const Context& context) {
  check_schema(schema, records);
  check(options, schema);
  const detail::BloomPlan plan = detail::plan_bloom(records, schema, key, options);
  const detail::BloomHardening hardening(plan, key, options);
  const Nicknames nicknames = Nicknames::standard();  // not the schema's: both parties' the same
  const std::size_t words = hardening.bits() / 64;
  std::vector<std::uint64_t> rows(records.size() * words);

  struct Counts {
    std::vector<std::size_t> values;
    std::size_t empty = 0;
    std::uint64_t ones = 0;
  };
  std::vector<Counts> counts((records.size() + records_a_chunk - 1) / records_a_chunk);
  parallel_chunks(context, records.size(), records_a_chunk, [&](std::size_t from, std::size_t to) {
    Encoder encoder(schema, nicknames, plan, options);
    detail::BloomHardening::Work work;
    Counts& count = counts[from / records_a_chunk];
    for (std::size_t r = from; r < to; ++r) {
      const auto filter = encoder.encode(records, id_at<Record>(r));
      if (filter.empty()) {
        ++count.empty;
      } else {
        count.ones += hardening.apply(filter, work, std::span(rows).subspan(r * words, words));
      }
    }
    count.values = encoder.counts();
  });

  BloomReport report;
  std::uint64_t ones = 0;
  for (const BloomField& field : plan.fields) {
    report.fields.push_back({field.type, field.weight, field.hashes, field.bits, 0});
  }
  for (const Counts& count : counts) {
    report.empty += count.empty;
    ones += count.ones;
    for (std::size_t f = 0; f < count.values.size(); ++f) {
      report.fields[f].values += count.values[f];
    }
  }
  const std::size_t full = records.size() - report.empty;
  if (full != 0) {
    report.fill = static_cast<double>(ones) / (static_cast<double>(full) * options.bits);
  }
  report.flip_probability = hardening.flip_probability();
  return {
      BloomEncodings(hardening.bits(), agreement_of(key, options, plan.fields), std::move(rows)),
      std::move(report)};
}

double dice_similarity(std::span<const std::uint64_t> a,
                       std::span<const std::uint64_t> b) noexcept {
  const std::size_t words = std::min(a.size(), b.size());
  std::uint32_t common = 0;
  detail::common_bits(a.data(), b.data(), 1, words, &common);
  const std::uint32_t sum = detail::count_bits(a) + detail::count_bits(b);
  return sum == 0 ? 0 : 2.0 * common / sum;
}

std::vector<std::byte> BloomEncodings::save() const {
  ArchiveWriter writer("bloom-encodings", 1);
  SectionWriter& section = writer.section("encodings");
  section.put(bits_);
  section.put(agreement_);
  section.put_array(rows_);
  return std::move(writer).finish();
}

Result<BloomEncodings> BloomEncodings::load(std::span<const std::byte> archive) {
  Result<ArchiveReader> reader = ArchiveReader::open(archive, "bloom-encodings", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("encodings");
  if (!section) return section.error();
  const auto bits = section->get<std::uint32_t>();
  const auto agreement = section->get<std::uint64_t>();
  std::vector<std::uint64_t> rows = section->get_array<std::uint64_t>();
  section->require(bits % 64 == 0 && (bits == 0 ? rows.empty() : rows.size() % (bits / 64) == 0),
                   "rows of bits that are not whole");
  if (Result<void> done = section->finish(); !done) return done.error();
  return BloomEncodings(bits, agreement, std::move(rows));
}

}  // namespace emptor
