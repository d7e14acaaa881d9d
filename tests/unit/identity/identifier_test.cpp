#include "emptor/identity/identifier.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Case {
  const char* raw;
  const char* value;
  FieldState state = FieldState::usable;
};

template <std::size_t size>
void check(const Case (&cases)[size], IdentifierKind kind) {
  NormalisedIdentifier out;
  for (const Case& c : cases) {
    CAPTURE(c.raw);
    CHECK(normalise_identifier(c.raw, out, {.kind = kind}) == c.state);
    if (c.state != FieldState::placeholder) CHECK(out.value == c.value);
  }
}

TEST_CASE("numbers that people type") {
  const Case cases[] = {{" AB 12-34.567 ", "ab1234567"},
                        {"１０２５１１１１", "10251111"},
                        {"7212 9291", "72129291"},
                        {"ab", "ab", FieldState::malformed},
                        {"abcdef", "abcdef", FieldState::malformed},
                        {"12", "12", FieldState::malformed},
                        {"000-000", "", FieldState::placeholder},
                        {"n/a", "", FieldState::placeholder},
                        {"123456789", "", FieldState::placeholder},
                        {" 　", "", FieldState::missing}};
  check(cases, IdentifierKind::number);
}

TEST_CASE("Chinese resident identity numbers") {
  // The examples of GB 11643-1999.
  CHECK(chinese_resident_check("11010519491231002") == 'x');
  CHECK(chinese_resident_check("44052418800101001") == '4');
  CHECK(chinese_resident_check("4405241880010100") == 0);
  CHECK(chinese_resident_check("4405241880010100a") == 0);
  const Case cases[] = {{"11010519491231002X", "11010519491231002x"},
                        {"110105 19491231 002x", "11010519491231002x"},
                        {"440524188001010014", "440524188001010014"},
                        {"110105491231002", "11010519491231002x"},
                        {"110105194912310021", "110105194912310021", FieldState::malformed},
                        {"990105194912310021", "990105194912310021"}};
  check(cases, IdentifierKind::national_id);
  NormalisedIdentifier out;
  normalise_identifier("11010519491231002X", out, {.kind = IdentifierKind::national_id});
  CHECK(out.shape == IdentifierShape::chinese_resident);
  CHECK(out.checked);
  CHECK(pack_date(out.birth) == 0x19491231);
  normalise_identifier("110105491231002", out, {.kind = IdentifierKind::national_id});
  CHECK_FALSE(out.checked);
  CHECK(pack_date(out.birth) == 0x19491231);
}

TEST_CASE("US social security numbers") {
  const Case cases[] = {{"294-66-9999", "294669999"},
                        {"521 21 2123", "521212123"},
                        {"521212123", "521212123"},
                        {"000-66-9999", "000669999", FieldState::malformed},
                        {"666-66-9999", "666669999", FieldState::malformed},
                        {"912-66-9999", "912669999", FieldState::malformed},
                        {"294-00-9999", "294009999", FieldState::malformed},
                        {"294-66-0000", "294660000", FieldState::malformed},
                        {"078-05-1120", "", FieldState::placeholder},
                        {"123-45-6789", "", FieldState::placeholder},
                        {"999-99-9999", "", FieldState::placeholder}};
  check(cases, IdentifierKind::national_id);
}

TEST_CASE("payment cards keep their mask only") {
  const Case cases[] = {{"4111 1111 1111 1111", "411111******1111"},
                        {"378282246310005", "378282*****0005"},
                        {"4111-1111-1111-1112", "411111******1112", FieldState::malformed},
                        {"hello 4111111", "********1111", FieldState::malformed},
                        {"41111", "", FieldState::malformed}};
  NormalisedIdentifier out;
  for (const Case& c : cases) {
    CAPTURE(c.raw);
    CHECK(normalise_identifier(c.raw, out, {.kind = IdentifierKind::payment_card}) == c.state);
    CHECK(out.value == (*c.value != 0 ? c.value : "*****"));
    CHECK(out.checked == (c.state == FieldState::usable));
  }
  CHECK(luhn_holds("79927398713"));
  CHECK_FALSE(luhn_holds("79927398710"));
  CHECK_FALSE(luhn_holds("0"));
  CHECK_FALSE(luhn_holds(""));
  CHECK_FALSE(luhn_holds("7992x"));
}

TEST_CASE("IBAN") {
  // The examples of the ISO 13616 registry.
  const Case cases[] = {{"GB82 WEST 1234 5698 7654 32", "gb82west12345698765432"},
                        {"DE89370400440532013000", "de89370400440532013000"},
                        {"DE89370400440532013001", "de89370400440532013001", FieldState::malformed},
                        {"DE89", "de89", FieldState::malformed}};
  check(cases, IdentifierKind::iban);
  CHECK(iban_holds("FR1420041010050500013M02606"));
  CHECK_FALSE(iban_holds("FR1420041010050500013M0260é"));
}

TEST_CASE("device keys") {
  const Case cases[] = {
      {"{6D92078A-8246-4BA4-AE5B-76104861E7DC}", "6d92078a82464ba4ae5b76104861e7dc"},
      {"6d92078a82464ba4ae5b76104861e7dc", "6d92078a82464ba4ae5b76104861e7dc"},
      {"3C:22:FB:01:02:03", "3c22fb010203"},
      {"00000000-0000-0000-0000-000000000000", "", FieldState::placeholder},
      {"02:00:00:00:00:00", "", FieldState::placeholder},
      {"ffff-ffff-ffff", "", FieldState::placeholder},
      {"9774d56d682e549c", "", FieldState::placeholder}};
  check(cases, IdentifierKind::device);
}

TEST_CASE("opaque keys stay as they came") {
  const Case cases[] = {{" oGZUI0egBJY1zhBYw2KhdUfwVJJE\n", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"},
                        {"u 1", "u 1"},
                        {"42", "42"},
                        {"Müller\xFF", "Müller\xFF"},
                        {"Guest", "", FieldState::placeholder},
                        {"undefined", "", FieldState::placeholder},
                        {"0", "", FieldState::placeholder},
                        {"", "", FieldState::missing},
                        {"　", "", FieldState::missing}};
  check(cases, IdentifierKind::key);
  NormalisedIdentifier out;
  Placeholders mine;
  mine.add("kiosk-7");
  CHECK(
      normalise_identifier("KIOSK-7", out, {.kind = IdentifierKind::key, .placeholders = &mine}) ==
      FieldState::placeholder);
}

TEST_CASE("masks show nothing personal") {
  CHECK(mask_identifier("110105194912311234") == "110***********1234");
  CHECK(mask_identifier("294669999") == "*******99");
  CHECK(mask_identifier("832721") == "******");
  CHECK(mask_identifier("") == "");
  CHECK(mask_identifier("张三") == "**");
  CHECK(mask_email("jane.doe@gmail.com") == "j***@gmail.com");
  CHECK(mask_email("张三@gmail.com") == "张***@gmail.com");
  CHECK(mask_email("jane.doe") == "******oe");
}

}  // namespace
