#include "emptor/segment/value_model.hpp"

#include <algorithm>

#include "emptor/core/error.hpp"
#include "emptor/core/money.hpp"
#include "segment/segment_summary.hpp"

namespace emptor {

namespace {

/// Sum of one number of all rows.
template <class Get>
detail::int128 sum_of(const RfmResult& result, Get get) {
  detail::int128 sum = 0;
  for (const RfmRow& row : result.rows) sum += get(row);
  return sum;
}

struct Numbers {
  std::int64_t recency, frequency, monetary;
};

Numbers numbers_of(const RfmRow& row, ValueLevels levels) {
  if (levels == ValueLevels::mean_of_scores) {
    return {row.score.recency, row.score.frequency, row.score.monetary};
  }
  return {row.recency_days, row.orders, row.monetary};
}

}  // namespace

std::array<std::string, value_class_count> value_class_names() {
  return {"一般挽留客户", "重要挽留客户", "一般保持客户", "重要保持客户",
          "一般发展客户", "重要发展客户", "一般价值客户", "重要价值客户"};
}

std::array<std::string, value_class_count> value_class_names_english() {
  return {"ordinary, to be won back",
          "valuable, to be won back",
          "ordinary, to be kept",
          "valuable, to be kept",
          "ordinary, to be developed",
          "valuable, to be developed",
          "ordinary",
          "most valuable"};
}

ValueClasses value_classes_of(const RfmResult& result, const ValueModelOptions& options) {
  ValueClasses out;
  out.options = options;
  if (!out.options.names) out.options.names = value_class_names();
  const auto& names = *out.options.names;
  std::array<std::uint8_t, value_class_count> class_of{};
  for (std::size_t place = value_class_count; place-- > 0;) {
    require_option(!names[place].empty(), "names", "no empty one", text("none at ", place));
    const auto same = std::find_if(out.classes.begin(), out.classes.end(),
                                   [&](const auto& known) { return known.name == names[place]; });
    class_of[place] = static_cast<std::uint8_t>(same - out.classes.begin());
    if (same == out.classes.end()) out.classes.emplace_back().name = names[place];
  }

  const ValueLevels levels = options.levels;
  const bool fixed = levels == ValueLevels::fixed;
  const auto n = static_cast<std::int64_t>(result.rows.size());
  const auto recency =
      sum_of(result, [&](const RfmRow& r) { return numbers_of(r, levels).recency; });
  const auto frequency =
      sum_of(result, [&](const RfmRow& r) { return numbers_of(r, levels).frequency; });
  const auto monetary =
      sum_of(result, [&](const RfmRow& r) { return numbers_of(r, levels).monetary; });
  const auto mean = [&](detail::int128 sum) {
    return n == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(n);
  };
  out.recency = fixed ? static_cast<double>(options.recency_days) : mean(recency);
  out.frequency = fixed ? static_cast<double>(options.orders) : mean(frequency);
  out.monetary = fixed ? static_cast<double>(options.monetary) : mean(monetary);

  out.place_of.reserve(result.rows.size());
  out.of_row.reserve(result.rows.size());
  for (const RfmRow& row : result.rows) {
    bool r = row.recency_days <= options.recency_days;
    bool f = row.orders >= options.orders;
    bool m = row.monetary >= options.monetary;
    if (!fixed) {
      const Numbers own = numbers_of(row, levels);
      const detail::int128 days_or_score = detail::int128{own.recency} * n;
      r = levels == ValueLevels::mean_of_values ? days_or_score < recency : days_or_score > recency;
      f = detail::int128{own.frequency} * n > frequency;
      m = detail::int128{own.monetary} * n > monetary;
    }
    const std::size_t place = (r ? 4U : 0U) + (f ? 2U : 0U) + (m ? 1U : 0U);
    out.place_of.push_back(static_cast<std::uint8_t>(place));
    out.of_row.push_back(class_of[place]);
  }
  detail::summarise_segments(result.rows, out.of_row, out.classes, "value_classes_of");
  return out;
}

}  // namespace emptor
