#include "emptor/identity/tombstones.hpp"

#include <algorithm>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {

namespace {

[[nodiscard]] Sha256Digest code_of(const SecretKey& key, const StrongIdentifier& identifier) {
  return pseudonym(key, "tombstone", identifier.type, identifier.value);
}

}  // namespace

void Tombstones::check(const SecretKey& key) const {
  require_option(made_with(key), "key", "the one that the tombstones were made with",
                 "another one");
}

std::size_t Tombstones::add(const SecretKey& key, std::span<const StrongIdentifier> identifiers,
                            Time erased) {
  check(key);
  std::vector<Sha256Digest> codes;
  for (const StrongIdentifier& identifier : identifiers) {
    if (!identifier.value.empty()) codes.push_back(code_of(key, identifier));
  }
  if (!codes.empty()) fingerprint_ = key.fingerprint();
  const std::size_t before = times_.size();
  for (const Sha256Digest& code : codes) {
    Time& time = times_.try_emplace(code, erased).first->second;
    time = std::max(time, erased);
  }
  return times_.size() - before;
}

std::optional<Time> Tombstones::find(const SecretKey& key,
                                     const StrongIdentifier& identifier) const {
  if (empty()) return std::nullopt;
  check(key);
  const auto found = times_.find(code_of(key, identifier));
  return found == times_.end() ? std::nullopt : std::optional(found->second);
}

bool Tombstones::contains_any(const SecretKey& key,
                              std::span<const StrongIdentifier> identifiers) const {
  return std::any_of(identifiers.begin(), identifiers.end(),
                     [&](const StrongIdentifier& identifier) { return contains(key, identifier); });
}

bool Tombstones::lift(const SecretKey& key, const StrongIdentifier& identifier) {
  if (empty()) return false;
  check(key);
  const bool lifted = times_.erase(code_of(key, identifier)) != 0;
  if (empty()) fingerprint_ = 0;
  return lifted;
}

Result<void> Tombstones::merge(const Tombstones& other) {
  if (other.empty()) return {};
  if (!empty() && fingerprint_ != other.fingerprint_) {
    return Error{ErrorCode::invalid_value, "the tombstones must be made with one key",
                 "Tombstones::merge"};
  }
  fingerprint_ = other.fingerprint_;
  for (const auto& [code, time] : other.times_) {
    Time& mine = times_.try_emplace(code, time).first->second;
    mine = std::max(mine, time);
  }
  return {};
}

void Tombstones::save(SectionWriter& section) const {
  section.put(fingerprint_);
  std::vector<std::byte> codes;
  std::vector<std::int64_t> times;
  for (const auto& [code, time] : times_) {
    codes.insert(codes.end(), code.begin(), code.end());
    times.push_back(time.time_since_epoch().count());
  }
  section.put_array(codes);
  section.put_array(times);
}

Tombstones Tombstones::load(SectionReader& section) {
  Tombstones out;
  out.fingerprint_ = section.get<std::uint64_t>();
  const std::span<const std::byte> codes = section.get_view();
  const auto times = section.get_array<std::int64_t>();
  const bool fits = codes.size() / Sha256Digest{}.size() == times.size() &&
                    codes.size() % Sha256Digest{}.size() == 0;
  if (!section.require(fits, "a tombstone without a time")) return {};
  section.require(out.fingerprint_ == 0 || !times.empty(), "a key without tombstones");
  for (std::size_t i = 0; i < times.size(); ++i) {
    Sha256Digest code;
    std::copy_n(codes.begin() + static_cast<std::ptrdiff_t>(i * code.size()), code.size(),
                code.begin());
    const bool ascending = out.empty() || out.times_.rbegin()->first < code;
    if (!section.require(ascending, "tombstones out of order")) return {};
    out.times_.emplace_hint(out.times_.end(), code, Time{std::chrono::seconds{times[i]}});
  }
  return section.ok() ? out : Tombstones{};
}

std::vector<std::byte> Tombstones::save() const {
  ArchiveWriter writer("tombstones", 1);
  save(writer.section("tombstones"));
  return std::move(writer).finish();
}

Result<Tombstones> Tombstones::load(std::span<const std::byte> archive) {
  Result<ArchiveReader> reader = ArchiveReader::open(archive, "tombstones", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("tombstones");
  if (!section) return section.error();
  Tombstones out = load(*section);
  if (Result<void> done = section->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
