#pragma once
// What the SQLite store of ledgers needs of SQLite: statements, ids as bytes, errors.

#include <sqlite3.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "emptor/core/text.hpp"
#include "emptor/reward/transfer.hpp"

namespace emptor::detail {

inline Error corrupt_rows(std::string_view what) {
  return Error{ErrorCode::corrupt, std::string(what), "sqlite ledger"};
}

using IdBytes = std::array<std::byte, 16>;

/// Big endian, so that hex(id) reads as to_string(id).
inline IdBytes bytes_of(const TransferId& id) {
  IdBytes out;
  for (std::size_t i = 0; i < 8; ++i) {
    out[i] = static_cast<std::byte>(id.high >> (56 - 8 * i));
    out[8 + i] = static_cast<std::byte>(id.low >> (56 - 8 * i));
  }
  return out;
}
inline TransferId id_of(std::span<const std::byte> bytes) {
  TransferId id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.high = id.high << 8 | std::to_integer<std::uint64_t>(bytes[i]);
    id.low = id.low << 8 | std::to_integer<std::uint64_t>(bytes[8 + i]);
  }
  return id;
}

/// A prepared statement. Parameters count from 1, columns from 0, as SQLite has them.
class Statement {
 public:
  Statement() = default;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement() { sqlite3_finalize(statement_); }

  bool prepare(sqlite3* db, const char* sql) {
    return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) ==
           SQLITE_OK;
  }
  Statement& bind(int at, std::int64_t value) {
    sqlite3_bind_int64(statement_, at, value);
    return *this;
  }
  Statement& bind(int at, std::span<const std::byte> value) {
    sqlite3_bind_blob64(statement_, at, value.data(), value.size(), SQLITE_TRANSIENT);
    return *this;
  }
  Statement& bind_text(int at, std::string_view value) {
    sqlite3_bind_text64(statement_, at, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
  }
  Statement& bind_null(int at) {
    sqlite3_bind_null(statement_, at);
    return *this;
  }
  /// Runs it to its end, for what returns no rows.
  bool run() {
    const int code = sqlite3_step(statement_);
    sqlite3_reset(statement_);
    return code == SQLITE_DONE;
  }
  /// The next row, or none: `failed` tells an end from an error.
  bool next() {
    code_ = sqlite3_step(statement_);
    return code_ == SQLITE_ROW;
  }
  [[nodiscard]] bool failed() const { return code_ != SQLITE_DONE && code_ != SQLITE_ROW; }
  [[nodiscard]] std::int64_t number(int column) { return sqlite3_column_int64(statement_, column); }
  /// A whole number in [0, most], or nothing.
  [[nodiscard]] std::optional<std::uint64_t> count(int column, std::uint64_t most) {
    const std::int64_t value = number(column);
    if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER || value < 0 ||
        static_cast<std::uint64_t>(value) > most) {
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(value);
  }
  [[nodiscard]] std::span<const std::byte> blob(int column) {
    const void* const data = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(size)};
  }
  [[nodiscard]] bool is_null(int column) {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

inline Error unreadable_rows(sqlite3* db) {
  return Error{ErrorCode::corrupt, text("cannot read the rows: ", sqlite3_errmsg(db)),
               "sqlite ledger"};
}

}  // namespace emptor::detail
