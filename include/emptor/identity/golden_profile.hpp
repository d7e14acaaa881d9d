#pragma once
// Golden profiles from records: one profile a customer, every value with its provenance.
//
// `golden_profiles` does all customers of a table. `GoldenProfileMaker` makes one at a time, and
// `InferenceCounts` keeps, in whole numbers that are added and taken away again, which value of one
// field goes with which of another, so that gaps can be filled by majority (the city by the
// postcode); hub/golden_profiles.hpp keeps both in step with merges.
// Inference reads records, not profiles: it does not depend on who is merged with whom. Inferred
// values are not inferred from. Ties of inference: the smaller key, the smaller spelling.
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

/// Which value goes with which: counts of records, by key and spelling.
class InferenceCounts {
 public:
  struct Inference {
    std::string_view value;  ///< the spelling that is most frequent; lasts until a change
    std::uint32_t support = 0;
    std::uint32_t total = 0;  ///< records with this `from`
  };

  EMPTOR_API void add(std::string_view from, std::string_view key, std::string_view spelling);
  /// Takes back one `add`; does nothing if there was none.
  EMPTOR_API void remove(std::string_view from, std::string_view key, std::string_view spelling);
  EMPTOR_API void merge(const InferenceCounts& other);
  /// What most records with `from` have; nothing if there are none.
  [[nodiscard]] EMPTOR_API std::optional<Inference> most(std::string_view from) const;
  friend bool operator==(const InferenceCounts&, const InferenceCounts&) = default;

 private:
  using Spellings = std::map<std::string, std::uint32_t, std::less<>>;
  using Values = std::map<std::string, Spellings, std::less<>>;
  std::map<std::string, Values, std::less<>> counts_;
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
  /// Counts the record in (or out again) for every field that is inferred from another. Nothing has
  /// changed when it throws what the fields' functions throw.
  EMPTOR_API void count(const Records& records, Record record, bool in,
                        std::span<InferenceCounts> counts) const;

 private:
  /// The trimmed text, its state and its key in `key`.
  FieldState read(const Records& records, Record record, std::size_t field, std::string_view& value,
                  std::string& key) const;
  GoldenField survive(std::size_t field, const Records& records,
                      std::span<const RecordOrigin> origins, std::span<const Record> members) const;

  SurvivorshipOptions options_;
  std::vector<std::size_t> columns_;                    // of each field
  std::vector<std::optional<std::size_t>> infer_from_;  // a field's place
};

/// One profile for each owner of a record, ascending by owner. `origins` and `owners` have an
/// element a row; rows owned by `no_customer` are left out and teach nothing.
/// Throws `invalid_shape` when they do not, and what the maker throws.
[[nodiscard]] EMPTOR_API std::vector<GoldenProfile> golden_profiles(
    const Records& records, std::span<const RecordOrigin> origins, std::span<const Customer> owners,
    const SurvivorshipOptions& options);

}  // namespace emptor
