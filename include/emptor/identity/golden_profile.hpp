#pragma once
// Golden profiles from records: one profile a customer, every value with its provenance.
//
// `golden_profiles` does all customers of a table. `GoldenProfileMaker` makes one at a time, and
// `InferenceCounts` keeps, in whole numbers that are added and taken away again, how many customers
// have which value of one field with which of another, so that gaps can be filled by the majority
// of others (the city by the postcode); hub/golden_profiles.hpp keeps both in step with merges.
// Each customer counts once, however many records say so: copies of one person's records are no
// further witnesses. Only surviving values count, and inferred ones are not inferred from. Ties of
// inference: the smaller key, the smaller spelling. Of n others of whom s agree the confidence is
// (s + 1) / (n + 2), Laplace's rule of succession: three of three are .8, not certain.
//
// Cost: O(r log r) normalised texts for a customer's r records, a field. Thread safety: a maker may
// be used from any thread if its options' functions may; counts as a std::map.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/export.hpp"
#include "emptor/identity/golden_profile_result.hpp"
#include "emptor/identity/survivorship.hpp"
#include "emptor/table/records.hpp"

namespace emptor {

/// Which value goes with which: counts of customers, by key and spelling.
class InferenceCounts {
 public:
  struct Inference {
    std::string_view value;  ///< the spelling that is most frequent; lasts until a change
    std::uint32_t support = 0;
    std::uint32_t total = 0;  ///< customers with this `from`
  };

  EMPTOR_API void add(std::string_view from, std::string_view key, std::string_view spelling);
  /// Takes back one `add`; does nothing if there was none.
  EMPTOR_API void remove(std::string_view from, std::string_view key, std::string_view spelling);
  EMPTOR_API void merge(const InferenceCounts& other);
  /// What most customers with `from` have; nothing if there are none.
  [[nodiscard]] EMPTOR_API std::optional<Inference> most(std::string_view from) const;
  friend bool operator==(const InferenceCounts&, const InferenceCounts&) = default;

 private:
  using Spellings = std::map<std::string, std::uint32_t, std::less<>>;
  using Values = std::map<std::string, Spellings, std::less<>>;
  std::map<std::string, Values, std::less<>> counts_;
};

/// What a profile teaches: its value of a field that is inferred from another.
struct InferencePair {
  std::size_t field = 0;
  std::string from;  ///< the other field's key
  std::string key;
  std::string spelling;
  friend bool operator==(const InferencePair&, const InferencePair&) = default;
};

class GoldenProfileMaker {
 public:
  /// `columns` are those of the Records. Throws `invalid_option` for options that do not hold or
  /// name a column that is not there.
  EMPTOR_API GoldenProfileMaker(std::span<const std::string> columns, SurvivorshipOptions options);

  [[nodiscard]] const SurvivorshipOptions& options() const noexcept { return options_; }

  /// The profile that `members` (each once, any order) make, without inferred values. `origins` has
  /// an element a row of `records`. Throws what the fields' functions throw.
  [[nodiscard]] EMPTOR_API GoldenProfile make(Customer customer, const Records& records,
                                              std::span<const RecordOrigin> origins,
                                              std::span<const Record> members) const;
  /// The same with what can be inferred; `counts` has an element a field.
  EMPTOR_API void infer(GoldenProfile& profile, std::span<const InferenceCounts> counts) const;
  /// What the profile teaches about others. Throws what the fields' functions throw.
  [[nodiscard]] EMPTOR_API std::vector<InferencePair> pairs(const GoldenProfile& profile) const;

 private:
  /// What becomes of a trimmed text, and what it is compared by.
  FieldState judge(std::size_t field, std::string_view value, std::string& key) const;
  GoldenField survive(std::size_t field, const Records& records,
                      std::span<const RecordOrigin> origins, std::span<const Record> members) const;

  SurvivorshipOptions options_;
  std::vector<std::size_t> columns_;                    // of each field
  std::vector<std::optional<std::size_t>> infer_from_;  // a field's place
};

/// One profile for each owner of a record, ascending by owner. `origins` and `owners` have an
/// element a row; rows owned by `no_customer` are left out.
/// Throws `invalid_shape` when they do not, and what the maker throws.
[[nodiscard]] EMPTOR_API std::vector<GoldenProfile> golden_profiles(
    const Records& records, std::span<const RecordOrigin> origins, std::span<const Customer> owners,
    const SurvivorshipOptions& options);

}  // namespace emptor
