#include "emptor/identity/identifier.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>

#include "calendar_day.hpp"
#include "folded_text.hpp"

namespace emptor {

namespace {

using detail::is_digit;
using detail::is_lower;

bool all_digits(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

int number(std::string_view digits) noexcept {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

bool is_chinese_area(std::string_view digits) noexcept {  // the province
  const int province = number(digits.substr(0, 2));
  return (province >= 11 && province <= 15) || (province >= 21 && province <= 23) ||
         (province >= 31 && province <= 37) || (province >= 41 && province <= 46) ||
         (province >= 50 && province <= 54) || (province >= 61 && province <= 65) ||
         province == 71 || province == 81 || province == 82 || province == 83;
}

PartialDate birth_in(std::string_view eight) noexcept {
  const int year = number(eight.substr(0, 4)), month = number(eight.substr(4, 2)),
            day = number(eight.substr(6, 2));
  if (year < 1850 || year > 2150 || !detail::is_day(year, month, day)) return {};
  PartialDate birth;
  birth.year = static_cast<std::int16_t>(year);
  birth.month = static_cast<std::uint8_t>(month);
  birth.day = static_cast<std::uint8_t>(day);
  return birth;
}

bool is_chinese_shape(std::string_view value) noexcept {
  if (value.size() == 15) {
    if (!all_digits(value) || !is_chinese_area(value)) return false;
    const int month = number(value.substr(8, 2)), day = number(value.substr(10, 2));
    return detail::is_day(1900 + number(value.substr(6, 2)), month, day);
  }
  return value.size() == 18 && all_digits(value.substr(0, 17)) &&
         (is_digit(value[17]) || value[17] == 'x') && is_chinese_area(value);
}

FieldState read_chinese(NormalisedIdentifier& out) {
  std::string& value = out.value;
  out.shape = IdentifierShape::chinese_resident;
  if (value.size() == 15) {
    value.insert(6, "19");
    value.push_back(chinese_resident_check(value));
  } else {
    out.checked = chinese_resident_check(std::string_view(value).substr(0, 17)) == value[17];
    if (!out.checked) return FieldState::malformed;
  }
  out.birth = birth_in(std::string_view(value).substr(6, 8));
  return out.birth.year == 0 ? FieldState::malformed : FieldState::usable;
}

/// Three digits, two, four, with one sign between them.
bool is_us_shape(std::string_view folded) noexcept {
  if (folded.size() != 11 || (folded[3] != '-' && folded[3] != ' ') || folded[6] != folded[3]) {
    return false;
  }
  return all_digits(folded.substr(0, 3)) && all_digits(folded.substr(4, 2)) &&
         all_digits(folded.substr(7));
}

FieldState read_us(NormalisedIdentifier& out) {
  const std::string_view value = out.value;
  out.shape = IdentifierShape::us_social_security;
  // Printed on cards in wallets and in advertisements.
  if (value == "078051120" || value == "219099999" || value == "457555462") {
    return FieldState::placeholder;
  }
  const bool given = value.substr(0, 3) != "000" && value.substr(0, 3) != "666" &&
                     value[0] != '9' && value.substr(3, 2) != "00" && value.substr(5) != "0000";
  return given ? FieldState::usable : FieldState::malformed;
}

FieldState read_card(NormalisedIdentifier& out) {
  std::string& value = out.value;
  const bool shape = all_digits(value) && value.size() >= 12 && value.size() <= 19;
  out.checked = shape && luhn_holds(value);
  if (value.size() < 8) {
    value.assign(value.size(), '*');
  } else {
    std::fill(value.begin() + (shape ? 6 : 0), value.end() - 4, '*');
  }
  return out.checked ? FieldState::usable : FieldState::malformed;
}

FieldState read_device(NormalisedIdentifier& out) {
  constexpr std::string_view nobody[] = {"020000000000", "9774d56d682e549c", "004999010640000",
                                         "012345678912345"};
  const std::string_view value = out.value;
  if (std::find(std::begin(nobody), std::end(nobody), value) != std::end(nobody)) {
    return FieldState::placeholder;
  }
  const bool one = value.size() >= 8 && value.find_first_not_of(value[0]) == std::string_view::npos;
  return one ? FieldState::placeholder : FieldState::usable;
}

bool stands_for_nothing(std::string_view folded, const IdentifierOptions& options) {
  if (options.placeholders != nullptr && options.placeholders->added(folded)) return true;
  return is_placeholder(folded) || folded == "guest" || folded == "default" ||
         folded == "not logged in" || folded == "logged out";
}

/// Of a key without its blanks at the ends; the bytes stay.
FieldState read_key(std::string_view raw, NormalisedIdentifier& out,
                    const IdentifierOptions& options) {
  const auto blank = [](char c) {
    return detail::folded_ascii[static_cast<unsigned char>(c)] == ' ';
  };
  while (!raw.empty() && blank(raw.front())) raw.remove_prefix(1);
  while (!raw.empty() && blank(raw.back())) raw.remove_suffix(1);
  if (raw.empty()) return FieldState::missing;
  if (raw.size() <= 64) {
    detail::fold_text(raw, out.value, false);
    if (out.value.empty()) return FieldState::missing;
    if (stands_for_nothing(out.value, options)) return FieldState::placeholder;
  }
  out.value.assign(raw);
  return FieldState::usable;
}

int luhn_sum(std::string_view digits, std::size_t& count) noexcept {
  int sum = 0;
  count = 0;
  for (std::size_t i = digits.size(); i-- > 0;) {
    const char c = digits[i];
    if (c == ' ' || c == '-') continue;
    if (!is_digit(c)) return -1;
    int value = c - '0';
    if (count++ % 2 == 1) value = value > 4 ? 2 * value - 9 : 2 * value;
    sum = (sum + value) % 10;
  }
  return sum;
}

}  // namespace

void NormalisedIdentifier::clear() noexcept {
  value.clear();
  shape = IdentifierShape::plain;
  birth = {};
  checked = false;
}

char chinese_resident_check(std::string_view digits) noexcept {
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  if (digits.size() != weights.size() || !all_digits(digits)) return 0;
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += weights[i] * (digits[i] - '0');
  return std::string_view("10x98765432")[static_cast<std::size_t>(sum % 11)];
}

bool luhn_holds(std::string_view digits) noexcept {
  std::size_t count = 0;
  return luhn_sum(digits, count) == 0 && count >= 2;
}

bool iban_holds(std::string_view iban) noexcept {
  if (iban.size() < 15 || iban.size() > 34) return false;
  const auto lower = [](char c) { return detail::folded_ascii[static_cast<unsigned char>(c)]; };
  if (!is_lower(lower(iban[0])) || !is_lower(lower(iban[1])) || !is_digit(iban[2]) ||
      !is_digit(iban[3])) {
    return false;
  }
  int rest = 0;
  for (std::size_t i = 0; i < iban.size(); ++i) {
    const char c = lower(iban[(i + 4) % iban.size()]);
    if (is_digit(c)) {
      rest = (rest * 10 + (c - '0')) % 97;
    } else if (is_lower(c)) {
      rest = (rest * 100 + (c - 'a' + 10)) % 97;
    } else {
      return false;
    }
  }
  return rest == 1;
}

FieldState normalise_identifier(std::string_view raw, NormalisedIdentifier& out,
                                const IdentifierOptions& options) {
  out.clear();
  if (options.kind == IdentifierKind::key) return read_key(raw, out, options);
  std::string& value = out.value;
  detail::fold_text(raw, value, true);
  if (value.empty()) return FieldState::missing;
  if (stands_for_nothing(value, options)) return FieldState::placeholder;
  const bool us = options.kind == IdentifierKind::national_id && is_us_shape(value);
  std::erase_if(value, [](char c) { return c > 0 && !is_digit(c) && !is_lower(c); });
  if (value.empty() || is_placeholder_number(value)) return FieldState::placeholder;
  switch (options.kind) {
    case IdentifierKind::national_id:
      if (us) return read_us(out);
      if (is_chinese_shape(value)) return read_chinese(out);
      break;
    case IdentifierKind::payment_card:
      return read_card(out);
    case IdentifierKind::iban:
      out.checked = iban_holds(value);
      return out.checked ? FieldState::usable : FieldState::malformed;
    case IdentifierKind::device:
      return read_device(out);
    case IdentifierKind::number:
    case IdentifierKind::key:
      break;
  }
  const bool digit = std::any_of(value.begin(), value.end(), is_digit);
  return digit && value.size() >= 3 ? FieldState::usable : FieldState::malformed;
}

std::string mask_identifier(std::string_view value) {
  std::size_t characters = 0;
  for (std::size_t at = 0; at < value.size(); ++characters) at += utf8_character(value, at).bytes;
  const std::size_t first = characters >= 12 ? 3 : 0;
  const std::size_t last = characters >= 12 ? 4 : characters >= 8 ? 2 : 0;
  std::string out;
  std::size_t i = 0;
  for (std::size_t at = 0; at < value.size(); ++i) {
    const std::size_t bytes = utf8_character(value, at).bytes;
    if (i < first || i + last >= characters) {
      out.append(value.substr(at, bytes));
    } else {
      out.push_back('*');
    }
    at += bytes;
  }
  return out;
}

std::string mask_email(std::string_view address) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0) return mask_identifier(address);
  std::string out(address.substr(0, utf8_character(address, 0).bytes));
  out += "***";
  out += address.substr(at);
  return out;
}

}  // namespace emptor
