#pragma once
// Tombstones: what stays of erased people, so that the next import does not bring them back.
//
// Of every strong identifier of the person (e-mail, telephone, national id, account, device) a
// keyed pseudonym (identity/pseudonym.hpp, purpose "tombstone") and the time of the erasure are
// kept, and nothing else. Who has the set without the key can neither read nor test an identifier;
// who has the key can test one, which is what it is for. Values must be normalised as they were
// when they were added. A set belongs to one key: with another one every question would be answered
// "never erased", so that is an error.
//
// Cost: about 1 µs an identifier, O(log n) in n tombstones. Memory: about 90 bytes a tombstone.
// Thread safety: as a std::map (any number of readers, or one writer).

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/sha256.hpp"
#include "emptor/core/time.hpp"
#include "emptor/identity/pseudonym.hpp"

namespace emptor {

class SectionReader;  // core/archive_reader.hpp
class SectionWriter;  // core/archive_writer.hpp

/// An identifier that names one person, normalised.
struct StrongIdentifier {
  std::string_view type;   ///< "email"; without NUL
  std::string_view value;  ///< any bytes; an empty one is nobody's
};

class Tombstones {
 public:
  /// How many were not there before. One that is there keeps the later of the two times; empty
  /// values are passed over. Throws `invalid_option` for another key than that of the set, and
  /// `invalid_value` for a type with NUL; then nothing is added.
  EMPTOR_API std::size_t add(const SecretKey& key, std::span<const StrongIdentifier> identifiers,
                             Time erased);
  bool add(const SecretKey& key, const StrongIdentifier& identifier, Time erased) {
    return add(key, std::span(&identifier, 1), erased) == 1;
  }

  /// When the identifier's person was erased; nothing if never. Throws as `add`.
  [[nodiscard]] EMPTOR_API std::optional<Time> find(const SecretKey& key,
                                                    const StrongIdentifier& identifier) const;
  [[nodiscard]] bool contains(const SecretKey& key, const StrongIdentifier& identifier) const {
    return find(key, identifier).has_value();
  }
  /// Whether any of them is an erased person's.
  [[nodiscard]] EMPTOR_API bool contains_any(const SecretKey& key,
                                             std::span<const StrongIdentifier> identifiers) const;

  /// Lets the identifier be used again, for who came back by own will; whether it was there.
  EMPTOR_API bool lift(const SecretKey& key, const StrongIdentifier& identifier);

  /// Adds those of another set. Error: `invalid_value` when it was made with another key.
  [[nodiscard]] EMPTOR_API Result<void> merge(const Tombstones& other);

  [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
  [[nodiscard]] bool empty() const noexcept { return times_.empty(); }
  /// Whether identifiers can be looked up with this key: it made the set, or the set is empty.
  [[nodiscard]] bool made_with(const SecretKey& key) const noexcept {
    return empty() || fingerprint_ == key.fingerprint();
  }

  /// Into one section: the codes, their times, a fingerprint of the key.
  EMPTOR_API void save(SectionWriter& section) const;
  /// What `save` wrote. On damage the section has failed and the set is empty.
  [[nodiscard]] EMPTOR_API static Tombstones load(SectionReader& section);
  /// An archive of the kind "tombstones". The same set gives the same bytes.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// Errors: `corrupt`, `invalid_value` (another kind), `unsupported`.
  [[nodiscard]] EMPTOR_API static Result<Tombstones> load(std::span<const std::byte> archive);

  friend bool operator==(const Tombstones&, const Tombstones&) = default;

 private:
  void check(const SecretKey& key) const;

  std::map<Sha256Digest, Time> times_;
  std::uint64_t fingerprint_ = 0;  // of the key; 0 while empty
};

}  // namespace emptor
