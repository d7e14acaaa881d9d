#pragma once
// XGBoost's model files as JSON: like RFC 8259, but numbers may be NaN, Infinity or -Infinity, as
// XGBoost writes the thresholds of categories, and lists of numbers, nearly all of a file, take 8
// bytes a number. A number beyond a double is infinite.
//
// Errors are thrown as XgboostWrong and name the place: line and column of what is no JSON, the
// JSON pointer (RFC 6901) of a value that is none of its place's.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "emptor/core/error.hpp"

namespace emptor::detail {

struct XgboostWrong {
  Error error;
};

[[noreturn]] void xgboost_fail(ErrorCode code, std::string message, std::string where);

struct XgboostValue;
using XgboostMember = std::pair<std::string, XgboostValue>;

struct XgboostValue {
  using Numbers = std::vector<double>;  // also of true and false: 1 and 0
  using List = std::vector<XgboostValue>;
  using Object = std::vector<XgboostMember>;

  std::variant<std::monostate, bool, double, std::string, Numbers, List, Object> content;
};

/// Throws XgboostWrong. O(bytes) time; memory is at most 50 bytes a byte, of numbers 8 a number.
[[nodiscard]] XgboostValue parse_xgboost_json(std::string_view json);

/// A value and where it stands.
class XgboostNode {
 public:
  XgboostNode(const XgboostValue& value, std::string pointer)
      : value_(&value), pointer_(std::move(pointer)) {}

  [[nodiscard]] const std::string& pointer() const noexcept { return pointer_; }
  [[noreturn]] void fail(std::string message, ErrorCode code = ErrorCode::corrupt) const {
    xgboost_fail(code, std::move(message), pointer_);
  }

  [[nodiscard]] std::optional<XgboostNode> find(std::string_view member) const;
  [[nodiscard]] XgboostNode operator[](std::string_view member) const;  ///< that must be there
  [[nodiscard]] std::size_t size() const;                               ///< of a list
  [[nodiscard]] XgboostNode at(std::size_t index) const;                ///< below size()
  /// An empty list is one of numbers, too.
  [[nodiscard]] const std::vector<double>& numbers() const;
  /// Of so many numbers.
  [[nodiscard]] const std::vector<double>& numbers(std::size_t size) const;
  [[nodiscard]] const std::string& text() const;
  /// A number, or a text that is one, as XGBoost writes parameters.
  [[nodiscard]] double number() const;
  /// A whole number of [0, greatest].
  [[nodiscard]] std::size_t count(std::size_t greatest) const;
  /// Of a member, if it is there.
  [[nodiscard]] std::size_t count(std::string_view member, std::size_t greatest,
                                  std::size_t otherwise) const;
  [[nodiscard]] bool is_text() const noexcept;

 private:
  const XgboostValue* value_;
  std::string pointer_;
};

/// The number that is all of the text, as JSON or XGBoost writes it.
[[nodiscard]] std::optional<double> xgboost_number(std::string_view text) noexcept;

}  // namespace emptor::detail
