// Cutting addresses into words, each in its one spelling.

#include <algorithm>
#include <string>

#include "address_words.hpp"
#include "address_work.hpp"
#include "folded_text.hpp"

namespace emptor::detail {

namespace {

constexpr std::size_t longest_token = 120;

/// Words that grow together with the street's name.
constexpr std::string_view grown[] = {"strasse",  "street",  "str",   "straat",
                                      "crescent", "circuit", "avenue"};

std::size_t grown_at(std::string_view word) noexcept {
  if (word.size() < 6) return word.size();
  for (const std::string_view end : grown) {
    if (word.size() >= end.size() + 3 && word.ends_with(end)) return word.size() - end.size();
  }
  return word.size();
}

bool is_han(char32_t c) noexcept {
  return c >= 0x3400 && c <= 0x9FFF;
}

}  // namespace

bool has_han(std::string_view raw) noexcept {
  for (std::size_t at = 0; at < raw.size();) {
    if (static_cast<unsigned char>(raw[at]) < 0x80) {
      ++at;
      continue;
    }
    const Utf8Character c = utf8_character(raw, at);
    if (is_han(c.value)) return true;
    at += c.bytes;
  }
  return false;
}

void AddressWork::add(std::uint32_t begin, std::size_t size, std::uint8_t signs) {
  std::string& all = out_.text;
  const std::string_view word = std::string_view(all).substr(begin, size);
  WorkToken token{.begin = begin, .size = static_cast<std::uint16_t>(size), .signs = signs};
  while (token.digits < size && is_digit(word[token.digits])) ++token.digits;
  if (token.digits == 0) {
    if (const AddressWord* found = find_address_word(word)) {
      token.kinds = found->kinds;
      // Regions and countries keep their names: they stand in other parts, too.
      if (found->spelt != word && (found->kinds & ~(kind_region | kind_country)) == found->kinds) {
        all.resize(begin);
        all.append(found->spelt);
        token.size = static_cast<std::uint16_t>(found->spelt.size());
      }
    } else if (size > 7 && word.ends_with("shire")) {
      token.kinds = kind_region;
    }
  }
  tokens_[count_++] = token;
}

/// The token that goes from `begin` to the end of the text.
void AddressWork::end_token(std::uint32_t begin, std::uint8_t signs) {
  std::string& all = out_.text;
  const std::size_t size = all.size() - begin;
  if (size == 0) return;
  const std::size_t cut = grown_at(std::string_view(all).substr(begin));
  if (cut == size || count_ + 1 >= most) {
    add(begin, size, signs);
  } else {
    const std::string_view end = *std::find_if(
        std::begin(grown), std::end(grown),
        [&](std::string_view g) { return g.size() == size - cut && all.ends_with(g); });
    all.resize(begin + cut);
    add(begin, cut, signs);
    all.push_back(' ');
    const auto next = static_cast<std::uint32_t>(all.size());
    all.append(end);
    add(next, end.size(), 0);
  }
  all.push_back(' ');
}

bool AddressWork::tokenise(std::string_view raw) {
  if (count_ > 0 && out_.text.back() != ' ') out_.text.push_back(' ');
  std::string& all = out_.text;
  auto begin = static_cast<std::uint32_t>(all.size());
  std::uint8_t signs = sign_break;
  const auto finish_token = [&] {
    if (all.size() == begin) return;
    end_token(begin, signs);
    begin = static_cast<std::uint32_t>(all.size());
    signs = 0;
  };
  for (std::size_t at = 0; at < raw.size() && count_ < most;) {
    const auto byte = static_cast<unsigned char>(raw[at]);
    FoldedCharacter c{static_cast<char32_t>(folded_ascii[byte]), 0};
    if (byte < 0x80) {
      ++at;
      if (byte == '\n' || byte == '\r') c.first = ',';
    } else {
      c = next_folded(raw, at, true);
    }
    const char32_t x = c.first;
    if ((x >= 'a' && x <= 'z') || (x >= '0' && x <= '9')) {
      if (all.size() - begin >= longest_token) finish_token();
      all.push_back(static_cast<char>(x));
      if (c.second != 0) all.push_back(static_cast<char>(c.second));
      continue;
    }
    switch (x) {
      case 0:
      case '\'':
      case U'’':
        continue;
      case '.':
        if (all.size() - begin != 1) finish_token();
        continue;
      case ',':
      case ';':
      case U'、':
        finish_token();
        signs |= sign_break;
        continue;
      case '-':
      case U'–':
        finish_token();
        if (at > 1 && at < raw.size() && raw[at] != ' ' && raw[at - 2] != ' ') signs |= sign_hyphen;
        continue;
      case '/':
        finish_token();
        signs |= sign_slash;
        continue;
      case '#':
        finish_token();
        signs |= sign_hash;
        continue;
      default:
        break;
    }
    if (x >= 0x80 && character_kind(x) != CharacterKind::separator) {
      if (all.size() - begin >= longest_token) finish_token();
      append_utf8(all, x);
      continue;
    }
    finish_token();
  }
  if (count_ < most) finish_token();
  all.resize(begin);
  return true;
}

void AddressWork::take(std::string_view raw, AddressPart part) {
  const std::size_t from = count_;
  tokenise(raw);
  for (std::size_t i = from; i < count_; ++i) {
    mark(i, part);
    tokens_[i].field = true;
  }
  if (count_ == from) return;
  postcode_ = postcode_ || part == AddressPart::postcode;
  region_ = region_ || part == AddressPart::region;
  country_ = country_ || part == AddressPart::country;
  has_city_ = has_city_ || part == AddressPart::city;
  if (part == AddressPart::house_number) house_ = from;
}

}  // namespace emptor::detail
