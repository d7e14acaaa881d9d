#include "emptor/text/transliterate.hpp"

#include <algorithm>
#include <iterator>

#include "emptor/text/utf8.hpp"
#include "text/translit_surnames.hpp"

namespace emptor {
namespace {

#include "translit_table.inc"

constexpr std::uint16_t last_of_list = 0x8000;

std::string_view syllable(std::size_t number) noexcept {
  const char* text = syllables[number];
  std::size_t length = 1;
  while (length < sizeof(syllables[0]) && text[length] != '\0') ++length;
  return {text, length};
}

std::size_t place_of(char32_t c) noexcept {
  constexpr std::size_t page_size = 64;
  const auto page = static_cast<std::size_t>(c) / page_size;
  if (page >= std::size(reading_page_of)) return 0;
  return reading_pages[reading_page_of[page] * page_size + c % page_size];
}

template <class Character, std::size_t size>
const Character* find_sorted(const Character (&sorted)[size], char32_t c) noexcept {
  const auto* at = std::lower_bound(std::begin(sorted), std::end(sorted), c);
  return at != std::end(sorted) && *at == c ? at : nullptr;
}

class PinyinWriter {
 public:
  PinyinWriter(std::string& out, const PinyinOptions& options) : out_(out), options_(options) {}

  void put(std::string_view reading) {
    separate();
    for (const char letter : reading) {
      out_.push_back(letter == 'v' && !options_.umlaut_as_v ? 'u' : letter);
    }
    after_reading_ = true;
  }

  void put(char32_t c) {
    const std::size_t place = place_of(c);
    if (place != 0) return put(syllable(reading_lists[place] & ~last_of_list));
    after_reading_ = false;
    append_utf8(out_, c);
  }

  void put_all(std::u32string_view text) {
    for (const char32_t c : text) put(c);
  }

 private:
  void separate() {
    if (after_reading_ && options_.between != '\0') out_.push_back(options_.between);
  }

  std::string& out_;
  PinyinOptions options_;
  bool after_reading_ = false;
};

}  // namespace

PinyinReadings pinyin_readings(char32_t c) noexcept {
  PinyinReadings readings;
  const std::size_t place = place_of(c);
  if (place == 0) return readings;
  for (const std::uint16_t* at = reading_lists + place;; ++at) {
    readings.syllables[readings.count++] = syllable(*at & ~last_of_list);
    if ((*at & last_of_list) != 0 || readings.count == readings.syllables.size()) return readings;
  }
}

void append_pinyin(std::u32string_view text, std::string& out, const PinyinOptions& options) {
  PinyinWriter writer(out, options);
  if (options.surname && !text.empty()) {
    const char32_t start[2] = {simplified(text[0]), text.size() > 1 ? simplified(text[1]) : 0};
    const auto surname = chinese_surname({start, std::min<std::size_t>(text.size(), 2)});
    if (surname.characters > 0) {
      writer.put(surname.pinyin);
      text.remove_prefix(surname.characters);
    }
  }
  writer.put_all(text);
}

void append_pinyin(std::string_view text, std::string& out, const PinyinOptions& options) {
  PinyinWriter writer(out, options);
  std::size_t at = 0;
  const auto next = [&] {
    const auto character = utf8_character(text, at);
    at += character.bytes;
    return character;
  };
  if (options.surname && !text.empty()) {
    char32_t start[2];
    std::size_t ends[2] = {};
    std::size_t count = 0;
    while (count < 2 && at < text.size()) {
      const auto character = next();
      if (!character.valid) break;
      start[count] = simplified(character.value);
      ends[count++] = at;
    }
    at = 0;
    const auto surname = chinese_surname({start, count});
    if (surname.characters > 0) {
      writer.put(surname.pinyin);
      at = ends[surname.characters - 1];
    }
  }
  while (at < text.size()) {
    const auto character = next();
    if (character.valid) writer.put(character.value);
  }
}

char32_t simplified(char32_t c) noexcept {
  if (c < 0x3400) return c;
  if (c <= 0xFFFF) {
    if (const auto* at = find_sorted(traditional, c)) return traditional_to[at - traditional];
  }
  if (const auto* at = find_sorted(rare_traditional, c)) {
    return rare_traditional_to[at - rare_traditional];
  }
  return c;
}

void append_simplified(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const auto character = utf8_character(text, at);
    at += character.bytes;
    if (character.valid) append_utf8(out, simplified(character.value));
  }
}

ChineseSurname chinese_surname(std::u32string_view name) noexcept {
  if (name.empty()) return {};
  if (name.size() > 1) {
    for (const auto& compound : detail::compound_surnames) {
      if (compound.name[0] == name[0] && compound.name[1] == name[1]) return {2, compound.pinyin};
    }
  }
  for (const auto& surname : detail::odd_surnames) {
    if (surname.name == name[0]) return {1, surname.pinyin};
  }
  const std::size_t place = place_of(name[0]);
  if (place == 0) return {};
  return {1, syllable(reading_lists[place] & ~last_of_list)};
}

std::size_t pinyin_syllables(std::string_view word) noexcept {
  constexpr std::size_t longest = 24;
  if (word.empty() || word.size() > longest) return 0;
  std::uint8_t fewest[longest + 1] = {};  // syllables of the first letters; 0: they do not split
  for (std::size_t start = 0; start < word.size(); ++start) {
    if (start > 0 && fewest[start] == 0) continue;
    const auto* first = std::begin(syllables);
    for (std::size_t length = 1; length <= 6 && start + length <= word.size(); ++length) {
      const std::string_view part = word.substr(start, length);
      first = std::lower_bound(first, std::end(syllables), part, [](const auto& row, auto key) {
        return syllable(static_cast<std::size_t>(&row - syllables)) < key;
      });
      if (first == std::end(syllables)) break;
      if (syllable(static_cast<std::size_t>(first - syllables)) != part) continue;
      if (part.find_first_of("aeiouv") == std::string_view::npos) continue;
      const auto syllables_now = static_cast<std::uint8_t>(fewest[start] + 1);
      auto& best = fewest[start + length];
      if (best == 0 || syllables_now < best) best = syllables_now;
    }
  }
  return fewest[word.size()];
}

}  // namespace emptor
