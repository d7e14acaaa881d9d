#pragma once
// The outbox: what is to be told, kept in the order in which it was put in, each happening once.
//
// Appending the same happening again (its id, see reward/notification.hpp) changes nothing, so a
// host that was interrupted simply does everything again. Every consumer has a cursor of its own:
// it reads what follows, delivers it, and acknowledges; what was read but not acknowledged is read
// again. There is no I/O, no thread, no clock.
//
// Cost: append some 100 ns when memory is warm, read O(1). Memory: 80 bytes a record and 48 of
// index. Thread safety: any number of readers, or one writer.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/export.hpp"
#include "emptor/core/id_table.hpp"
#include "emptor/reward/notification.hpp"

namespace emptor {

enum class OutboxVerdict : std::uint8_t {
  appended,
  repeated,  ///< this happening is there already; a warning said before, at whatever time, too
  conflict,  ///< this happening is there with other content
  invalid,   ///< nobody's, an amount below 0, or an id that is not the content's
};

[[nodiscard]] constexpr std::string_view name(OutboxVerdict verdict) noexcept {
  constexpr std::string_view names[] = {"appended", "repeated", "conflict", "invalid"};
  const auto at = static_cast<std::size_t>(verdict);
  return at < 4 ? names[at] : "unknown";
}

class Outbox {
 public:
  static constexpr std::string_view archive_kind = "outbox";

  EMPTOR_API OutboxVerdict append(const OutboxRecord& record);

  /// In the order of being appended; a record's place is its sequence number.
  [[nodiscard]] std::span<const OutboxRecord> records() const noexcept { return records_; }
  /// At most `most` records that the consumer has not acknowledged, from the oldest. Valid until
  /// the next append. A consumer that never acknowledged anything reads from the start.
  [[nodiscard]] EMPTOR_API std::span<const OutboxRecord> unread(std::string_view consumer,
                                                                std::size_t most) const;
  /// How many records the consumer has acknowledged.
  [[nodiscard]] EMPTOR_API std::size_t acknowledged(std::string_view consumer) const;
  /// The consumer has done with the first `count` records. Never goes back: a smaller count changes
  /// nothing. Errors: `out_of_range` beyond the records there are.
  EMPTOR_API Result<void> acknowledge(std::string_view consumer, std::size_t count);
  /// All who ever acknowledged, by name.
  [[nodiscard]] EMPTOR_API std::vector<std::string> consumers() const;
  EMPTOR_API void reserve(std::size_t records);

  /// An archive "outbox": records and cursors.
  [[nodiscard]] EMPTOR_API std::vector<std::byte> save() const;
  /// What `save` wrote. Errors: `corrupt`, `unsupported`, `invalid_value` for another kind.
  [[nodiscard]] EMPTOR_API static Result<Outbox> load(std::span<const std::byte> bytes);

  friend bool operator==(const Outbox& a, const Outbox& b) {
    return a.records_ == b.records_ && a.cursors_ == b.cursors_;
  }

 private:
  std::vector<OutboxRecord> records_;
  detail::IdTable<detail::ArrayPlace> places_;  // by the id's low half, or the next free
  std::vector<std::pair<std::string, std::size_t>> cursors_;  // by name
};

/// The id of what the record tells; its own id is not looked at.
[[nodiscard]] EMPTOR_API OutboxId outbox_id(const OutboxRecord& record) noexcept;

}  // namespace emptor
