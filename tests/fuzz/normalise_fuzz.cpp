// Any bytes as a field of each kind: no crash, no undefined behaviour, the same result whatever
// stood in `out` before, and parts that lie where they say.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "emptor/identity/address.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/email.hpp"
#include "emptor/identity/identifier.hpp"
#include "emptor/identity/phone.hpp"

using namespace emptor;

namespace {

void expect(bool holds) {
  if (!holds) std::abort();
}

template <class Parts, class Normalise>
void twice(std::string_view text, std::string_view before, Normalise normalise) {
  Parts clean{}, used{};
  const FieldState state = normalise(text, clean);
  (void)normalise(before, used);
  expect(normalise(text, used) == state);
  expect(clean == used);
}

void read_dates(std::string_view text, std::string_view other, unsigned bits) {
  const DateOptions options{.reading = static_cast<DateReading>(bits % 3)};
  PartialDate date, second;
  (void)normalise_date(text, date, options);
  (void)normalise_date(other, second, options);
  const PackedDate a = pack_date(date), b = pack_date(second);
  expect(compare_dates(a, b) == compare_dates(b, a));
  PartialDate again = unpack_date(a);
  again.shown = date.shown;
  expect(again == date);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const unsigned kind = data[0], bits = data[1];
  const std::string_view all(reinterpret_cast<const char*>(data) + 3, size - 3);
  const std::size_t cut = all.size() * data[2] / 256;
  const std::string_view text = all.substr(cut), other = all.substr(0, cut);
  switch (kind % 6) {
    case 0:
      twice<EmailAddress>(text, other, [&](auto raw, auto& out) {
        return normalise_email(raw, out, {.provider_rules = bits % 2 == 0});
      });
      break;
    case 1:
      twice<PhoneNumber>(text, other, [&](auto raw, auto& out) {
        constexpr std::string_view countries[] = {"", "US", "CN", "DE", "IT", "JP", "AU", "RU"};
        return normalise_phone(raw, out, {.default_country = countries[bits % 8]});
      });
      break;
    case 2:
      read_dates(text, other, bits);
      break;
    case 3:
      twice<PostalAddress>(text, other,
                           [&](auto raw, auto& out) { return normalise_address(raw, out); });
      break;
    case 4: {
      PostalAddress address;
      (void)normalise_address(AddressFields{.house_number = bits % 2 == 0 ? other : "",
                                            .line1 = text,
                                            .city = bits % 4 < 2 ? other : "",
                                            .postcode = other},
                              address);
      for (const AddressToken& token : address.tokens) {
        expect(token.size > 0 && token.begin + token.size <= address.text.size());
      }
      break;
    }
    default:
      twice<NormalisedIdentifier>(text, other, [&](auto raw, auto& out) {
        return normalise_identifier(raw, out, {.kind = static_cast<IdentifierKind>(bits % 6)});
      });
      expect(mask_identifier(text).size() <= text.size());
  }
  return 0;
}
