// Identifiers and e-mail addresses: any bytes do; what has been normalised stays as it is; check
// digits find every slip of one digit and every exchange that they promise to find; masks hide.

#include "emptor/identity/identifier.hpp"

#include <string>
#include <vector>

#include "emptor/identity/email.hpp"
#include "emptor/identity/placeholder.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

std::string pieces_of(const std::vector<std::uint8_t>& codes) {
  static const std::vector<std::string> pieces{
      "a", "B", "1", "9",  "@",  ".", "+",       "-",  "gmail.com", "<",
      ">", " ", "é", "＠", "。", "x", "mailto:", "\"", "\xFF",      "test"};
  std::string text;
  for (const std::uint8_t code : codes) text += pieces[code % pieces.size()];
  return text;
}

TEST_CASE("any bytes as an identifier") {
  test::check_property("stays as it is", [](const std::string& bytes,
                                            const std::vector<std::uint8_t>& codes, bool spelt) {
    const std::string raw = spelt ? pieces_of(codes) : bytes;
    for (int kind = 0; kind <= static_cast<int>(IdentifierKind::key); ++kind) {
      const IdentifierOptions options{.kind = static_cast<IdentifierKind>(kind)};
      NormalisedIdentifier out, again;
      const FieldState state = normalise_identifier(raw, out, options);
      if (state != FieldState::usable || options.kind == IdentifierKind::payment_card) continue;
      RC_ASSERT(normalise_identifier(out.value, again, options) == FieldState::usable);
      RC_ASSERT(again.value == out.value);
    }
    RC_ASSERT(mask_identifier(raw).size() <= raw.size());
  });
}

TEST_CASE("any bytes as an e-mail address") {
  test::check_property("stays as it is", [](const std::string& bytes,
                                            const std::vector<std::uint8_t>& codes, bool spelt) {
    const std::string raw = spelt ? pieces_of(codes) : bytes;
    EmailAddress out, again;
    const FieldState state = normalise_email(raw, out);
    const bool placeholder = is_placeholder(out.address);
    if (placeholder) RC_ASSERT(state != FieldState::usable);
    if (state != FieldState::usable) return;
    RC_ASSERT(out.address == out.local + "@" + out.domain);
    RC_ASSERT(normalise_email(out.address, again) == FieldState::usable);
    RC_ASSERT(again.address == out.address);
  });
}

TEST_CASE("check digits find slips") {
  test::check_property(
      "one digit, two exchanged", [](std::uint64_t seed, std::uint8_t where, std::uint8_t by) {
        std::string digits = std::to_string(seed % 10000000000000000ULL);
        while (digits.size() < 17) digits += '7';
        digits += chinese_resident_check(digits);
        const std::size_t at = where % 17U;
        std::string slip = digits;
        slip[at] = static_cast<char>('0' + (slip[at] - '0' + 1 + by % 9) % 10);
        RC_ASSERT(chinese_resident_check(slip.substr(0, 17)) != slip[17]);
        std::string exchanged = digits;
        if (at < 16) std::swap(exchanged[at], exchanged[at + 1]);
        if (exchanged != digits) {
          RC_ASSERT(chinese_resident_check(exchanged.substr(0, 17)) != exchanged[17]);
        }
        std::string card = digits.substr(0, 15) + "0";
        while (!luhn_holds(card)) ++card.back();
        RC_ASSERT(card.back() <= '9');
        std::string other = card;
        other[at % 16] = static_cast<char>('0' + (other[at % 16] - '0' + 1 + by % 9) % 10);
        RC_ASSERT(!luhn_holds(other));
      });
}

TEST_CASE("placeholders of any bytes") {
  test::check_property("numbers by their definition", [](std::uint64_t value, bool longer) {
    std::string digits = std::to_string(longer ? value : value % 100000);
    const auto all = [&](int step) {
      for (std::size_t i = 1; i < digits.size(); ++i) {
        if ((digits[i] - digits[i - 1] - step + 20) % 10 != 0) return false;
      }
      return true;
    };
    const bool expected = digits.find_first_not_of('0') == std::string::npos ||
                          (all(0) && digits.size() >= 5) ||
                          ((all(1) || all(-1)) && digits.size() >= 6);
    RC_ASSERT(is_placeholder_number(digits) == expected);
  });
}

}  // namespace
