#pragma once
// Random streams of the generator: every thing draws from one of its own, so that more people leave
// the goods as they were.

#include <cstddef>
#include <cstdint>

#include "emptor/core/random.hpp"
#include "generator.hpp"

namespace storefront {

enum class Kind : std::uint64_t {
  item = 1,
  person,
  purchases = 4,
  flaws,
  touches,
  tricks,
  moods,
  voices,
  bought_reviews,
  leads
};

[[nodiscard]] inline emptor::RandomStream stream_of(const ShopOptions& options, Kind kind,
                                                    std::size_t index) {
  return emptor::RandomStream(options.seed, static_cast<std::uint64_t>(kind) << 40 | index);
}

}  // namespace storefront
