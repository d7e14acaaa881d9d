#pragma once
// The value model of eight classes, which is the common way to name RFM segments in China:
//
//   recency  frequency  money   class         in English
//   high     high       high    重要价值      most valuable
//   high     low        high    重要发展      valuable, to be developed
//   low      high       high    重要保持      valuable, to be kept
//   low      low        high    重要挽留      valuable, to be won back
//   high     high       low     一般价值      ordinary
//   high     low        low     一般发展      ordinary, to be developed
//   low      high       low     一般保持      ordinary, to be kept
//   low      low        low     一般挽留      ordinary, to be won back
//
// High recency means that the last purchase is recent. High is strictly better than the mean, so
// who stands at the mean is low; when all customers are equal, all are low. Means are compared as
// exact integers (value times number of rows against the sum), and do not depend on the rows'
// order. Sums of money use 128 bits. The textbook form scores first and takes the mean of scores,
// which is the default: it does not let a few large orders raise the bar for all. The mean of
// values is the other form in use. Cost: O(rows). Thread safety: pure functions.

#include <array>
#include <string>

#include "emptor/core/export.hpp"
#include "emptor/segment/rfm_result.hpp"
#include "emptor/segment/value_model_result.hpp"

namespace emptor {

/// "重要价值客户" and so on, by place.
[[nodiscard]] EMPTOR_API std::array<std::string, value_class_count> value_class_names();
/// "most valuable" and so on, by place.
[[nodiscard]] EMPTOR_API std::array<std::string, value_class_count> value_class_names_english();

/// The class of each row. Throws `invalid_option` for an empty name, and `overflow` when the rows'
/// money adds up beyond int64.
[[nodiscard]] EMPTOR_API ValueClasses value_classes_of(const RfmResult& result,
                                                       const ValueModelOptions& options = {});

}  // namespace emptor
