#pragma once
// Sequences in archives: the part of a saved model that says what each customer did when.
// Size: 4 (m + n + sessions) + 12 e bytes for e events, and 4 e more unless all weights are 1.
// Thread safety: functions.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/table/sequences.hpp"

namespace emptor {

/// Appends the sequences to a section.
inline void put_sequences(SectionWriter& section, const Sequences& data) {
  const SequenceParts& parts = data.parts();
  const auto sizes = [](const std::vector<std::size_t>& starts) {
    std::vector<std::uint32_t> out(starts.size() - 1);
    for (std::size_t i = 0; i < out.size(); ++i) {
      out[i] = static_cast<std::uint32_t>(starts[i + 1] - starts[i]);
    }
    return out;
  };
  // The counts by item also keep a forged number of items from costing memory.
  std::vector<std::uint32_t> item_counts(parts.items, 0);
  for (const std::uint32_t item : parts.event_items) ++item_counts[item];
  std::vector<std::int64_t> times(parts.event_times.size());
  bool all_one = true;
  for (std::size_t e = 0; e < times.size(); ++e) {
    times[e] = parts.event_times[e].time_since_epoch().count();
    all_one = all_one && parts.event_weights[e] == 1.0F;
  }
  section.put(std::int64_t{parts.gap.count()});
  section.put_array(item_counts);
  section.put_array(sizes(parts.customer_starts));
  section.put_array(sizes(parts.session_starts));
  section.put_array(parts.event_items);
  section.put_array(times);
  section.put(all_one);
  if (!all_one) section.put_array(parts.event_weights);
}

/// What `put_sequences` wrote. On damage the section has failed and the sequences are empty.
/// Allocates in proportion to the section's bytes.
[[nodiscard]] inline Sequences get_sequences(SectionReader& section) {
  SequenceParts parts;
  parts.gap = std::chrono::seconds{section.get<std::int64_t>()};
  const auto item_counts = section.get_array<std::uint32_t>();
  const auto customer_sizes = section.get_array<std::uint32_t>();
  const auto session_sizes = section.get_array<std::uint32_t>();
  parts.event_items = section.get_array<std::uint32_t>();
  const auto times = section.get_array<std::int64_t>();
  const bool all_one = section.get<bool>();
  if (section.ok() && !all_one) parts.event_weights = section.get_array<float>();
  if (!section.ok()) return {};
  if (all_one) parts.event_weights.assign(parts.event_items.size(), 1.0F);
  parts.items = item_counts.size();
  for (const std::uint32_t size : customer_sizes) {
    parts.customer_starts.push_back(parts.customer_starts.back() + size);
  }
  for (const std::uint32_t size : session_sizes) {
    parts.session_starts.push_back(parts.session_starts.back() + size);
  }
  for (const std::int64_t time : times)
    parts.event_times.push_back(Time{std::chrono::seconds{time}});

  bool fits = detail::sequence_fault(parts).empty();
  for (const float weight : parts.event_weights) {
    fits = fits && weight > 0 && weight <= std::numeric_limits<float>::max();
  }
  if (fits) {
    std::vector<std::uint32_t> counts(parts.items, 0);
    for (const std::uint32_t item : parts.event_items) ++counts[item];
    fits = counts == item_counts;
  }
  if (!section.require(fits, "the sequences contradict themselves")) return {};
  try {
    return Sequences(std::move(parts));
  } catch (const Exception&) {  // the weights of one customer and item add up to infinity
    section.require(false, "the sequences' weights leave the range of float");
    return {};
  }
}

}  // namespace emptor
