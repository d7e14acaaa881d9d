// Makes the tables of src/text/transliterate.cpp out of the Unihan database (Unicode Standard Annex
// 38): readings from kMandarin, kTGHZ2013, kHanyuPinlu, kXHC1983 and kHanyuPinyin, in this order,
// at most four a character and without tones; simplified forms from kSimplifiedVariant.
//
//   make_translit_table <Unihan_Readings.txt> <Unihan_Variants.txt> <output>
//
// A character's page (64 characters) holds its place in `reading_lists`, where the numbers of its
// syllables stand, the last one marked by the highest bit; equal lists and equal pages are stored
// once. Place 0 is an empty list. A syllable's ü is written v.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/text/fold.hpp"
#include "emptor/text/utf8.hpp"

namespace {

constexpr std::size_t most_readings = 4;
constexpr std::array<std::string_view, 5> sources = {"kMandarin", "kTGHZ2013", "kHanyuPinlu",
                                                     "kXHC1983", "kHanyuPinyin"};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "make_translit_table: %s\n", why.c_str());
  std::exit(1);
}

std::string without_tone(std::string_view reading) {
  std::string out;
  for (std::size_t at = 0; at < reading.size();) {
    const auto character = emptor::utf8_character(reading, at);
    at += character.bytes;
    const char32_t c = character.value;
    if (c == 0x00FC || (c >= 0x01D5 && c <= 0x01DC)) {
      out += 'v';
    } else if (c == 0x1E3F) {
      out += 'm';
    } else if (c == 0x01F9) {
      out += 'n';
    } else if (const char32_t folded = emptor::fold_character(c, true).first; folded != 0) {
      if (folded < 'a' || folded > 'z') fail("a strange reading: " + std::string(reading));
      out += static_cast<char>(folded);
    }
  }
  if (out.empty() || out.size() > 6) fail("a strange reading: " + std::string(reading));
  return out;
}

// "10033.020:yāo,mó", "xíng(2943)" and "qián" alike.
void add_readings(std::string_view item, std::vector<std::string>& to) {
  if (const auto colon = item.find(':'); colon != std::string_view::npos) {
    item.remove_prefix(colon + 1);
  }
  while (!item.empty()) {
    const std::size_t comma = std::min(item.find(','), item.size());
    std::string_view reading = item.substr(0, comma);
    item.remove_prefix(std::min(comma + 1, item.size()));
    reading = reading.substr(0, reading.find('('));
    if (!reading.empty()) to.push_back(without_tone(reading));
  }
}

struct Line {
  char32_t character;
  std::string_view field;
  std::string_view value;
};

char32_t code_point(std::string_view text) {
  if (!text.starts_with("U+")) fail("no code point: " + std::string(text));
  return static_cast<char32_t>(std::stoul(std::string(text.substr(2)), nullptr, 16));
}

template <class Sink>
void each_line(const char* path, Sink&& sink) {
  std::ifstream in(path);
  if (!in) fail(std::string("cannot read ") + path);
  std::string line;
  while (std::getline(in, line)) {
    if (line.empty() || line[0] == '#') continue;
    const auto first = line.find('\t');
    const auto second = first == std::string::npos ? first : line.find('\t', first + 1);
    if (second == std::string::npos) fail("a strange line: " + line);
    const std::string_view all = line;
    sink(Line{code_point(all.substr(0, first)), all.substr(first + 1, second - first - 1),
              all.substr(second + 1)});
  }
}

template <class Sink>
void each_word(std::string_view value, Sink&& sink) {
  while (!value.empty()) {
    const std::size_t blank = std::min(value.find(' '), value.size());
    if (blank > 0) sink(value.substr(0, blank));
    value.remove_prefix(std::min(blank + 1, value.size()));
  }
}

template <class T>
void write(std::ofstream& out, const char* type, const char* name, const std::vector<T>& values) {
  out << "inline constexpr " << type << ' ' << name << "[] = {";
  for (std::size_t i = 0; i < values.size(); ++i) {
    out << (i % 24 == 0 ? "\n" : "") << static_cast<std::uint32_t>(values[i]) << ',';
  }
  out << "};\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) fail("needs <Unihan_Readings.txt> <Unihan_Variants.txt> <output>");

  std::map<char32_t, std::array<std::vector<std::string>, sources.size()>> found;
  each_line(arguments[1], [&](const Line& line) {
    const auto* source = std::find(sources.begin(), sources.end(), line.field);
    if (source == sources.end()) return;
    auto& to = found[line.character][static_cast<std::size_t>(source - sources.begin())];
    each_word(line.value, [&](std::string_view item) { add_readings(item, to); });
  });
  if (found.size() < 40000) fail("too few readings");
  const auto in_use = [&](char32_t c) {
    const auto at = found.find(c);
    return c <= 0xFFFF || (at != found.end() && !at->second[1].empty());
  };
  std::erase_if(found, [&](const auto& entry) { return !in_use(entry.first); });

  std::map<std::string, std::uint16_t> syllables;
  for (auto& [character, lists] : found) {
    for (const auto& list : lists) {
      for (const auto& reading : list) syllables[reading] = 0;
    }
  }
  std::uint16_t next = 0;
  for (auto& [text, id] : syllables) id = next++;

  constexpr char32_t page_size = 64;
  std::map<std::vector<std::uint16_t>, std::uint16_t> places;
  std::vector<std::uint16_t> lists{0};
  const char32_t last = found.rbegin()->first;
  std::vector<std::vector<std::uint16_t>> dense(last / page_size + 1,
                                                std::vector<std::uint16_t>(page_size, 0));
  for (const auto& [character, by_source] : found) {
    std::vector<std::uint16_t> ids;
    for (const auto& list : by_source) {
      for (const auto& reading : list) {
        const std::uint16_t id = syllables[reading];
        if (ids.size() < most_readings && std::find(ids.begin(), ids.end(), id) == ids.end()) {
          ids.push_back(id);
        }
      }
    }
    ids.back() = static_cast<std::uint16_t>(ids.back() | 0x8000);
    const auto [place, fresh] = places.try_emplace(ids, static_cast<std::uint16_t>(lists.size()));
    if (fresh) lists.insert(lists.end(), ids.begin(), ids.end());
    dense[character / page_size][character % page_size] = place->second;
  }
  if (lists.size() > 0xFFFF) fail("too many lists of readings");

  std::map<std::vector<std::uint16_t>, std::uint16_t> page_numbers;
  std::vector<std::uint16_t> page_of;
  std::vector<std::uint16_t> pages;
  for (const auto& page : dense) {
    const auto [number, fresh] =
        page_numbers.try_emplace(page, static_cast<std::uint16_t>(page_numbers.size()));
    if (fresh) pages.insert(pages.end(), page.begin(), page.end());
    page_of.push_back(number->second);
  }

  // A character that is its own simplified form in some sense stays as it is.
  std::map<char32_t, char32_t> simplified;
  each_line(arguments[2], [&](const Line& line) {
    if (line.field != "kSimplifiedVariant") return;
    char32_t to = 0;
    bool itself = false;
    each_word(line.value, [&](std::string_view item) {
      const char32_t variant = code_point(item);
      itself = itself || variant == line.character;
      if (to == 0 && in_use(variant)) to = variant;
    });
    if (!itself && to != 0 && in_use(line.character)) simplified[line.character] = to;
  });
  if (simplified.size() < 2500) fail("too few simplified forms");
  std::vector<std::uint16_t> short_from, short_to;
  std::vector<std::uint32_t> long_from, long_to;
  for (const auto& [from, to] : simplified) {
    if (from <= 0xFFFF && to <= 0xFFFF) {
      short_from.push_back(static_cast<std::uint16_t>(from));
      short_to.push_back(static_cast<std::uint16_t>(to));
    } else {
      long_from.push_back(from);
      long_to.push_back(to);
    }
  }

  std::ofstream out(arguments[3], std::ios::binary);
  out << "// Made by tools/make_translit_table.cpp from the Unihan database.\n"
      << "inline constexpr char syllables[][6] = {\n";
  for (const auto& [text, id] : syllables) {
    out << '{';
    for (const char c : text) out << '\'' << c << "',";
    out << "},\n";
  }
  out << "};\n";
  write(out, "std::uint16_t", "reading_page_of", page_of);
  write(out, "std::uint16_t", "reading_pages", pages);
  write(out, "std::uint16_t", "reading_lists", lists);
  write(out, "std::uint16_t", "traditional", short_from);
  write(out, "std::uint16_t", "traditional_to", short_to);
  write(out, "std::uint32_t", "rare_traditional", long_from);
  write(out, "std::uint32_t", "rare_traditional_to", long_to);
  out.close();
  if (!out) fail(std::string("cannot write ") + arguments[3]);

  const std::size_t bytes =
      syllables.size() * 6 +
      (page_of.size() + pages.size() + lists.size() + short_from.size() * 2) * 2 +
      long_from.size() * 8;
  std::printf("%zu characters with readings, %zu syllables, %zu simplified forms: %zu bytes\n",
              found.size(), syllables.size(), simplified.size(), bytes);
}
