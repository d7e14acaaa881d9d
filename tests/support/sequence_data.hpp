#pragma once

/// @file
/// Sequences for tests: from interactions, and random ones with repeats.

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "emptor/core/random.hpp"
#include "emptor/table/sequences.hpp"

namespace emptor::test {

/// Each customer's items ascending, a minute apart, in one session.
inline Sequences one_session_each(const Interactions& data) {
  InteractionLog log;
  for (std::size_t c = 0; c < data.customers(); ++c) {
    std::int64_t minute = 0;
    for (const std::uint32_t item : data.by_customer().row_indices(c)) {
      log.add(id_at<Customer>(c), id_at<Item>(item), 1, Time{std::chrono::minutes{minute++}});
    }
  }
  return Sequences(data.customers(), data.items(), log, {.gap = whole_history});
}

/// Up to `most` events a customer over some days, in sessions or, with `baskets`, in baskets of one
/// instant; some customers have none.
inline InteractionLog random_log(std::size_t m, std::size_t n, std::size_t most, bool baskets,
                                 std::uint64_t seed) {
  InteractionLog log;
  for (std::size_t c = 0; c < m; ++c) {
    RandomStream random(seed, c);
    std::int64_t time = random.below(100) * 3600;
    for (std::uint32_t e = random.below(static_cast<std::uint32_t>(most + 1)); e-- > 0;) {
      const std::uint32_t item = random.below(static_cast<std::uint32_t>(n));
      log.add(id_at<Customer>(c), Item{item}, 1, Time{std::chrono::seconds{time}});
      if (random.bernoulli(0.4)) {
        time += 86400 + 3600 * std::int64_t{random.below(48)};
      } else if (!baskets) {
        time += 60;
      }
    }
  }
  return log;
}

}  // namespace emptor::test
