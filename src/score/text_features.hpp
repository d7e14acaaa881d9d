#pragma once
// A text's n-grams as a sparse vector: places of the hash table, ascending, each with how often.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "emptor/score/text_linear_grams.hpp"

namespace emptor::detail {

struct TextFeature {
  std::uint32_t place;
  std::uint32_t count;
};

/// Counts of one text after the other; the first 1,024 n-grams of a text need no memory.
class TextCounter {
 public:
  [[nodiscard]] std::span<const TextFeature> count(std::string_view text,
                                                   const TextGramOptions& grams) {
    std::size_t size = 0;
    std::span<TextFeature> room = more_.empty() ? std::span<TextFeature>(first_) : more_;
    each_text_gram(text, grams, [&](std::uint32_t place, std::uint32_t, std::uint32_t) {
      if (size == room.size()) {
        const bool fresh = more_.empty();
        more_.resize(2 * size);
        if (fresh) std::copy(first_.begin(), first_.end(), more_.begin());
        room = more_;
      }
      room[size++] = {place, 1};
    });
    std::sort(room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size),
              [](const TextFeature& a, const TextFeature& b) { return a.place < b.place; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size; ++i) {
      if (kept > 0 && room[kept - 1].place == room[i].place) {
        ++room[kept - 1].count;
      } else {
        room[kept++] = room[i];
      }
    }
    return room.first(kept);
  }

 private:
  std::array<TextFeature, 1024> first_;
  std::vector<TextFeature> more_;
};

}  // namespace emptor::detail
