#include "identity/generator_words.hpp"

#include <algorithm>
#include <cmath>

#include "identity/generator_lists.hpp"

namespace emptor::detail::generator {

namespace {

using std::string_view;
using namespace lists;

std::vector<string_view> split(string_view text, char by = ' ') {
  std::vector<string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

/// Weights that fall as (rank + shift)^-power, ranks from 0.
WeightedDraw falling(std::size_t count, double shift, double power) {
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i) {
    weights[i] = std::pow(static_cast<double>(i) + shift, -power);
  }
  return WeightedDraw(weights);
}

GivenNames given_names(string_view text) {
  GivenNames out;
  for (const string_view word : split(text)) {
    const std::vector<string_view> forms = split(word, '/');
    out.names.push_back({forms[0], {forms.begin() + 1, forms.end()}});
  }
  out.draw = falling(out.names.size(), 4, 0.9);
  return out;
}

ChineseWord chinese_word(string_view word) {
  std::size_t end = 0;
  while (end < word.size() && static_cast<unsigned char>(word[end]) >= 0x80) ++end;
  return {word.substr(0, end), word.substr(end)};
}

ChineseWords chinese_words(string_view text) {
  ChineseWords out;
  for (const string_view word : split(text)) out.words.push_back(chinese_word(word));
  return out;
}

/// Of a hundred people, by census and police counts as they are published; then a power law.
WeightedDraw chinese_family_draw(std::size_t count) {
  constexpr double commonest[] = {7.94, 7.41, 7.07, 5.38, 4.53, 3.08, 2.29, 2.23, 2.12, 2.05,
                                  1.67, 1.54, 1.31, 1.26, 1.21, 1.18, 1.17, 1.15, 1.05, 1.04};
  std::vector<double> weights(count);
  for (std::size_t i = 0; i < count; ++i) {
    weights[i] =
        i < std::size(commonest) ? commonest[i] : std::pow(20 / static_cast<double>(i + 1), 1.05);
  }
  return WeightedDraw(weights);
}

}  // namespace

WeightedDraw::WeightedDraw(std::span<const double> weights)
    : keep_(weights.size()), other_(weights.size()) {
  double sum = 0;
  for (const double weight : weights) sum += weight;
  std::vector<std::uint32_t> small, large;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    keep_[i] = weights[i] / sum * static_cast<double>(weights.size());
    other_[i] = static_cast<std::uint32_t>(i);
    (keep_[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
  }
  while (!small.empty() && !large.empty()) {
    const std::uint32_t low = small.back(), high = large.back();
    small.pop_back();
    other_[low] = high;
    keep_[high] -= 1 - keep_[low];
    if (keep_[high] < 1) {
      large.pop_back();
      small.push_back(high);
    }
  }
  for (double& keep : keep_) keep *= 0x1.0p32;  // whose other is itself needs no more
}

void append_syllables(std::string& out, std::uint64_t key, int syllables) {
  static constexpr string_view onsets[] = {
      "b",  "br", "c", "d",  "f", "g", "gr", "h",  "j",  "k",  "l",  "m",  "n",  "p",  "r", "s",
      "sh", "st", "t", "th", "v", "w", "z",  "kl", "dr", "fl", "ch", "tr", "sk", "bl", "m", "r"};
  static constexpr string_view vowels[] = {"a",  "e",  "i",  "o",  "u", "a", "e", "o",
                                           "ai", "ea", "ie", "ou", "a", "e", "i", "o"};
  static constexpr string_view codas[] = {"", "n",  "r",  "l",  "", "s",  "m",  "t",
                                          "", "nd", "ck", "rd", "", "ll", "nt", "x"};
  for (int i = 0; i < syllables; ++i) {
    out += onsets[key & 31];
    out += vowels[key >> 5 & 15];
    if (i + 1 == syllables || (key >> 13 & 3) == 0) out += codas[key >> 9 & 15];
    key = mixed(key >> 15, 7);
  }
}

GeneratorWords::GeneratorWords() {
  constexpr string_view men[] = {english_men, english_men, german_men, french_men};
  constexpr string_view women[] = {english_women, english_women, german_women, french_women};
  constexpr string_view families[] = {english_families, english_families, german_families,
                                      french_families};
  constexpr string_view streets[] = {english_streets, english_streets, german_streets,
                                     french_streets};
  constexpr string_view providers[] = {western_providers, british_providers, german_providers,
                                       french_providers, chinese_providers};
  static constexpr string_view endings[4][6] = {{"ville", "ton", " City", " Springs", "", "field"},
                                                {"ford", "ham", "bury", "ton", "by", "mouth"},
                                                {"heim", "burg", "stadt", "dorf", "au", "hausen"},
                                                {"ville", "ac", "y", "court", "-sur-Mer", "ens"}};
  for (std::size_t land = 0; land < 4; ++land) {
    given_[land][0] = given_names(men[land]);
    given_[land][1] = given_names(women[land]);
    families_[land].words = split(families[land]);
    families_[land].draw = falling(families_[land].words.size(), 6, 0.8);
    street_words_[land] = split(streets[land]);
    for (std::uint64_t i = 0; i < cities_a_land; ++i) {
      const std::uint64_t key = mixed(land + 11, i);
      std::string& city = cities_[land].emplace_back();
      append_syllables(city, key, 1 + static_cast<int>(key >> 60 & 1));
      city[0] = static_cast<char>(city[0] - 'a' + 'A');
      city += endings[land][(key >> 40) % 6];
    }
  }
  for (std::size_t land = 0; land < land_count; ++land) {
    providers_[land].words = split(providers[land]);
    providers_[land].draw = falling(providers_[land].words.size(), 1, 1.1);
  }
  chinese_families_ = chinese_words(lists::chinese_families);
  chinese_families_.draw = chinese_family_draw(chinese_families_.words.size());
  chinese_given_[0] = chinese_words(chinese_men);
  chinese_given_[1] = chinese_words(chinese_women);
  for (ChineseWords& given : chinese_given_) given.draw = falling(given.words.size(), 12, 0.9);
  road_characters_ = split(lists::road_characters);
  for (const string_view entry : split(province_cities)) {
    const std::size_t slash = entry.find('/');
    const ChineseWord city = chinese_word(entry.substr(slash + 1));
    chinese_cities_.push_back({entry.substr(0, slash), city.characters, city.pinyin});
  }
  city_draw_[0] = falling(cities_a_land, 5, 0.9);
  city_draw_[1] = falling(chinese_cities_.size(), 3, 0.7);
}

void GeneratorWords::family(RandomStream& random, Land land, std::string& out) const {
  const WordList& list = families_[static_cast<std::size_t>(land)];
  out.clear();
  if (chance(random, 0.45)) {
    out = list.words[list.draw(random)];
    return;
  }
  // Some 200,000 rare names a land, the first of them less rare.
  const double u = random.uniform();
  const auto rank = static_cast<std::uint64_t>(200000 * u * u * u);
  const std::uint64_t key = mixed(rank, static_cast<std::uint64_t>(land) + 101);
  append_syllables(out, key, 2 + static_cast<int>(rank > 20000));
  out[0] = static_cast<char>(out[0] - 'a' + 'A');
  static constexpr string_view endings[4][8] = {{"", "", "son", "", "man", "", "ez", "ski"},
                                                {"", "", "son", "ley", "", "wood", "ton", ""},
                                                {"", "mann", "er", "", "bach", "", "hoff", ""},
                                                {"", "eau", "", "ier", "", "in", "ard", ""}};
  out += endings[static_cast<std::size_t>(land)][key >> 50 & 7];
}

string_view GeneratorWords::misheard(string_view character, RandomStream& random) const {
  const ChineseWords* const lists[] = {&chinese_given_[0], &chinese_given_[1], &chinese_families_};
  string_view sound;
  for (const ChineseWords* list : lists) {
    for (const ChineseWord& word : list->words) {
      if (word.characters == character) sound = word.pinyin;
    }
  }
  const std::vector<ChineseWord>& any = lists[random.below(2)]->words;
  const auto start = random.below(static_cast<std::uint32_t>(any.size()));
  for (std::size_t i = 0; i < any.size() && !sound.empty(); ++i) {
    const ChineseWord& word = any[(start + i) % any.size()];
    if (word.pinyin == sound && word.characters != character) return word.characters;
  }
  const ChineseWord& word = any[start];
  return word.characters != character ? word.characters : any[(start + 1) % any.size()].characters;
}

string_view GeneratorWords::provider(RandomStream& random, Land land) const {
  const WordList& list = providers_[static_cast<std::size_t>(land)];
  return list.words[list.draw(random)];
}

void GeneratorWords::street(Land land, std::uint64_t key, std::string& out) const {
  if (land == Land::cn) {
    const std::size_t n = road_characters_.size();
    out += road_characters_[key % n];
    out += road_characters_[key / n % n];
    return;
  }
  const auto& words = street_words_[static_cast<std::size_t>(land)];
  if (key % 3 != 0) {
    for (const char c : words[key / 3 % words.size()]) out += c == '_' ? ' ' : c;
    return;
  }
  const std::size_t begin = out.size();
  append_syllables(out, key / 3, 2);
  out[begin] = static_cast<char>(out[begin] - 'a' + 'A');
}

}  // namespace emptor::detail::generator
