#include "emptor/identity/placeholder.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <iterator>
#include <utility>

#include "folded_text.hpp"

namespace emptor {

namespace {

constexpr std::string_view words[] = {"(blank)",
                                      "(none)",
                                      "(null)",
                                      "(unknown)",
                                      "-1",
                                      "?",
                                      "[blank]",
                                      "[none]",
                                      "[null]",
                                      "a/n",
                                      "anonymous",
                                      "asd",
                                      "asdf",
                                      "asdfasdf",
                                      "asdfgh",
                                      "blank",
                                      "deleted",
                                      "do not use",
                                      "dummy",
                                      "empty",
                                      "false",
                                      "keine",
                                      "keine angabe",
                                      "missing",
                                      "n.a",
                                      "n.a.",
                                      "n/a",
                                      "n/k",
                                      "n\\a",
                                      "na",
                                      "nan",
                                      "nil",
                                      "no data",
                                      "no email",
                                      "no name",
                                      "no phone",
                                      "noemail",
                                      "nomail",
                                      "noname",
                                      "none",
                                      "not applicable",
                                      "not available",
                                      "not given",
                                      "not known",
                                      "not provided",
                                      "not set",
                                      "not specified",
                                      "not stated",
                                      "nothing",
                                      "null",
                                      "placeholder",
                                      "qwerty",
                                      "redacted",
                                      "refused",
                                      "removed",
                                      "sample",
                                      "tba",
                                      "tbc",
                                      "tbd",
                                      "test",
                                      "test test",
                                      "test user",
                                      "test123",
                                      "tester",
                                      "testing",
                                      "testtest",
                                      "testuser",
                                      "to be confirmed",
                                      "unavailable",
                                      "undefined",
                                      "undisclosed",
                                      "unk",
                                      "unkn",
                                      "unknown",
                                      "unknown unknown",
                                      "unnamed",
                                      "unspecified",
                                      "xx/xx/xxxx",
                                      "xxxx-xx-xx",
                                      "без имени",
                                      "неизвестно",
                                      "нет",
                                      "不明",
                                      "不知道",
                                      "不详",
                                      "不詳",
                                      "匿名",
                                      "匿名用户",
                                      "待定",
                                      "无",
                                      "暂无",
                                      "暫無",
                                      "未填",
                                      "未填写",
                                      "未知",
                                      "未設定",
                                      "未设置",
                                      "測試",
                                      "測試用戶",
                                      "测试",
                                      "测试用户",
                                      "無",
                                      "なし",
                                      "テスト",
                                      "미상",
                                      "없음"};

constexpr std::string_view names_too[] = {"na", "nan", "null", "nil", "test", "tester", "sample"};

struct WordTable {
  std::array<std::uint64_t, 256> sizes{};  // of the words that begin with a byte, as bits
  std::array<std::uint8_t, 257> from{};
};

constexpr auto sorted_words = [] {
  std::array<std::string_view, std::size(words)> sorted{};
  std::copy(std::begin(words), std::end(words), sorted.begin());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}();

constexpr WordTable table = [] {
  WordTable made;
  std::array<std::uint8_t, 256> count{};
  for (const std::string_view word : sorted_words) {
    const auto first = static_cast<unsigned char>(word[0]);
    made.sizes[first] |= std::uint64_t{1} << word.size();
    ++count[first];
  }
  for (std::size_t i = 0; i < 256; ++i) {
    made.from[i + 1] = static_cast<std::uint8_t>(made.from[i] + count[i]);
  }
  return made;
}();
static_assert(std::all_of(std::begin(words), std::end(words),
                          [](std::string_view word) { return word.size() < 64; }));

bool is_word(std::string_view folded) noexcept {
  if (folded.size() >= 64) return false;
  const auto first = static_cast<unsigned char>(folded[0]);
  if ((table.sizes[first] >> folded.size() & 1) == 0) return false;
  for (std::size_t i = table.from[first]; i < table.from[first + 1U]; ++i) {
    if (sorted_words[i] == folded) return true;
  }
  return false;
}

/// "xx", "aaa"; but not "iii", which counts.
bool is_one_letter(std::string_view folded) noexcept {
  const char first = folded[0];
  if (!detail::is_lower(first) || first == 'i') return false;
  if (folded.size() < (first == 'x' ? 2U : 3U)) return false;
  return folded.find_first_not_of(first) == std::string_view::npos;
}

bool is_punctuation(std::string_view folded) noexcept {
  return std::all_of(folded.begin(), folded.end(), [](char c) {
    return c > 0 && !detail::is_digit(c) && !detail::is_lower(c) && !(c >= 'A' && c <= 'Z');
  });
}

int number(std::string_view digits) noexcept {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// yyyy-mm-dd with any one separator.
bool is_date(std::string_view folded) noexcept {
  if (folded.size() < 10 || (folded.size() > 10 && folded[10] != ' ' && folded[10] != 't')) {
    return false;
  }
  for (std::size_t i = 0; i < 10; ++i) {
    if (detail::is_digit(folded[i]) == (i == 4 || i == 7)) return false;
  }
  return is_placeholder_date(number(folded.substr(0, 4)), number(folded.substr(5, 2)),
                             number(folded.substr(8, 2)));
}

}  // namespace

bool is_placeholder_number(std::string_view digits) noexcept {
  std::size_t count = 0, zeros = 0, same = 1, up = 1, down = 1;
  char last = 0;
  for (const char c : digits) {
    if (!detail::is_digit(c)) {
      if (c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '+')
        continue;
      return false;
    }
    zeros += c == '0' ? 1U : 0U;
    if (count++ > 0) {
      same += c == last ? 1U : 0U;
      up += c == (last == '9' ? '0' : last + 1) ? 1U : 0U;
      down += c == (last == '0' ? '9' : last - 1) ? 1U : 0U;
      if (same != count && up != count && down != count) return false;
    }
    last = c;
  }
  if (count == 0) return false;
  return zeros == count || (same == count && count >= 5) ||
         ((up == count || down == count) && count >= 6);
}

bool is_placeholder_date(int year, int month, int day) noexcept {
  switch (year) {
    case 0:
      return month == 0 && day == 0;
    case 1:
    case 1970:
      return month == 1 && day == 1;
    case 1900:
      return month == 1 && day <= 1;
    case 1111:
      return month == 11 && day == 11;
    case 1899:
      return month == 12 && day >= 30;
    case 2099:
      return month == 12 && day == 31;
    case 9999:
      return true;
    default:
      return false;
  }
}

bool is_placeholder(std::string_view folded) noexcept {
  if (folded.empty()) return false;
  return is_word(folded) || is_one_letter(folded) || is_punctuation(folded) ||
         is_placeholder_number(folded) || is_date(folded);
}

bool is_placeholder_name(std::string_view folded) noexcept {
  return is_placeholder(folded) &&
         std::find(std::begin(names_too), std::end(names_too), folded) == std::end(names_too);
}

void Placeholders::add(std::string_view raw) {
  std::string folded;
  detail::fold_text(raw, folded, false);
  const auto at = std::lower_bound(added_.begin(), added_.end(), folded);
  if (folded.empty() || (at != added_.end() && *at == folded)) return;
  added_.insert(at, std::move(folded));
}

bool Placeholders::added(std::string_view folded) const noexcept {
  return std::binary_search(added_.begin(), added_.end(), folded, std::less<>{});
}

bool Placeholders::contains(std::string_view folded) const noexcept {
  return is_placeholder(folded) || added(folded);
}

bool Placeholders::contains_name(std::string_view folded) const noexcept {
  return is_placeholder_name(folded) || added(folded);
}

}  // namespace emptor
