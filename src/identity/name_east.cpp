// Names in scripts without spaces: Chinese, Korean, Japanese.

#include <algorithm>
#include <array>

#include "emptor/text/transliterate.hpp"
#include "emptor/text/utf8.hpp"
#include "name_parser.hpp"
#include "name_tokens.hpp"

namespace emptor::detail {
namespace {

// Stand behind a name, in the word or by themselves.
constexpr std::string_view honorifics[] = {"先生", "女士", "小姐", "太太", "夫人", "老师",
                                           "教授", "博士", "医生", "经理", "様",   "さま",
                                           "さん", "殿",   "씨",   "님"};

constexpr std::string_view korean_pairs[] = {"남궁", "황보", "제갈", "사공",
                                             "선우", "서문", "독고", "동방"};

struct Characters {
  std::array<char32_t, 6> value{};
  std::array<std::size_t, 6> end{};  // in bytes
  std::size_t count = 0;             // 6: six or more
};

Characters characters_of(std::string_view text) noexcept {
  Characters all;
  for (std::size_t at = 0; at < text.size() && all.count < all.value.size();) {
    const auto character = utf8_character(text, at);
    at += character.bytes;
    all.value[all.count] = character.value;
    all.end[all.count++] = at;
  }
  return all;
}

bool begins_with_pair(std::string_view text) noexcept {
  return std::any_of(std::begin(korean_pairs), std::end(korean_pairs),
                     [&](std::string_view pair) { return text.starts_with(pair); });
}

}  // namespace

void NameParser::split_word(std::size_t word, std::size_t bytes) {
  Entry behind = entries_[word];
  behind.offset += static_cast<std::uint32_t>(bytes);
  behind.length -= static_cast<std::uint32_t>(bytes);
  behind.marks = static_cast<std::uint8_t>(behind.marks & (mark_bracket | mark_east));
  entries_[word].length = static_cast<std::uint32_t>(bytes);
  entries_.insert(entries_.begin() + static_cast<std::ptrdiff_t>(word) + 1, behind);
}

// A word of family and given name becomes two; false if it is not of that kind.
bool NameParser::split_east(std::size_t word) {
  const std::string_view text = name_.tokens.text(word);
  const unsigned scripts = entries_[word].marks & mark_east;
  const Characters all = characters_of(text);
  if (all.count < 2 || all.count > 4) return false;
  std::size_t family = 1;
  if (scripts == mark_han) {
    const auto surname = chinese_surname({all.value.data(), all.count});
    if (surname.characters == 0) return false;
    // Four characters: a compound family name, 陈方安生, or Japanese, 山田太郎.
    if (all.count == 4 || (all.count == 3 && surname.characters == 2)) family = 2;
  } else if (scripts == mark_hangul) {
    if (all.count > 2 && begins_with_pair(text)) family = 2;
  } else {
    return false;
  }
  split_word(word, all.end[family - 1]);
  entries_[word].role = NameRole::family;
  entries_[word + 1].role = NameRole::given;
  return true;
}

void NameParser::take_honorific(std::size_t word) {
  const std::string_view text = name_.tokens.text(word);
  for (const std::string_view honorific : honorifics) {
    if (!text.ends_with(honorific)) continue;
    if (text.size() > honorific.size()) {
      split_word(word, text.size() - honorific.size());
      ++word;
    }
    entries_[word].role = NameRole::title;
    return;
  }
}

// False if no word is of such a script.
bool NameParser::parse_east() {
  const auto is_east = [&](std::size_t i) {
    return (entries_[i].marks & mark_east) != 0 && (entries_[i].marks & mark_bracket) == 0;
  };
  std::size_t last_east = 0, east = 0;
  for (std::size_t i = 0; i < std::min(entries_.size(), most_words); ++i) {
    if (!is_east(i)) continue;
    last_east = i;
    ++east;
  }
  if (east == 0) return false;
  for (auto& one : entries_) one.role = NameRole::extra;
  take_honorific(last_east);
  std::array<std::size_t, most_words> words{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < std::min(entries_.size(), most_words); ++i) {
    if (is_east(i) && entries_[i].role != NameRole::title) words[count++] = i;
  }
  if (count == 0) return true;
  const Characters first = characters_of(name_.tokens.text(words[0]));
  if (count > 1 && (entries_[words[1]].marks & mark_middle_dot) != 0) {  // 约翰·史密斯
    entries_[words[0]].role = NameRole::given;
    for (std::size_t i = 1; i + 1 < count; ++i) entries_[words[i]].role = NameRole::middle;
    entries_[words[count - 1]].role = NameRole::family;
  } else if (count > 1 && first.count < 4) {
    entries_[words[0]].role = NameRole::family;
    for (std::size_t i = 1; i < count; ++i) entries_[words[i]].role = NameRole::given;
  } else if (!split_east(words[0])) {
    entries_[words[0]].role = NameRole::given;
  }
  return true;
}

}  // namespace emptor::detail
