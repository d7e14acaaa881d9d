// Addresses: any bytes are taken to pieces that are all there; case and blanks do not matter.

#include "emptor/identity/address.hpp"

#include <string>
#include <vector>

#include "support/property.hpp"

using namespace emptor;

namespace {

std::string text_of(const std::vector<std::uint8_t>& codes) {
  static const std::vector<std::string> pieces{
      "12", "Main",   "St",      ",",     "rue",  "de",  "Flat", "2",         "#",
      "-",  "/",      "NV",      "89132", "LE11", "1UU", "P.O.", "Box",       "N",
      "路", "号",     "区",      "市",    "广东", "3",   "室",   "Straße",    "Hauptstrasse",
      "no", "United", "Kingdom", "5th",   "\xFF", "é",   "\n",   "Singapore", "单元",
      "FL"};
  std::string text;
  for (const std::uint8_t code : codes) {
    if (code < pieces.size() * 6) {
      text += pieces[code % pieces.size()];
      if (code / pieces.size() < 4) text += ' ';
    } else {
      text.push_back(static_cast<char>(code));
    }
  }
  return text;
}

TEST_CASE("any bytes as an address") {
  test::check_property("tokens lie in the text", [](const std::vector<std::uint8_t>& codes,
                                                    const std::vector<std::uint8_t>& more) {
    PostalAddress address, again;
    const std::string text = text_of(codes), other = text_of(more);
    normalise_address(text, address);
    normalise_address(other, again);
    normalise_address(text, again);
    RC_ASSERT(address == again);
    normalise_address(AddressFields{.house_number = other, .line1 = text, .city = other}, address);
    std::size_t at = 0;
    for (std::size_t i = 0; i < address.tokens.size(); ++i) {
      const AddressToken& token = address.tokens[i];
      RC_ASSERT(token.begin >= at);
      RC_ASSERT(token.size > 0);
      at = token.begin + token.size;
      RC_ASSERT(at <= address.text.size());
    }
  });
}

TEST_CASE("case and blanks of an address do not matter") {
  test::check_property("upper case", [](const std::vector<std::uint8_t>& codes) {
    std::string text = text_of(codes), upper;
    for (const char c : text) {
      if (c == ' ') upper += ' ';
      upper += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    PostalAddress a, b;
    normalise_address(text, a);
    normalise_address(upper, b);
    RC_ASSERT(a == b);
  });
}

}  // namespace
