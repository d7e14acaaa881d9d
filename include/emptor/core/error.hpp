#pragma once
// The two kinds of failure.
//
// A caller's broken promise (an option out of range, shapes that do not fit) throws `Exception`
// before any state changes. Expected bad news from outside (a bad row, a corrupt file, an unknown
// key) is a `Result<T>` that must be looked at. Both carry the same `Error`: a code for programs, a
// message that says what is wrong and what would be right, and where. Messages hold no personal
// data. Thread safety: values.

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "emptor/core/export.hpp"
#include "emptor/core/text.hpp"

#ifdef __FAST_MATH__
#error "emptor relies on NaN and infinity tests: compile without -ffast-math"
#endif

namespace emptor {

enum class ErrorCode : std::uint8_t {
  invalid_option,  ///< an option's value is outside its documented range
  invalid_shape,   ///< lengths or dimensions of arguments do not fit together
  out_of_range,    ///< an id or index that does not exist
  invalid_value,   ///< a value that cannot be what it should be (NaN weight, bad date)
  overflow,        ///< exact arithmetic would leave its range
  currency_mismatch,
  not_found,    ///< an unknown key, a file that does not exist
  duplicate,    ///< a key or id that must be unique is there already
  io,           ///< the operating system refused to open, read or write
  corrupt,      ///< a file or message whose content contradicts itself
  unsupported,  ///< a format version, feature or instruction set this build does not have
  stopped,      ///< the caller's progress callback asked to stop
};

/// The code's name as written above, for logs and tests.
[[nodiscard]] constexpr std::string_view name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_option:
      return "invalid_option";
    case ErrorCode::invalid_shape:
      return "invalid_shape";
    case ErrorCode::out_of_range:
      return "out_of_range";
    case ErrorCode::invalid_value:
      return "invalid_value";
    case ErrorCode::overflow:
      return "overflow";
    case ErrorCode::currency_mismatch:
      return "currency_mismatch";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::duplicate:
      return "duplicate";
    case ErrorCode::io:
      return "io";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::unsupported:
      return "unsupported";
    case ErrorCode::stopped:
      return "stopped";
  }
  return "unknown";
}

struct Error {
  ErrorCode code = ErrorCode::invalid_value;
  std::string message;  ///< what is wrong and what would be right
  std::string where;    ///< an option's name, file:row:column, a function; may be empty

  /// "where: message", or the message alone.
  [[nodiscard]] std::string to_string() const {
    return where.empty() ? message : where + ": " + message;
  }
  friend bool operator==(const Error&, const Error&) = default;
};

/// Thrown for a caller's broken promise; `what()` is `error().to_string()`.
class EMPTOR_API Exception : public std::exception {
 public:
  explicit Exception(Error error) : error_(std::move(error)), what_(error_.to_string()) {}
  Exception(ErrorCode code, std::string message, std::string where = {})
      : Exception(Error{code, std::move(message), std::move(where)}) {}

  [[nodiscard]] const char* what() const noexcept override { return what_.c_str(); }
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  [[nodiscard]] ErrorCode code() const noexcept { return error_.code; }

 private:
  Error error_;
  std::string what_;
};

/// A value or the error that stands in its place. Reading the absent side throws `Exception`.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: converts
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: converts

  [[nodiscard]] bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws the error as an `Exception` when there is none.
  [[nodiscard]] T& value() & { return check(), *std::get_if<0>(&state_); }
  [[nodiscard]] const T& value() const& { return check(), *std::get_if<0>(&state_); }
  [[nodiscard]] T&& value() && { return check(), std::move(*std::get_if<0>(&state_)); }
  [[nodiscard]] T& operator*() & { return value(); }
  [[nodiscard]] const T& operator*() const& { return value(); }
  [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
  [[nodiscard]] T* operator->() { return &value(); }
  [[nodiscard]] const T* operator->() const { return &value(); }
  [[nodiscard]] T value_or(T other) const& { return has_value() ? value() : std::move(other); }

  [[nodiscard]] const Error& error() const {
    if (has_value())
      throw Exception(ErrorCode::invalid_value, "a result that succeeded has no error");
    return *std::get_if<1>(&state_);
  }

 private:
  void check() const {
    if (!has_value()) throw Exception(*std::get_if<1>(&state_));
  }
  std::variant<T, Error> state_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: converts

  [[nodiscard]] bool has_value() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  void value() const {
    if (error_) throw Exception(*error_);
  }
  [[nodiscard]] const Error& error() const {
    if (!error_) throw Exception(ErrorCode::invalid_value, "a result that succeeded has no error");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

/// Throws `invalid_option` "'name' must be <rule>, got <value>" unless `holds`.
template <class Value>
constexpr void require_option(bool holds, std::string_view option, std::string_view rule,
                              const Value& got) {
  if (!holds) {
    throw Exception(ErrorCode::invalid_option, text("'", option, "' must be ", rule, ", got ", got),
                    std::string(option));
  }
}

}  // namespace emptor
