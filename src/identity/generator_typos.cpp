#include "identity/generator_typos.hpp"

namespace emptor::detail::generator {

namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Keys around a to z.
constexpr std::string_view neighbours[] = {
    "qwsz",   "vghn",  "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko",
    "huikmn", "jiolm", "kop",  "njk",    "bhjm", "iklp",   "ol",     "wa",     "edft",
    "awedxz", "rfgy",  "yhji", "cfgb",   "qase", "zsdc",   "tghu",   "asx"};

struct Confusion {
  std::string_view right, wrong;
};
constexpr Confusion confusions[] = {{"m", "rn"}, {"rn", "m"}, {"l", "1"},  {"o", "0"},
                                    {"w", "vv"}, {"cl", "d"}, {"d", "cl"}, {"i", "l"},
                                    {"s", "5"},  {"b", "6"},  {"e", "c"},  {"h", "b"},
                                    {"u", "v"},  {"0", "O"},  {"1", "l"},  {"5", "S"}};

bool misread(std::string& value, RandomStream& random) {
  constexpr std::size_t count = std::size(confusions);
  const std::size_t start = random.below(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Confusion& confusion = confusions[(start + i) % count];
    const std::size_t at = value.find(confusion.right);
    if (at == value.npos) continue;
    value.replace(at, confusion.right.size(), confusion.wrong);
    return true;
  }
  return false;
}

/// The character that begins at or before `at`.
void spoil_wide(std::string& value, std::size_t at, const GeneratorWords& words,
                RandomStream& random) {
  const auto is_inner = [&](std::size_t i) {
    return (static_cast<unsigned char>(value[i]) & 0xc0) == 0x80;
  };
  while (is_inner(at)) --at;
  std::size_t end = at + 1;
  while (end < value.size() && is_inner(end)) ++end;
  const std::string character = value.substr(at, end - at);
  if (end - at < 3) {
    std::string plain = character;
    strip_marks(plain, false);
    value.replace(at, end - at, plain == character ? "e" : plain);
  } else {
    value.replace(at, end - at, words.misheard(character, random));
  }
}

}  // namespace

void add_typo(std::string& value, bool scanned, const GeneratorWords& words, RandomStream& random) {
  if (value.empty()) return;
  if (scanned && chance(random, 0.6) && misread(value, random)) return;
  const auto size = static_cast<std::uint32_t>(value.size());
  std::size_t at = random.below(size);
  for (std::uint32_t tries = 0; tries < size && (value[at] == ' ' || value[at] == '@'); ++tries) {
    at = at + 1 == size ? 0 : at + 1;
  }
  const char c = value[at];
  if (static_cast<unsigned char>(c) >= 0x80) return spoil_wide(value, at, words, random);
  if (is_digit(c)) {
    value[at] = static_cast<char>('0' + (c - '0' + 1 + static_cast<int>(random.below(9))) % 10);
    return;
  }
  const double kind = random.uniform();
  if (kind < 0.25 && at + 1 < size && static_cast<unsigned char>(value[at + 1]) < 0x80 &&
      value[at + 1] != c && value[at + 1] != '@') {
    std::swap(value[at], value[at + 1]);
  } else if (kind < 0.5 && size > 1) {
    value.erase(at, 1);
  } else if (kind < 0.65) {
    value.insert(at, 1, c);
  } else {
    const std::string_view near = is_lower(c)   ? neighbours[c - 'a']
                                  : is_upper(c) ? neighbours[c - 'A']
                                                : "xn";
    const char other = near[random.below(static_cast<std::uint32_t>(near.size()))];
    value[at] = is_upper(c) ? static_cast<char>(other - 'a' + 'A') : other;
  }
}

void add_digit_typo(std::string& value, RandomStream& random) {
  std::size_t digits = 0;
  for (const char c : value) digits += is_digit(c) ? 1 : 0;
  if (digits == 0) return;
  std::size_t which = random.below(static_cast<std::uint32_t>(digits));
  std::size_t at = 0;
  for (;; ++at) {
    if (is_digit(value[at]) && which-- == 0) break;
  }
  if (at + 1 < value.size() && is_digit(value[at + 1]) && value[at + 1] != value[at] &&
      chance(random, 0.5)) {
    std::swap(value[at], value[at + 1]);
  } else {
    const int digit = value[at] - '0' + 1 + static_cast<int>(random.below(9));
    value[at] = static_cast<char>('0' + digit % 10);
  }
}

void strip_marks(std::string& value, bool german) {
  // By the second byte of U+00C0 to U+00FF.
  static constexpr std::string_view plain =
      "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYPsaaaaaaaceeeeiiiidnooooo/ouuuuypy";
  std::size_t to = 0;
  for (std::size_t from = 0; from < value.size(); ++from) {
    const auto byte = static_cast<unsigned char>(value[from]);
    if (byte != 0xc3 || from + 1 == value.size()) {
      value[to++] = value[from];
      continue;
    }
    const unsigned second = static_cast<unsigned char>(value[++from]) & 63U;
    value[to++] = plain[second];  // two bytes became one or two
    if (second == 31) {
      value[to++] = 's';
    } else if (german && (second == 4 || second == 22 || second == 28 || second == 36 ||
                          second == 54 || second == 60)) {
      value[to++] = 'e';
    }
  }
  value.resize(to);
}

void make_upper(std::string& value) {
  for (char& c : value) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

void make_lower(std::string& value) {
  for (char& c : value) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void append_padded_number(std::string& out, std::uint64_t value, unsigned width) {
  char digits[20];
  unsigned at = 20;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0 || 20 - at < width);
  out.append(digits + at, 20 - at);
}

}  // namespace emptor::detail::generator
