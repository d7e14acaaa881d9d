#include "emptor/identity/nicknames.hpp"

#include <algorithm>

#include "folded_text.hpp"
#include "name_nicknames.hpp"

namespace emptor {
namespace {

std::size_t hash(std::string_view word) noexcept {
  std::uint64_t value = 0xCBF29CE484222325U;
  for (const char c : word) {
    value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return static_cast<std::size_t>(value ^ value >> 32);
}

}  // namespace

Nicknames Nicknames::standard() {
  Nicknames table;
  table.text_.reserve(detail::standard_nicknames.size());
  std::string_view rest = detail::standard_nicknames;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const std::string_view name = line.substr(0, line.find(' '));
    while (line.find(' ') != std::string_view::npos) {
      line.remove_prefix(line.find(' ') + 1);
      table.add_folded(name, line.substr(0, line.find(' ')));
    }
  }
  return table;
}

void Nicknames::add(std::string_view name, std::string_view nickname) {
  std::string folded_name, folded_nickname;
  detail::fold_text(name, folded_name, true);
  detail::fold_text(nickname, folded_nickname, true);
  add_folded(folded_name, folded_nickname);
}

void Nicknames::add_folded(std::string_view name, std::string_view nickname) {
  if (name.empty() || nickname.empty() || name == nickname) return;
  const std::uint32_t full = full_number(put(name));
  auto& numbers = words_[put(nickname)].full;
  const auto at = std::lower_bound(numbers.begin(), numbers.end(), full);
  if (at == numbers.end() || *at != full) numbers.insert(at, full);
}

// The word's number among the full names; it is one from now on.
std::uint32_t Nicknames::full_number(std::uint32_t word) {
  for (const std::uint32_t number : words_[word].full) {
    if (full_[number] == word) return number;
  }
  const auto number = static_cast<std::uint32_t>(full_.size());
  full_.push_back(word);
  words_[word].full.push_back(number);  // the highest so far
  return number;
}

std::uint32_t Nicknames::put(std::string_view name) {
  if (const Word* known = find(name)) return static_cast<std::uint32_t>(known - words_.data());
  if (slots_.size() < 2 * (words_.size() + 1)) rehash(std::max<std::size_t>(64, 2 * slots_.size()));
  const auto word = static_cast<std::uint32_t>(words_.size());
  words_.push_back(
      {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()), {}});
  text_.append(name);
  std::size_t at = hash(name) & (slots_.size() - 1);
  while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
  slots_[at] = word + 1;
  return word;
}

void Nicknames::rehash(std::size_t slots) {
  slots_.assign(slots, 0);
  for (std::uint32_t word = 0; word < words_.size(); ++word) {
    std::size_t at = hash(text(word)) & (slots - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots - 1);
    slots_[at] = word + 1;
  }
}

const Nicknames::Word* Nicknames::find(std::string_view name) const noexcept {
  if (slots_.empty()) return nullptr;
  for (std::size_t at = hash(name) & (slots_.size() - 1); slots_[at] != 0;
       at = (at + 1) & (slots_.size() - 1)) {
    if (text(slots_[at] - 1) == name) return &words_[slots_[at] - 1];
  }
  return nullptr;
}

std::span<const std::uint32_t> Nicknames::full_names(std::string_view name) const noexcept {
  const Word* word = find(name);
  return word == nullptr ? std::span<const std::uint32_t>{} : word->full;
}

std::string_view Nicknames::nickname_group(std::string_view name) const noexcept {
  const Word* word = find(name);
  if (word == nullptr) return name;
  const auto self = static_cast<std::uint32_t>(word - words_.data());
  for (const std::uint32_t number : word->full) {
    if (full_[number] == self) return full_name(number);
  }
  return full_name(word->full.front());
}

bool Nicknames::shares_name(std::string_view a, std::string_view b) const noexcept {
  if (a == b) return !a.empty();
  const auto left = full_names(a);
  const auto right = full_names(b);
  auto i = left.begin();
  for (const std::uint32_t number : right) {
    while (i != left.end() && *i < number) ++i;
    if (i == left.end()) return false;
    if (*i == number) return true;
  }
  return false;
}

}  // namespace emptor
