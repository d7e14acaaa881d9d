#pragma once
// Records ready to be compared: every value normalised and replaced by a 32-bit code.
//
// Each comparison has a dictionary of its distinct normalised values with how often each occurs;
// a record is one row of codes (0: no usable value), 4 bytes a value. Whole names also give a list
// of name tokens a record, so that a name is found where it does not belong. Placeholders and
// malformed values are counted a field. Memory: 4 bytes a value and record, ~60 bytes a distinct
// value. Cost: linear. Thread safety: as a std::vector.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/context.hpp"
#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/identity/comparison.hpp"
#include "emptor/identity/field_state.hpp"
#include "emptor/identity/link_schema.hpp"
#include "emptor/table/keys.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// A distinct value of a `ValueDictionary`.
enum class Value : std::uint32_t {};

/// What can be seen of a value at a glance, within one line of the cache. Internal.
struct alignas(32) ValueTraits {
  std::uint32_t letters = 0;       ///< bits of the characters that occur
  std::uint32_t prefix = 0;        ///< the first four bytes
  std::uint32_t other = 0;         ///< of the kind: a packed date, bits of words or of full names
  std::uint32_t key = 0;           ///< part of the coarse key
  std::uint16_t length = 0;        ///< bytes; 0: not to be judged at a glance
  std::uint16_t other_length = 0;  ///< of an e-mail's local part
};

/// The distinct normalised values of one comparison. Codes are 1, 2, … in the order of arrival.
class ValueDictionary {
 public:
  /// `nicknames` lasts as long as this; null: names are only what they sound like.
  explicit ValueDictionary(ComparisonKind kind, const Nicknames* nicknames = nullptr)
      : kind_(kind), nicknames_(nicknames) {}

  [[nodiscard]] ComparisonKind kind() const noexcept { return kind_; }
  /// Distinct values.
  [[nodiscard]] std::size_t size() const noexcept { return frequencies_.size(); }
  /// Values of records, each as often as it occurs.
  [[nodiscard]] std::size_t total() const noexcept { return total_; }
  [[nodiscard]] std::string_view text(std::uint32_t code) const {
    return values_.key(id_at<Value>(code - 1));
  }
  [[nodiscard]] std::uint32_t frequency(std::uint32_t code) const noexcept {
    return frequencies_[code - 1];
  }
  /// Hash of what must be equal for the level "exact"; never 0.
  [[nodiscard]] std::uint64_t exact_key(std::uint32_t code) const noexcept {
    return exact_keys_[code - 1];
  }
  /// Hash of what spellings of one value mostly share (sound, local part, last digits, district); 0
  /// if the kind has no such thing.
  [[nodiscard]] std::uint64_t coarse_key(std::uint32_t code) const noexcept {
    return coarse_keys_[code - 1];
  }

  [[nodiscard]] const ValueTraits& traits(std::uint32_t code) const noexcept {
    return traits_[code - 1];
  }

  /// Hints that the value will be added, as those of `Keys`, some time apart.
  [[nodiscard]] std::uint32_t ask_slot(std::string_view normalised) const noexcept {
    return values_.ask_slot(normalised);
  }
  [[nodiscard]] std::optional<Value> ask_entry(std::uint32_t hint) const noexcept {
    const std::optional<Value> value = values_.ask_entry(hint);
    if (value) __builtin_prefetch(&frequencies_[index(*value)]);
    return value;
  }
  void ask_key(Value value) const noexcept { values_.ask_key(value); }
  /// Asks memory for the hashes of a value of the dictionary.
  void ask_exact_key(std::uint32_t code) const noexcept {
    __builtin_prefetch(&exact_keys_[code - 1]);
  }
  void ask_coarse_key(std::uint32_t code) const noexcept {
    __builtin_prefetch(&coarse_keys_[code - 1]);
  }
  /// Room for what is kept beside the texts of so many values.
  EMPTOR_API void reserve(std::size_t values);

  /// The value's code, whether known or new; counts it.
  EMPTOR_API std::uint32_t add(std::string_view normalised);
  /// The value's code, 0 if it is not there; counts nothing.
  [[nodiscard]] EMPTOR_API std::uint32_t find(std::string_view normalised) const;
  /// Takes back one `add`; a value that occurs no more keeps its code.
  void remove(std::uint32_t code) noexcept {
    --frequencies_[code - 1];
    --total_;
  }
  /// Overwrites a value that occurs no more; it is never found again, its code means nothing.
  EMPTOR_API void forget(std::uint32_t code);
  [[nodiscard]] bool forgotten(std::uint32_t code) const noexcept {
    return exact_keys_[code - 1] == 0;
  }
  /// Counts a known value once more.
  void count(std::uint32_t code) noexcept {
    ++frequencies_[code - 1];
    ++total_;
  }

  /// Into one section: the values in the order of their codes. Not how often they occur.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote, into an empty dictionary; nothing occurs yet. Failures: the section's.
  EMPTOR_API void load(SectionReader& section);

 private:
  ComparisonKind kind_;
  const Nicknames* nicknames_;
  Keys<Value> values_;
  std::vector<std::uint32_t> frequencies_;
  std::vector<std::uint64_t> exact_keys_, coarse_keys_;
  std::vector<ValueTraits> traits_;
  std::size_t total_ = 0;
};

/// What became of a column's values.
struct FieldCounts {
  std::string column;
  FieldType type{};
  std::size_t usable = 0, missing = 0, placeholders = 0, malformed = 0;
};

class ComparedRecords {
 public:
  /// No records yet. Throws `invalid_option` as `check_schema`.
  EMPTOR_API ComparedRecords(const Records& records, const LinkSchema& schema);
  EMPTOR_API ~ComparedRecords();
  EMPTOR_API ComparedRecords(ComparedRecords&&) noexcept;
  EMPTOR_API ComparedRecords& operator=(ComparedRecords&&) noexcept;

  /// Normalises and appends the rows from size() to records.size() - 1. `records` has the columns
  /// of the constructor's. Returns the number of new rows.
  EMPTOR_API std::size_t append(const Records& records, const Context& context = {});

  /// Normalises and appends one record: a text a column, `values.size()` == `columns().size()`.
  EMPTOR_API void append(std::span<const std::string_view> values);
  /// Forgets what the record holds: it remains, without any value. Values that no other record has
  /// are overwritten; their codes are not used again. O(records).
  EMPTOR_API void erase(std::size_t record);
  /// None of the records, but the columns, the schema and how dates are read.
  [[nodiscard]] EMPTOR_API ComparedRecords empty_copy() const;
  /// Of the raw records.
  [[nodiscard]] std::span<const std::string> columns() const noexcept { return columns_; }

  /// Into one section: normalised values, codes, sources, counts.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote. The schema is that of then, and so are its nicknames. Errors: `corrupt`,
  /// `invalid_value` for another schema.
  [[nodiscard]] EMPTOR_API static Result<ComparedRecords> load(SectionReader& section,
                                                               const LinkSchema& schema);

  [[nodiscard]] std::size_t size() const noexcept { return sources_.size(); }
  [[nodiscard]] std::span<const Comparison> comparisons() const noexcept { return comparisons_; }
  [[nodiscard]] const ValueDictionary& dictionary(std::size_t comparison) const noexcept {
    return dictionaries_[comparison];
  }
  /// Codes a record: the comparisons' slots one after another.
  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  [[nodiscard]] const std::uint32_t* codes(std::size_t record) const noexcept {
    return codes_.data() + record * width_;
  }
  /// Asks memory for what comparing the record will need.
  void prefetch(std::size_t record) const noexcept {
    const std::uint32_t* row = codes(record);
    __builtin_prefetch(row);
    __builtin_prefetch(row + width_ - 1);
    __builtin_prefetch(&name_bits_[record]);
  }
  /// Which bits the record's name tokens set, of 64, and which of them are those of its given and
  /// family name: two records cross names only if bits of one stand in the other.
  struct NameBits {
    std::uint64_t all = 0;
    std::uint64_t given = 0;
    std::uint64_t family = 0;
  };
  [[nodiscard]] const NameBits& name_bits(std::size_t record) const noexcept {
    return name_bits_[record];
  }
  /// All name tokens of a record (given, family and further), ascending, of `name_tokens()`.
  [[nodiscard]] std::span<const std::uint32_t> names(std::size_t record) const noexcept {
    return {names_.data() + name_ends_[record], names_.data() + name_ends_[record + 1]};
  }
  [[nodiscard]] const ValueDictionary& name_tokens() const noexcept { return name_tokens_; }
  /// The token of `name_tokens()` that a given or family name is looked for by; 0 if it is too
  /// short to be told from an initial.
  [[nodiscard]] std::uint32_t name_token(std::size_t comparison,
                                         std::uint32_t code) const noexcept {
    return token_of_value_[comparison][code - 1];
  }
  /// Of which source, 0, 1, … by first appearance; all 0 without a source column.
  [[nodiscard]] std::span<const std::uint32_t> sources() const noexcept { return sources_; }
  /// The name of the record's source; empty without a source column.
  [[nodiscard]] std::string_view source_name(std::size_t record) const {
    return source_names_.empty() ? std::string_view{}
                                 : source_names_.key(id_at<Value>(sources_[record]));
  }
  /// Depends on the record's normalised values and its source alone: the same in any order of
  /// records.
  [[nodiscard]] EMPTOR_API std::uint64_t fingerprint(std::size_t record) const noexcept;
  /// Of all records.
  [[nodiscard]] EMPTOR_API std::vector<std::uint64_t> fingerprints() const;
  [[nodiscard]] const Nicknames& nicknames() const noexcept { return *nicknames_; }
  [[nodiscard]] std::span<const FieldCounts> field_counts() const noexcept { return counts_; }

 private:
  struct Reader;

  /// The dictionary's value has one occurrence less; of names also its token.
  void take_back(std::size_t comparison, std::uint32_t code);
  void take_back_token(std::uint32_t token);
  [[nodiscard]] NameBits bits_of_names(std::size_t record) const;
  void load_names(SectionReader& section);
  void load_codes(SectionReader& section);
  /// Normalises a record; `add_read` takes in those that were read since.
  void read(std::span<const std::string_view> values);
  void add_read();
  void add_record(std::size_t first, std::size_t last);
  void reserve(std::size_t rows);
  std::uint32_t name_token_for(std::string_view name);

  std::shared_ptr<const Nicknames> nicknames_;
  std::vector<std::string> columns_;
  std::vector<Comparison> comparisons_;
  std::vector<ValueDictionary> dictionaries_;
  std::size_t width_ = 0;
  std::vector<std::uint32_t> codes_;
  std::vector<std::uint32_t> names_;
  std::vector<std::size_t> name_ends_{0};
  std::vector<NameBits> name_bits_;
  ValueDictionary name_tokens_{ComparisonKind::given_name};
  std::vector<std::vector<std::uint32_t>> token_of_value_;  // by comparison; of names only
  Keys<Value> source_names_;
  std::vector<std::uint32_t> sources_;
  std::vector<FieldCounts> counts_;
  std::unique_ptr<Reader> reader_;
};

}  // namespace emptor
