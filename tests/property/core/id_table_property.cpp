// The small hash tables against std::map.

#include "emptor/core/id_table.hpp"

#include <map>
#include <vector>

#include "support/property.hpp"

using emptor::detail::ArrayPlace;
using emptor::detail::HashedPlaces;
using emptor::detail::IdPlaces;
using emptor::detail::IdTable;

namespace {

// Ids in sequence, far apart, and such that share their low bits.
rc::Gen<std::uint64_t> ids() {
  return rc::gen::oneOf(
      rc::gen::inRange<std::uint64_t>(0, 40), rc::gen::arbitrary<std::uint64_t>(),
      rc::gen::map(rc::gen::inRange<std::uint64_t>(0, 40), [](auto i) { return i << 58U; }));
}

}  // namespace

TEST_CASE("a table of ids is a map, also after ids were taken out") {
  emptor::test::check_property("inserts, sets and erasures", [] {
    IdTable<ArrayPlace, std::uint64_t, 3> table;
    std::map<std::uint64_t, std::uint32_t> twin;
    std::vector<std::uint64_t> seen;
    const auto steps = *rc::gen::inRange<std::size_t>(1, 400);
    if (*rc::gen::arbitrary<bool>()) table.reserve(steps);
    for (std::size_t step = 0; step < steps; ++step) {
      const std::uint64_t id = *ids();
      seen.push_back(id);
      const auto place = static_cast<std::uint32_t>(step);
      switch (*rc::gen::inRange(0, 3)) {
        case 0:
          if (!twin.contains(id)) {
            table.insert(id, {place});
            twin[id] = place;
          }
          break;
        case 1:
          table.set(id, {place});
          twin[id] = place;
          break;
        default:
          table.erase(id);
          twin.erase(id);
      }
    }
    RC_ASSERT(table.size() == twin.size());
    for (const std::uint64_t id : seen) {
      const ArrayPlace* const place = table.find(id);
      const auto expected = twin.find(id);
      RC_ASSERT((place != nullptr) == (expected != twin.end()));
      if (place != nullptr) RC_ASSERT(place->at == expected->second);
    }
  });
}

TEST_CASE("places are found by narrow ids and by hashes that collide") {
  emptor::test::check_property("places of distinct ids", [](const std::vector<std::uint32_t>& raw) {
    IdPlaces<std::uint32_t> by_id;
    HashedPlaces by_hash;
    std::vector<std::uint32_t> stored;
    const auto hash = [](std::uint32_t id) { return HashedPlaces::hash(id) % 5; };
    const auto find = [&](std::uint32_t id) {
      return by_hash.find(hash(id), [&](std::uint32_t place) { return stored[place] == id; });
    };
    for (const std::uint32_t id : raw) {
      RC_ASSERT(by_id.find(id) == find(id));
      if (by_id.find(id) != IdPlaces<>::none) continue;
      const auto place = static_cast<std::uint32_t>(stored.size());
      stored.push_back(id);
      by_id.insert(id, place);
      by_hash.insert(hash(id), place);
    }
    for (std::uint32_t place = 0; place < stored.size(); ++place) {
      RC_ASSERT(by_id.find(stored[place]) == place);
      RC_ASSERT(find(stored[place]) == place);
    }
  });
}
