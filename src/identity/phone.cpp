#include "emptor/identity/phone.hpp"

#include <algorithm>
#include <iterator>

#include "emptor/core/error.hpp"
#include "folded_text.hpp"
#include "phone_countries.hpp"

namespace emptor {

namespace {

using detail::is_digit;
using detail::phone_countries;
using detail::PhoneCountry;

constexpr std::size_t most_digits = 15;  // E.164
constexpr std::size_t fewest_digits = 5;

static_assert(std::size(phone_countries) < 255);

/// Rows of calling codes, plus one.
constexpr auto code_rows = [] {
  std::array<std::uint8_t, 1000> rows{};
  for (std::size_t i = std::size(phone_countries); i-- > 0;) {
    rows[phone_countries[i].code] = static_cast<std::uint8_t>(i + 1);
  }
  return rows;
}();

/// Rows of countries by their two letters, plus one.
constexpr auto iso_rows = [] {
  std::array<std::uint8_t, 26 * 26> rows{};
  const auto at = [](const char(&iso)[3]) {
    return static_cast<std::size_t>((iso[0] - 'A') * 26 + (iso[1] - 'A'));
  };
  for (std::size_t i = 0; i < std::size(phone_countries); ++i) {
    rows[at(phone_countries[i].iso)] = static_cast<std::uint8_t>(i + 1);
  }
  for (const auto& alias : detail::phone_aliases) rows[at(alias.iso)] = rows[at(alias.same_as)];
  return rows;
}();

const PhoneCountry* country_of(std::string_view iso) noexcept {
  if (iso.size() != 2) return nullptr;
  std::size_t at = 0;
  for (char c : iso) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (c < 'A' || c > 'Z') return nullptr;
    at = at * 26 + static_cast<std::size_t>(c - 'A');
  }
  return iso_rows[at] == 0 ? nullptr : &phone_countries[iso_rows[at] - 1U];
}

/// The country whose calling code the digits begin with; `size` digits long.
const PhoneCountry* country_in(std::string_view digits, std::size_t& size) noexcept {
  std::size_t code = 0;
  for (size = 1; size <= 3 && size <= digits.size(); ++size) {
    code = code * 10 + static_cast<std::size_t>(digits[size - 1] - '0');
    if (code == 0) return nullptr;
    if (code_rows[code] != 0) return &phone_countries[code_rows[code] - 1U];
  }
  return nullptr;
}

constexpr std::string_view extension_words[] = {"x",     "ext", "extn",   "extension", "poste",
                                                "int",   "app", "dw",     "durchwahl", "ramal",
                                                "anexo", "xtn", "toestel"};
constexpr std::string_view kind_words[] = {
    "home", "work", "mobile", "cell", "fax", "office", "day",     "evening",  "night", "h",
    "w",    "m",    "c",      "o",    "p",   "t",      "private", "business", "main",  "direct"};

bool is_one_of(std::string_view word, const std::string_view* from, std::size_t count) noexcept {
  return std::find(from, from + count, word) != from + count;
}

/// The digits of a text and what stands around them.
class PhoneScanner {
 public:
  std::array<char, 24> digits{};
  std::array<char, 12> extension{};
  std::size_t count = 0;
  std::size_t extension_count = 0;
  bool plus = false;
  bool letters = false;  // that mean nothing here
  bool any = false;      // anything but blanks
  bool overflow = false;

  void run(std::string_view raw) {
    for (std::size_t at = 0; at < raw.size();) {
      const char c = detail::folded_ascii[static_cast<unsigned char>(raw[at])];
      if (is_digit(c)) {
        ++at;
        digit(c);
      } else if (detail::is_lower(c)) {
        word(raw, at);
      } else if (c != 0) {
        ++at;
        sign(c);
      } else {
        wide(detail::next_folded(raw, at, true).first);
      }
    }
  }

 private:
  enum class Part : std::uint8_t { number, extension, rest };

  void digit(char c) {
    any = true;
    switch (part_) {
      case Part::number:
        if (count < digits.size()) {
          digits[count++] = c;
        } else {
          overflow = true;
        }
        return;
      case Part::extension:
        if (extension_count < extension.size()) {
          extension[extension_count++] = c;
        } else {
          overflow = true;
        }
        return;
      case Part::rest:
        return;
    }
  }

  void sign(char c) {
    any = any || c != ' ';
    switch (c) {
      case '+':
        plus = plus || count == 0;
        return;
      case '#':
        if (count >= fewest_digits) part_ = Part::extension;
        return;
      case ',':
      case ';':
      case '/':
      case '|':
        if (part_ == Part::number && count >= 7) part_ = Part::rest;  // another number
        return;
      default:
        return;
    }
  }

  void word(std::string_view raw, std::size_t& at) {
    any = true;
    std::array<char, 12> text{};
    std::size_t size = 0;
    bool fits = true;
    for (; at < raw.size(); ++at) {
      const char c = detail::folded_ascii[static_cast<unsigned char>(raw[at])];
      if (!detail::is_lower(c)) break;
      if (size < text.size()) {
        text[size++] = c;
      } else {
        fits = false;
      }
    }
    const std::string_view found(text.data(), size);
    if (count >= fewest_digits && is_one_of(found, extension_words, std::size(extension_words)) &&
        part_ != Part::extension) {
      part_ = Part::extension;
    } else if (count > 0 && part_ != Part::rest) {
      if (found == "or" && count >= 7) {
        part_ = Part::rest;
      } else if (!fits || !is_one_of(found, kind_words, std::size(kind_words))) {
        letters = true;
      }
    }
  }

  void wide(char32_t c) {
    if (c >= 0x0660 && c <= 0x0669) return digit(static_cast<char>('0' + (c - 0x0660)));
    if (c >= 0x06F0 && c <= 0x06F9) return digit(static_cast<char>('0' + (c - 0x06F0)));
    if (is_digit(static_cast<char>(c)) && c < 0x80) return digit(static_cast<char>(c));
    if (c == 0) return;
    if (c < 0x80) {
      if (c >= 'a' && c <= 'z') {
        letters = letters || count > 0;
        any = true;
        return;
      }
      return sign(static_cast<char>(c));
    }
    any = true;
    switch (c) {
      case U'转':
      case U'轉':
      case U'分':
      case U'内':
      case U'內':
        if (count >= fewest_digits) part_ = Part::extension;
        return;
      case U'、':
        return sign('/');
      default:
        if (part_ == Part::number && count > 0 && character_kind(c) != CharacterKind::separator) {
          letters = true;
        }
    }
  }

  Part part_ = Part::number;
};

bool begins_with_any(std::string_view digits, std::string_view prefixes) noexcept {
  while (!prefixes.empty()) {
    const std::size_t comma = prefixes.find(',');
    if (digits.starts_with(prefixes.substr(0, comma))) return true;
    if (comma == std::string_view::npos) return false;
    prefixes.remove_prefix(comma + 1);
  }
  return false;
}

bool fits(const PhoneCountry& country, std::string_view national) noexcept {
  return national.size() >= country.shortest && national.size() <= country.longest;
}

/// Numbers that are typed where a number must be: also a run or one digit behind a real beginning.
bool is_nobody(std::string_view national) noexcept {
  if (is_placeholder_number(national)) return true;
  if (national.size() < 10) return false;
  const std::string_view last9 = national.substr(national.size() - 9);
  if (last9.find_first_not_of(last9[0]) == std::string_view::npos) return true;
  return last9.ends_with("0000000") || last9.ends_with("12345678") ||
         national == "13800138000";  // an operator's own number in all Chinese forms
}

void set_country(PhoneNumber& out, const char (&iso)[3]) noexcept {
  out.country = {iso[0], iso[1], 0};
}

/// Fills all but digits' plus and code from a national number of a known country.
void describe(const PhoneCountry& country, PhoneNumber& out) noexcept {
  const std::string_view national = out.national;
  set_country(out, country.iso);
  out.possible = fits(country, national);
  if (country.code == 1 && out.possible) {
    out.possible = national[0] >= '2' && national[3] >= '2';
    const auto area = static_cast<std::uint16_t>((national[0] - '0') * 100 +
                                                 (national[1] - '0') * 10 + (national[2] - '0'));
    if (std::binary_search(std::begin(detail::canadian_areas), std::end(detail::canadian_areas),
                           area)) {
      set_country(out, {"CA"});
    }
  }
  if (country.code == 7 && !national.empty() && (national[0] == '6' || national[0] == '7')) {
    set_country(out, {"KZ"});
  }
  if (country.code == 55) {
    out.mobile = national.size() == 11 && national[2] == '9';
  } else {
    out.mobile = out.possible && begins_with_any(national, country.mobile) &&
                 (country.mobile_digits == 0 || national.size() == country.mobile_digits);
  }
}

std::string_view without_trunk(const PhoneCountry& country, std::string_view national) noexcept {
  if (country.trunk != 0 && national.size() > country.shortest && national[0] == country.trunk) {
    // A digit that may as well be the number's own goes only where the rest still fits.
    if (country.trunk == '0' || fits(country, national.substr(1))) national.remove_prefix(1);
  }
  if (country.code == 52 && national.size() == 11 && national[0] == '1') national.remove_prefix(1);
  return national;
}

void write(const PhoneCountry& country, std::string_view national, PhoneNumber& out) {
  out.national.assign(national);
  std::array<char, 4> code{};
  std::size_t size = 0;
  for (unsigned rest = country.code; rest > 0; rest /= 10) {
    code[size++] = static_cast<char>('0' + rest % 10);
  }
  out.digits.assign(1, '+');
  while (size > 0) out.digits.push_back(code[--size]);
  out.digits.append(national);
  describe(country, out);
}

/// Behind an international prefix, if there is one; false without.
bool international(std::string_view& digits, bool plus, const PhoneCountry* home) noexcept {
  if (plus) {
    if (digits.starts_with("00")) digits.remove_prefix(2);
    return true;
  }
  const auto behind = [&](std::string_view prefix, std::size_t least) {
    if (!digits.starts_with(prefix) || digits.size() < least) return false;
    digits.remove_prefix(prefix.size());
    return true;
  };
  if (home != nullptr && home->code == 61 && behind("0011", 11)) return true;
  if (home != nullptr && home->code == 81 && behind("010", 12)) return true;
  if ((home == nullptr || home->code == 1) && behind("011", home == nullptr ? 13 : 11)) return true;
  return behind("00", 9);
}

void read_national(std::string_view digits, const PhoneCountry& home, PhoneNumber& out) {
  std::string_view national = without_trunk(home, digits);
  if (!fits(home, national)) {
    std::size_t size = 0;
    if (country_in(digits, size) == &home) {
      const std::string_view rest = without_trunk(home, digits.substr(size));
      if (fits(home, rest)) national = rest;
    }
  }
  if (fits(home, national)) return write(home, national, out);
  const bool local = national.size() < home.shortest && digits[0] != home.trunk;
  out.national.assign(digits);
  out.digits.assign(digits);
  if (local) set_country(out, home.iso);  // without its area code
}

}  // namespace

void PhoneNumber::clear() noexcept {
  digits.clear();
  national.clear();
  extension.clear();
  country = {};
  possible = mobile = false;
}

bool is_phone_country(std::string_view country) noexcept {
  return country_of(country) != nullptr;
}

FieldState normalise_phone(std::string_view raw, PhoneNumber& out, const PhoneOptions& options) {
  out.clear();
  const PhoneCountry* home = nullptr;
  if (!options.default_country.empty()) {
    home = country_of(options.default_country);
    require_option(home != nullptr, "default_country", "an ISO 3166 code with a calling code",
                   options.default_country);
  }
  PhoneScanner found;
  found.run(raw);
  if (!found.any) return FieldState::missing;
  std::string_view digits(found.digits.data(), found.count);
  if (options.placeholders != nullptr || found.count < fewest_digits) {
    detail::fold_text(raw, out.digits, false);
    if (options.placeholders != nullptr ? options.placeholders->contains(out.digits)
                                        : is_placeholder(out.digits)) {
      return FieldState::placeholder;
    }
    if (found.count < fewest_digits) return FieldState::malformed;
  }
  out.extension.assign(found.extension.data(), found.extension_count);
  std::size_t size = 0;
  std::string_view after = digits;
  const bool abroad = international(after, found.plus, home);
  const PhoneCountry* country = abroad ? country_in(after, size) : nullptr;
  if (country != nullptr) {
    write(*country, without_trunk(*country, after.substr(size)), out);
  } else if (!abroad && home != nullptr) {
    read_national(digits, *home, out);
  } else {
    out.digits.assign(digits);
    out.national.assign(digits);
  }
  if (is_nobody(out.national) || is_placeholder_number(digits)) return FieldState::placeholder;
  const bool alien = !abroad && home != nullptr && out.country[0] == 0;  // not a number of home's
  const bool wrong = country != nullptr ? !fits(*country, out.national)
                                        : abroad || alien || digits.size() > most_digits;
  if (found.letters || found.overflow || wrong) return FieldState::malformed;
  return FieldState::usable;
}

}  // namespace emptor
