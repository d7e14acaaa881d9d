// Telephone numbers: any bytes give digits; a number in any notation is one number; and what has
// been normalised stays as it is.

#include "emptor/identity/phone.hpp"

#include <algorithm>
#include <string>

#include "support/property.hpp"

using namespace emptor;

namespace {

TEST_CASE("any bytes as a telephone number") {
  test::check_property("digits only", [](const std::string& raw, bool dialled, bool home) {
    std::string text = raw;
    if (dialled) {
      for (char& c : text) c = "0123456789+-() x/"[static_cast<unsigned char>(c) % 17];
    }
    PhoneNumber phone;
    const PhoneOptions options{.default_country = home ? "DE" : ""};
    const FieldState state = normalise_phone(text, phone, options);
    if (state != FieldState::usable) return;
    const std::string digits = phone.digits.substr(phone.digits[0] == '+' ? 1 : 0);
    RC_ASSERT(
        std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }));
    RC_ASSERT(digits.size() >= 3U && digits.size() <= 17U);
    RC_ASSERT(digits.ends_with(phone.national));
    PhoneNumber again;
    RC_ASSERT(normalise_phone(phone.digits, again, options) == FieldState::usable);
    again.extension = phone.extension;
    RC_ASSERT(again == phone);
  });
}

TEST_CASE("one number in many notations") {
  test::check_property("notations", [](std::uint32_t seed, const std::vector<std::uint8_t>& signs) {
    struct Plan {
      const char* iso;
      const char* code;
      const char* trunk;
      std::size_t digits;
    };
    static constexpr Plan plans[] = {
        {"CN", "86", "0", 11}, {"US", "1", "1", 10},  {"GB", "44", "0", 10}, {"DE", "49", "0", 10},
        {"FR", "33", "0", 9},  {"JP", "81", "0", 10}, {"IN", "91", "0", 10}, {"ES", "34", "", 9}};
    const Plan& plan = plans[seed % 8];
    std::string national = std::to_string(seed);
    while (national.size() < plan.digits) national += char('0' + (seed / national.size()) % 10);
    national.resize(plan.digits);
    if (national[0] < '2') national[0] = '5';
    const auto spelt = [&](const std::string& digits) {
      std::string text;
      for (std::size_t i = 0; i < digits.size(); ++i) {
        text += digits[i];
        if (i < signs.size() && signs[i] < 80) text += " -.()"[signs[i] % 5];
      }
      return text;
    };
    PhoneNumber phone;
    const PhoneOptions options{.default_country = plan.iso};
    const std::string expected = std::string("+") + plan.code + national;
    for (const std::string& text :
         {std::string("+") + plan.code + spelt(national), "00" + spelt(plan.code + national),
          spelt(national), plan.trunk + spelt(national),
          std::string("+") + plan.code + " (" + plan.trunk + ")" + spelt(national)}) {
      normalise_phone(text, phone, options);
      RC_ASSERT(phone.digits == expected);
      RC_ASSERT(phone.national == national);
    }
  });
}

}  // namespace
