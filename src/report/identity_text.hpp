#pragma once
// Words that the parts of the identity section share. Internal to the room.

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include "report/section_text.hpp"

namespace emptor::detail {

/// How a page names a record.
struct RecordNames {
  const std::function<std::string(std::uint32_t)>& given;
  [[nodiscard]] std::string operator()(std::uint32_t record) const {
    return given ? given(record) : text("record ", record);
  }
};

/// "99.8%"; near the ends "> 99.9%".
[[nodiscard]] inline std::string probability_text(double probability) {
  if (probability > 0.999 && probability < 1) return "more than 99.9%";
  if (probability > 0 && probability < 0.001) return "less than 0.1%";
  return percent_text(probability);
}

/// Bits, with a sign.
[[nodiscard]] inline std::string bits_text(double weight) {
  return std::isnan(weight) ? std::string("by people")
                            : text(weight > 0 ? "+" : "",
                                   format_value(weight, {.decimals = 1, .keep_zeros = true}));
}

inline const ValueFormat bits_column{.decimals = 1, .keep_zeros = true};

}  // namespace emptor::detail
