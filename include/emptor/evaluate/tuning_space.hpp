#pragma once
// What tuning searches: named parameters with ranges, and points drawn from them.
//
// A point is drawn from a random stream of its own, (seed, number), each parameter in turn: the
// same whatever was drawn before. A range over orders of magnitude (a regularisation, a learning
// rate) wants a logarithmic scale. Thread safety: values.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/random.hpp"

namespace emptor {

enum class TuningScale : std::uint8_t {
  uniform,      ///< a number in [low, high)
  log_uniform,  ///< a number in [low, high] whose logarithm is uniform
  integer,      ///< a whole number in [low, high], each as likely
  log_integer,  ///< a whole number in [low, high], small ones more likely
  choice,       ///< one of some texts
};

struct TuningParameter {
  std::string name;
  TuningScale scale = TuningScale::uniform;
  double low = 0;
  double high = 1;
  std::vector<std::string> choices{};  ///< of TuningScale::choice; a value is the index
  friend bool operator==(const TuningParameter&, const TuningParameter&) = default;
};

/// Parameters; each name once.
using TuningSpace = std::vector<TuningParameter>;

[[nodiscard]] inline TuningParameter tune_uniform(std::string name, double low, double high) {
  return {std::move(name), TuningScale::uniform, low, high};
}
/// low > 0.
[[nodiscard]] inline TuningParameter tune_log_uniform(std::string name, double low, double high) {
  return {std::move(name), TuningScale::log_uniform, low, high};
}
[[nodiscard]] inline TuningParameter tune_integer(std::string name, std::int64_t low,
                                                  std::int64_t high) {
  return {std::move(name), TuningScale::integer, static_cast<double>(low),
          static_cast<double>(high)};
}
/// low >= 1.
[[nodiscard]] inline TuningParameter tune_log_integer(std::string name, std::int64_t low,
                                                      std::int64_t high) {
  return {std::move(name), TuningScale::log_integer, static_cast<double>(low),
          static_cast<double>(high)};
}
[[nodiscard]] inline TuningParameter tune_choice(std::string name,
                                                 std::vector<std::string> choices) {
  return {std::move(name), TuningScale::choice, 0, 0, std::move(choices)};
}

/// One value for each parameter of a space, asked for by name: how a caller fills options.
class TuningPoint {
 public:
  /// `values` in the order of `space`, a choice's being its index; of one length.
  TuningPoint(TuningSpace space, std::vector<double> values)
      : space_(std::move(space)), values_(std::move(values)) {}

  /// A number of any scale but choice. This and the next three throw `not_found` for a name that
  /// the space has not, or has with another kind of value.
  [[nodiscard]] double number(std::string_view name) const { return values_[find(name, false)]; }
  /// A whole number, rounded to nearest.
  [[nodiscard]] std::int64_t integer(std::string_view name) const {
    return std::llround(number(name));
  }
  /// As `integer`, for options that count; throws `out_of_range` below 0.
  [[nodiscard]] std::size_t count(std::string_view name) const {
    const std::int64_t value = integer(name);
    if (value < 0) {
      throw Exception(ErrorCode::out_of_range, text("'", name, "' is no count: ", value),
                      "TuningPoint");
    }
    return static_cast<std::size_t>(value);
  }
  [[nodiscard]] std::size_t choice_index(std::string_view name) const {
    return static_cast<std::size_t>(values_[find(name, true)]);
  }
  [[nodiscard]] const std::string& choice(std::string_view name) const {
    return space_[find(name, true)].choices[choice_index(name)];
  }
  [[nodiscard]] std::span<const double> values() const noexcept { return values_; }

  /// "lambda = 0.25, factors = 64, weighting = bm25".
  [[nodiscard]] std::string to_string() const {
    std::string out;
    for (std::size_t i = 0; i < space_.size(); ++i) {
      const TuningParameter& one = space_[i];
      out += text(i == 0 ? "" : ", ", one.name, " = ");
      if (one.scale == TuningScale::choice) {
        out += one.choices[static_cast<std::size_t>(values_[i])];
      } else {
        out += text(values_[i]);
      }
    }
    return out;
  }

 private:
  [[nodiscard]] std::size_t find(std::string_view name, bool choice) const {
    for (std::size_t i = 0; i < space_.size(); ++i) {
      if (space_[i].name == name && (space_[i].scale == TuningScale::choice) == choice) return i;
    }
    throw Exception(ErrorCode::not_found,
                    text("the space has no ", choice ? "choice" : "number", " named '", name, "'"),
                    "TuningPoint");
  }

  TuningSpace space_;
  std::vector<double> values_;
};

namespace detail {

/// What is wrong with a parameter; empty when nothing is.
[[nodiscard]] inline std::string_view tuning_fault(const TuningParameter& one) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (one.name.empty()) return "a name";
  switch (one.scale) {
    case TuningScale::choice:
      return one.choices.empty() || one.choices.size() > 0xffffffffU ? "at least one choice" : "";
    case TuningScale::uniform:
    case TuningScale::log_uniform:
      if (!std::isfinite(one.low) || !std::isfinite(one.high - one.low) || one.low > one.high) {
        return "finite ends with low <= high";
      }
      return one.scale == TuningScale::log_uniform && one.low <= 0 ? "low > 0" : "";
    case TuningScale::integer:
    case TuningScale::log_integer:
      if (!(std::fabs(one.low) <= exact && std::fabs(one.high) <= exact && one.low <= one.high &&
            one.high - one.low < 4294967295.0) ||
          std::floor(one.low) != one.low || std::floor(one.high) != one.high) {
        return "whole ends with low <= high, less than 2^32 - 1 apart";
      }
      return one.scale == TuningScale::log_integer && one.low < 1 ? "low >= 1" : "";
  }
  return "a known scale";
}

/// Throws `invalid_option` for a space that cannot be drawn from.
inline void check_tuning_space(const TuningSpace& space) {
  require_option(!space.empty(), "space", "of at least one parameter", space.size());
  for (std::size_t i = 0; i < space.size(); ++i) {
    const std::string_view fault = tuning_fault(space[i]);
    if (!fault.empty()) {
      throw Exception(ErrorCode::invalid_option,
                      text("parameter '", space[i].name, "' must have ", fault), "space");
    }
    for (std::size_t j = 0; j < i; ++j) {
      require_option(space[j].name != space[i].name, "space", "of different names", space[i].name);
    }
  }
}

/// The number-th point; the space has been checked.
[[nodiscard]] inline std::vector<double> draw_point(const TuningSpace& space, std::uint64_t seed,
                                                    std::uint64_t number) {
  RandomStream random(seed, number);
  std::vector<double> out;
  for (const TuningParameter& one : space) {
    switch (one.scale) {
      case TuningScale::uniform:
        out.push_back(random.uniform(one.low, one.high));
        break;
      case TuningScale::log_uniform:
        out.push_back(std::clamp(std::exp(random.uniform(std::log(one.low), std::log(one.high))),
                                 one.low, one.high));
        break;
      case TuningScale::integer:
        out.push_back(one.low + random.below(static_cast<std::uint32_t>(one.high - one.low) + 1));
        break;
      case TuningScale::log_integer:
        out.push_back(std::clamp(
            std::floor(std::exp(random.uniform(std::log(one.low), std::log(one.high + 1)))),
            one.low, one.high));
        break;
      case TuningScale::choice:
        out.push_back(random.below(static_cast<std::uint32_t>(one.choices.size())));
        break;
    }
  }
  return out;
}

}  // namespace detail
}  // namespace emptor
