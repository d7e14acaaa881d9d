#pragma once
// Encodings of records as bits, by which two parties find the people they share without showing
// each other their data.
//
// Each value is normalised, cut into n-grams, and each n-gram sets k bits of a filter; alike values
// set alike bits. Rainer Schnell, Tobias Bachteler, Jörg Reiher, "Privacy-preserving record linkage
// using Bloom filters", BMC Medical Informatics and Decision Making 9:41, 2009,
// doi:10.1186/1472-6947-9-41. One filter for all fields (cryptographic long-term key): the same, "A
// novel error-tolerant anonymous linking code", German Record Linkage Center WP 2011-02,
// doi:10.2139/ssrn.3549247. Filters of their own for each field, of which bits are drawn in
// proportion to weights: Elizabeth A. Durham, Murat Kantarcioglu, Yuan Xue, Csaba Toth, Mehmet
// Kuzu, Bradley Malin, "Composite Bloom filters for secure record linkage", IEEE TKDE 26(12), 2014,
// doi:10.1109/TKDE.2013.91.
//
// Bits are not chosen by double hashing as in 2009: its positions i·h1 + h2 lie on few lines, by
// which single n-grams were told apart and names read (Frank Niedermeyer, Simone Steinmetzer,
// Martin Kroll, Rainer Schnell, "Cryptanalysis of basic Bloom filters used for privacy preserving
// record linkage", J. Privacy and Confidentiality 6(2), 2014, doi:10.29012/jpc.v6i2.640; Martin
// Kroll, Simone Steinmetzer, "Who is 1011011111...1110110010?", BIOSTEC 2015,
// doi:10.1007/978-3-319-27707-3_21). Here each position is a piece of HMAC-SHA-256 of the n-gram
// under a key of its field, so the positions are independent, and a bigram of a given name sets
// other bits than the same bigram of a city.
//
// Hardening, each off unless asked for, in this order:
// - noise: every bit is flipped with probability 1 / (1 + e^(epsilon / c)), c being the most bits
//   that one n-gram can change (BLIP: Mohammad Alaggan, Sébastien Gambs, Anne-Marie Kermarrec, SSS
//   2012, doi:10.1007/978-3-642-33536-5_20): epsilon-differential privacy for ONE n-gram; a whole
//   record of g n-grams has g times as much. The noise is a keyed function of the filter, so that
//   encoding again gives no second draw to average over; equal records stay equal.
// - diffusion: every bit becomes the exclusive or of t bits (Frederik Armknecht, Youzhe Heng,
//   Rainer Schnell, "Strengthening privacy-preserving record linkage using diffusion", PoPETs
//   2023(2), doi:10.56553/popets-2023-0054).
// - XOR-folding: one half upon the other (Rainer Schnell, Christian Borgs, "XOR-folding for
//   hardening Bloom filter-based encryptions for privacy-preserving record linkage", German Record
//   Linkage Center WP 2016-03, doi:10.2139/ssrn.3527984).
// - balancing: the filter and its complement, shuffled, so that all have as many bits set (Rainer
//   Schnell, Christian Borgs, "Randomized response and balanced Bloom filters for privacy
//   preserving record linkage", ICDMW 2016, doi:10.1109/ICDMW.2016.0038).
//
// WHAT THIS PROTECTS AGAINST: somebody without the key, who sees the encodings alone, cannot hash
// names and compare.
// WHAT IT DOES NOT: an encoding is no encryption. Whoever has the key reads values by guessing, so
// the party that compares should be a third one, without it. Equal records have equal encodings,
// alike ones alike, and how many bits are set tells how long the values are: with a list of people
// like those encoded, frequent patterns and the graph of similarities were matched with it and
// people named, WITHOUT the key (Peter Christen, Thilina Ranbaduge, Dinusha Vatsalan, Rainer
// Schnell, "Precise and fast cryptanalysis for Bloom filter based privacy-preserving record
// linkage", IEEE TKDE 31(11), 2019, doi:10.1109/TKDE.2018.2874004; Anushka Vidanage and others,
// "A graph matching attack on privacy-preserving record linkage", CIKM 2020,
// doi:10.1145/3340531.3411931). Hardening makes that harder and worsens links; it is not proof, and
// noise with an epsilon that still links is no strong privacy. Treat encodings as personal data:
// under contract, with a key for each project, deleted afterwards.
//
// Cost: 5 to 15 µs a record of six fields. Memory: bits / 8 and 4 bytes a record. Results do not
// depend on the executor. Thread safety: pure functions; encodings are immutable.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/identity/pseudonym.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

enum class BloomLayout : std::uint8_t {
  shared,    ///< all fields set bits of one filter (Schnell et al. 2011)
  by_field,  ///< a filter a field, half full, from which weights draw bits (Durham et al. 2014)
};

/// All but the noise must be the same for both parties, as the key must.
struct BloomOptions {
  std::uint32_t bits = 1024;  ///< l, a multiple of 64 in [64, 65536]
  /// k, bits that an n-gram sets; times the weight with `shared`. 0: with `shared`, as many as fill
  /// half the bits by typical lengths, so that each field has the share of bits that its weight
  /// says, however long it is; 15 with `by_field`, as published. At most 1000.
  std::uint32_t hashes = 0;
  std::uint32_t ngram = 2;  ///< characters, [1, 4]
  bool padding = true;      ///< the first and last characters make n-grams with blanks
  BloomLayout layout = BloomLayout::shared;
  std::vector<double> weights{};  ///< one a field of the schema, (0, 100]; empty: `bloom_weight`

  DateReading dates = DateReading::automatic;  ///< of 3/4/1971; automatic: as the normaliser does

  double noise_epsilon = 0;     ///< privacy loss of an n-gram, > 0; 0: no noise
  std::string noise_secret{};   ///< of noise: >= 16 bytes that the partner never gets
  std::uint32_t diffusion = 0;  ///< t, bits that make one; 0 or in [2, 64]
  bool xor_fold = false;        ///< needs a multiple of 128 bits; halves them
  bool balance = false;         ///< doubles them
};

/// Weights without any word from the user: 1 for names, dates, e-mail, phone and numbers of people,
/// .75 for addresses, .5 for postcode, city and free text, .1 for gender, region, country and
/// categories. 2 for a full name, which counts as a given and a family name.
[[nodiscard]] EMPTOR_API double bloom_weight(FieldType type) noexcept;

/// One row of bits a record.
class BloomEncodings {
 public:
  BloomEncodings() = default;
  /// Rows of `bits` (a multiple of 64) one after another. Throws `invalid_shape`.
  EMPTOR_API BloomEncodings(std::uint32_t bits, std::uint64_t agreement,
                            std::vector<std::uint64_t> rows);

  [[nodiscard]] std::size_t size() const noexcept { return ones_.size(); }
  [[nodiscard]] std::uint32_t bits() const noexcept { return bits_; }
  [[nodiscard]] std::size_t words() const noexcept { return bits_ / 64; }
  /// The bits of one record, the lowest bit of the first word first. `row` < size().
  [[nodiscard]] std::span<const std::uint64_t> row(std::size_t row) const noexcept {
    return std::span(rows_).subspan(row * words(), words());
  }
  /// All rows, one after another.
  [[nodiscard]] std::span<const std::uint64_t> rows() const noexcept { return rows_; }
  /// How many bits of the row are set; 0: the record has no usable value.
  [[nodiscard]] std::uint32_t ones(std::size_t row) const noexcept { return ones_[row]; }
  /// Equal if key, fields and options are; tells nothing else.
  [[nodiscard]] std::uint64_t agreement() const noexcept { return agreement_; }

  /// An archive of the kind "bloom-encodings", to be given to who compares.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `invalid_value` (another kind), `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<BloomEncodings> load(std::span<const std::byte> archive);
  friend bool operator==(const BloomEncodings&, const BloomEncodings&) = default;

 private:
  std::uint32_t bits_ = 0;
  std::uint64_t agreement_ = 0;
  std::vector<std::uint64_t> rows_;
  std::vector<std::uint32_t> ones_;
};

/// How the values of a type are encoded. Names of all kinds are given and family names.
struct BloomFieldReport {
  FieldType type{};
  double weight = 0;
  std::uint32_t hashes = 0;  ///< bits an n-gram sets
  std::uint32_t bits = 0;    ///< of the field's own filter; `shared`: of the whole
  std::size_t values = 0;    ///< records with a usable value
};

struct BloomReport {
  std::vector<BloomFieldReport> fields;  ///< ascending by type
  std::size_t empty = 0;                 ///< records without any usable value: all bits 0
  double fill = 0;                       ///< mean share of bits set, before hardening
  double flip_probability = 0;           ///< of the noise
};

struct BloomEncoded {
  BloomEncodings encodings;
  BloomReport report;
};

/// Encodes all records. Columns, sources and nicknames of the schema may differ between the
/// parties; the types of the fields may not (given and family names count as a full name).
/// Throws `invalid_option` for options and schemas that do not hold.
[[nodiscard]] EMPTOR_API BloomEncoded encode_records(const Records& records,
                                                     const LinkSchema& schema, const SecretKey& key,
                                                     const BloomOptions& options = {},
                                                     const Context& context = {});

/// 2 |a and b| / (|a| + |b|), in [0, 1]; 0 if neither has a bit. Both of one length.
[[nodiscard]] EMPTOR_API double dice_similarity(std::span<const std::uint64_t> a,
                                                std::span<const std::uint64_t> b) noexcept;

}  // namespace emptor
