#include "emptor/referral/blocked_words.hpp"

#include <algorithm>
#include <cstddef>

#include "emptor/core/error.hpp"

namespace emptor {
namespace {

constexpr std::string_view built_in[] = {
    "ANAL",   "ANUS",   "ARSCH", "ARSE",   "ASS",    "BASTARD", "BITCH", "BOOB",   "CABRON",
    "CAZZO",  "CLIT",   "CNM",   "COCK",   "COJON",  "CONNARD", "COON",  "CRAP",   "CUM",
    "CUNT",   "DICK",   "DILDO", "DYKE",   "ENCULE", "FAG",     "FART",  "FICK",   "FOTZE",
    "FUCK",   "FUK",    "HEIL",  "HITLER", "HURE",   "JIZZ",    "JODER", "KIKE",   "KKK",
    "MERDE",  "MIERDA", "MILF",  "NAZI",   "NEGRO",  "NIGG",    "NMSL",  "NUTTE",  "PAKI",
    "PENIS",  "PISS",   "PORN",  "PUSSY",  "PUTA",   "PUTE",    "RAPE",  "SALOPE", "SCHEIS",
    "SEX",    "SHABI",  "SHIT",  "SLUT",   "SPIC",   "STRONZO", "TIT",   "TMD",    "TWAT",
    "VAGINA", "WANK",   "WHORE", "CAONIMA"};

std::size_t three(std::string_view read) noexcept {
  const auto place = [&](std::size_t i) { return static_cast<std::size_t>(read[i] - 'A'); };
  return place(0) << 10 | place(1) << 5 | place(2);
}

}  // namespace

BlockedWords::BlockedWords(std::span<const std::string> words, bool with_built_in) {
  const auto add = [this](std::string_view word) {
    std::string read;
    for (const char c : word) read.push_back(detail::read_as(c));
    words_.push_back(std::move(read));
  };
  for (const std::string& word : words) {
    require_option(word.size() >= shortest && word.size() <= longest, "blocked_words",
                   "of 3 to 32 characters each", word.size());
    require_option(
        std::all_of(word.begin(), word.end(), [](char c) { return detail::read_as(c) != 0; }),
        "blocked_words", "of letters A-Z and digits", "another character");
    add(word);
  }
  if (with_built_in) {
    for (const std::string_view word : built_in) add(word);
  }
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
  for (const std::string& word : words_) {
    const std::size_t bit = three(word);
    beginnings_[bit / 64] |= std::uint64_t{1} << bit % 64;
  }
}

bool BlockedWords::found(std::string_view text, std::size_t shortest_word) const noexcept {
  std::array<char, longest> read;
  for (std::size_t at = 0; at + shortest <= text.size(); ++at) {
    const std::size_t length = std::min(longest, text.size() - at);
    std::size_t letters = 0;
    while (letters < shortest && (read[letters] = detail::read_as(text[at + letters])) != 0) {
      ++letters;
    }
    if (letters < shortest) continue;
    const std::size_t bit = three({read.data(), shortest});
    if ((beginnings_[bit / 64] >> bit % 64 & 1) == 0) continue;
    while (letters < length && (read[letters] = detail::read_as(text[at + letters])) != 0) {
      ++letters;
    }
    // Words that begin what is read here are no greater than it, and share its first characters.
    const std::string_view here(read.data(), letters);
    auto word = std::upper_bound(words_.begin(), words_.end(), here);
    while (word != words_.begin() &&
           here.starts_with(std::string_view(*--word).substr(0, shortest))) {
      if (word->size() >= shortest_word && here.starts_with(*word)) return true;
    }
  }
  return false;
}

bool BlockedWords::found_in(std::string_view text) const noexcept {
  return found(text, shortest);
}

bool BlockedWords::found_in_name(std::string_view text) const noexcept {
  if (found(text, shortest + 1)) return true;
  if (text.size() == shortest) return found(text, shortest);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  while (text.size() > shortest && is_digit(text.front())) text.remove_prefix(1);
  while (text.size() > shortest && is_digit(text.back())) text.remove_suffix(1);
  return text.size() == shortest && found(text, shortest);
}

}  // namespace emptor
