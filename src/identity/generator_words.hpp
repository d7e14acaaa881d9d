#pragma once
// Words that made-up people are made of: names by land with their frequencies, places, mail
// providers; written from general knowledge, rare ones built from syllables. Thread safety: any
// number of readers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/random.hpp"

namespace emptor::detail::generator {

enum class Land : std::uint8_t { us, gb, de, fr, cn };
inline constexpr std::size_t land_count = 5;
inline constexpr std::size_t cities_a_land = 1500;  ///< of the four Western lands

/// True with probability p, from 32 bits.
inline bool chance(RandomStream& random, double p) noexcept {
  return static_cast<double>(random()) < p * 0x1.0p32;
}

/// A number of `values` mixed to 64 bits (the finaliser of SplitMix64).
constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b = 0) noexcept {
  std::uint64_t x = a * 0x9e3779b97f4a7c15U + b + 0x632be59bd9b4e019U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

/// Draws by weight in O(1). A. J. Walker, "An efficient method for generating discrete random
/// variables with general distributions", ACM TOMS 3(3), 1977, doi:10.1145/355744.355749.
class WeightedDraw {
 public:
  WeightedDraw() = default;
  explicit WeightedDraw(std::span<const double> weights);
  [[nodiscard]] std::uint32_t operator()(RandomStream& random) const noexcept {
    const std::uint32_t at = random.below(static_cast<std::uint32_t>(keep_.size()));
    return static_cast<double>(random()) < keep_[at] ? at : other_[at];
  }

 private:
  std::vector<double> keep_;  ///< in 2^32ths
  std::vector<std::uint32_t> other_;
};

/// Words by falling frequency.
struct WordList {
  std::vector<std::string_view> words;
  WeightedDraw draw;
};

/// A given name with its short forms, "William/Bill/Will".
struct GivenName {
  std::string_view formal;
  std::vector<std::string_view> nicknames;
};
struct GivenNames {
  std::vector<GivenName> names;
  WeightedDraw draw;
};

/// A character or word of Chinese and its pinyin without tones.
struct ChineseWord {
  std::string_view characters;
  std::string_view pinyin;
};
struct ChineseWords {
  std::vector<ChineseWord> words;
  WeightedDraw draw;
};

struct ChineseCity {
  std::string_view province;  ///< "浙江省"; empty for the four municipalities
  std::string_view city;      ///< "杭州"
  std::string_view pinyin;
};

class GeneratorWords {
 public:
  GeneratorWords();

  [[nodiscard]] const GivenNames& given(Land land, bool female) const noexcept {
    return given_[static_cast<std::size_t>(land)][female ? 1 : 0];
  }
  /// A Western family name, a third of them of the list, others rare ones made of syllables.
  void family(RandomStream& random, Land land, std::string& out) const;
  const ChineseWords& chinese_families() const noexcept { return chinese_families_; }
  const ChineseWords& chinese_given(bool female) const noexcept {
    return chinese_given_[female ? 1 : 0];
  }
  /// Another character of the same sound if there is one, else any other.
  [[nodiscard]] std::string_view misheard(std::string_view character, RandomStream& random) const;
  /// A mail provider's domain that is common in the land.
  [[nodiscard]] std::string_view provider(RandomStream& random, Land land) const;

  [[nodiscard]] std::uint32_t draw_city(RandomStream& random, Land land) const {
    return city_draw_[land == Land::cn ? 1 : 0](random);
  }
  /// A Western city.
  [[nodiscard]] std::string_view city(Land land, std::uint32_t number) const noexcept {
    return cities_[static_cast<std::size_t>(land)][number];
  }
  [[nodiscard]] const ChineseCity& chinese_city(std::uint32_t number) const noexcept {
    return chinese_cities_[number];
  }
  /// Appends the word that a Western street is called after, or a Chinese road's two characters.
  void street(Land land, std::uint64_t key, std::string& out) const;

 private:
  GivenNames given_[4][2];
  WordList families_[4];
  WordList providers_[land_count];
  ChineseWords chinese_families_;
  ChineseWords chinese_given_[2];
  std::vector<std::string_view> street_words_[4];
  std::vector<std::string_view> road_characters_;
  std::vector<std::string> cities_[4];
  std::vector<ChineseCity> chinese_cities_;
  WeightedDraw city_draw_[2];
};

/// Appends a made-up word of `syllables` syllables that `key` names, in lower case.
void append_syllables(std::string& out, std::uint64_t key, int syllables);

}  // namespace emptor::detail::generator
