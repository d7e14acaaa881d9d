#pragma once
// Words of sentiment and of the lists around them in one table: one look-up a word.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/score/sentiment.hpp"

namespace emptor::detail {

/// What a word is, bits.
enum SentimentRole : std::uint32_t {
  in_lexicon = 1U << 0U,
  negates = 1U << 1U,
  has_degree = 1U << 2U,
  contrasts = 1U << 3U,
  is_neutral = 1U << 4U,
  word_no = 1U << 5U,
  word_or = 1U << 6U,  // and nor
  word_least = 1U << 7U,
  word_at = 1U << 8U,  // and very
  word_never = 1U << 9U,
  word_so = 1U << 10U,  // and this
  word_without = 1U << 11U,
  word_doubt = 1U << 12U,
  word_kind = 1U << 13U,
  word_of = 1U << 14U,
};

struct SentimentEntry {
  std::uint32_t begin = 0;  // in the pool
  std::uint32_t size = 0;
  std::uint32_t roles = 0;
  double valence = 0;
  double degree = 0;
};

/// Open addressing; words are added first, then looked up.
class SentimentTable {
 public:
  SentimentEntry& add(std::string_view word) {
    const std::int32_t known = find(word);
    if (known >= 0) return entries_[static_cast<std::size_t>(known)];
    entries_.push_back({static_cast<std::uint32_t>(pool_.size()),
                        static_cast<std::uint32_t>(word.size()), 0, 0, 0});
    pool_.append(word);
    longest_ = std::max(longest_, word.size());
    if (entries_.size() * 2 > slots_.size()) {
      grow();
    } else {
      place(entries_.size() - 1);
    }
    return entries_.back();
  }
  [[nodiscard]] std::int32_t find(std::string_view word) const noexcept {
    if (slots_.empty() || word.size() > longest_) return -1;
    const std::uint64_t key = hash(word);
    const auto tag = static_cast<std::uint32_t>(key >> 32U);
    for (std::size_t at = key & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.entry < 0) return -1;
      if (slot.tag == tag && word_of(slot.entry) == word) return slot.entry;
    }
  }
  [[nodiscard]] const SentimentEntry& operator[](std::int32_t entry) const noexcept {
    return entries_[static_cast<std::size_t>(entry)];
  }
  [[nodiscard]] std::uint32_t roles(std::int32_t entry) const noexcept {
    return entry < 0 ? 0 : (*this)[entry].roles;
  }
  [[nodiscard]] std::size_t longest() const noexcept { return longest_; }
  [[nodiscard]] std::string_view word_of(std::int32_t entry) const noexcept {
    const SentimentEntry& e = (*this)[entry];
    return std::string_view(pool_).substr(e.begin, e.size);
  }
  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::int32_t entry = -1;
  };
  [[nodiscard]] static std::uint64_t hash(std::string_view word) noexcept {
    std::uint64_t h = 0x9E3779B97F4A7C15U ^ word.size();
    const char* at = word.data();
    std::size_t left = word.size();
    const auto mix = [&h](std::uint64_t part) {
      h = (h ^ part) * 0xD6E8FEB86659FD93U;
      h ^= h >> 32U;
    };
    for (; left >= 8; left -= 8, at += 8) {
      std::uint64_t part = 0;
      std::memcpy(&part, at, 8);
      mix(part);
    }
    if (left > 0) {
      std::uint64_t part = 0;
      std::memcpy(&part, at, left);
      mix(part);
    }
    return h * 0xD6E8FEB86659FD93U;
  }
  void place(std::size_t entry) {
    const std::uint64_t key = hash(word_of(static_cast<std::int32_t>(entry)));
    std::size_t at = key & mask_;
    while (slots_[at].entry >= 0) at = (at + 1) & mask_;
    slots_[at] = {static_cast<std::uint32_t>(key >> 32U), static_cast<std::int32_t>(entry)};
  }
  void grow() {
    slots_.assign(std::max<std::size_t>(64, slots_.size() * 2), {});
    mask_ = slots_.size() - 1;
    for (std::size_t entry = 0; entry < entries_.size(); ++entry) place(entry);
  }

  std::string pool_;
  std::vector<SentimentEntry> entries_;
  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::size_t longest_ = 0;
};

struct SentimentTables {
  SentimentTable spaced;
  SentimentTable phrases;  // in_lexicon: valence; has_degree: degree
  SentimentTable emoji;
  std::vector<std::vector<std::string>> emoji_words;  // by entry of `emoji`
  SentimentTable unspaced;
  std::array<std::uint16_t, 4096> reach{};  // by first character: characters of the longest word
  SentimentOptions options;

  [[nodiscard]] static std::size_t first(char32_t c) noexcept { return (c ^ c >> 12U) & 4095U; }
};

/// Compound, shares and sum from the hits, the emphasis and the number of neutral words.
void finish_sentiment(const SentimentOptions& options, std::uint64_t exclamations,
                      std::uint64_t questions, double neutral, SentimentAnalysis& out);

}  // namespace emptor::detail
