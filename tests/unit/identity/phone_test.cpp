#include "emptor/identity/phone.hpp"

#include <string>

#include "emptor/core/error.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

struct Case {
  const char* raw;
  const char* home;
  const char* digits;
  const char* country;
  FieldState state = FieldState::usable;
  const char* extension = "";
};

TEST_CASE("telephone numbers as E.164") {
  const Case cases[] = {
      {"702-919-1300", "US", "+17029191300", "US"},
      {"(702) 919-1300", "US", "+17029191300", "US"},
      {"1 702 919 1300", "US", "+17029191300", "US"},
      {"+1.702.919.1300", "", "+17029191300", "US"},
      {"+1 416 555 0123", "", "+14165550123", "CA"},
      {"011 44 20 7946 0000", "US", "+442079460000", "GB"},
      {"011442079460000", "", "+442079460000", "GB"},
      {"919-1300", "US", "9191300", "US"},
      {"+44 (0)20 7946 0000", "", "+442079460000", "GB"},
      {"0044 20 7946 0000", "GB", "+442079460000", "GB"},
      {"020 7946 0000", "GB", "+442079460000", "GB"},
      {"07700 900123", "UK", "+447700900123", "GB"},
      {"447700900123", "GB", "+447700900123", "GB"},
      {"13812345670", "CN", "+8613812345670", "CN"},
      {"138 1234 5670", "CN", "+8613812345670", "CN"},
      {"86-13812345670", "CN", "+8613812345670", "CN"},
      {"+8613812345670", "US", "+8613812345670", "CN"},
      {"１３８１２３４５６７０", "CN", "+8613812345670", "CN"},
      {"（010）6552-9988转8001", "CN", "+861065529988", "CN", FieldState::usable, "8001"},
      {"010-65529988 分机 8001", "CN", "+861065529988", "CN", FieldState::usable, "8001"},
      {"手机：13812345670", "CN", "+8613812345670", "CN"},
      {"030 901820", "DE", "+4930901820", "DE"},
      {"0171/1234567", "DE", "+491711234567", "DE"},
      {"+49 (0)30 901820", "", "+4930901820", "DE"},
      {"01 42 68 53 00", "FR", "+33142685300", "FR"},
      {"+33 6 12 34 56 79", "", "+33612345679", "FR"},
      {"03-5321-1111", "JP", "+81353211111", "JP"},
      {"098765 43211", "IN", "+919876543211", "IN"},
      {"06 6982", "IT", "+39066982", "IT"},
      {"+39 06 6982", "", "+39066982", "IT"},
      {"8 (912) 345-67-89", "RU", "+79123456789", "RU"},
      {"+7 701 234 5679", "", "+77012345679", "KZ"},
      {"+55 11 91234 5679", "", "+5511912345679", "BR"},
      {"+852 2123 4567", "", "+85221234567", "HK"},
      {"+52 1 55 1234 5670", "", "+525512345670", "MX"},
      {"702-919-1300 ext. 12", "US", "+17029191300", "US", FieldState::usable, "12"},
      {"702-919-1300x012", "US", "+17029191300", "US", FieldState::usable, "012"},
      {"702-919-1300 #7", "US", "+17029191300", "US", FieldState::usable, "7"},
      {"702-919-1300 (home)", "US", "+17029191300", "US"},
      {"702-919-1300 / 702-919-1301", "US", "+17029191300", "US"},
      {"Tel. 702-919-1300", "US", "+17029191300", "US"},
      {"702-919-1300", "", "7029191300", ""},
      {"020 7946 0000", "", "02079460000", ""},
      {"702-919-130", "US", "702919130", "US"},
      {"702-919-13000", "US", "70291913000", "", FieldState::malformed},
      {"0352 6553537", "US", "03526553537", "", FieldState::malformed},
      {"+44 20 7946", "", "+44207946", "GB", FieldState::malformed},
      {"+999 123 456 79", "", "99912345679", "", FieldState::malformed},
      {"1234567890123456", "", "1234567890123456", "", FieldState::placeholder},
      {"7029191300702919", "", "7029191300702919", "", FieldState::malformed},
      {"702-919-1300 call Bob", "US", "+17029191300", "US", FieldState::malformed},
      {"123", "US", "123", "", FieldState::malformed},
      {"call me", "US", "call me", "", FieldState::malformed},
  };
  PhoneNumber phone;
  for (const Case& c : cases) {
    CAPTURE(c.raw, c.home);
    CHECK(normalise_phone(c.raw, phone, {.default_country = c.home}) == c.state);
    CHECK(phone.digits == c.digits);
    CHECK(phone.country_code() == c.country);
    CHECK(phone.extension == c.extension);
  }
}

TEST_CASE("numbers that are nobody's telephone") {
  PhoneNumber phone;
  for (const auto* raw : {"0000000000", "111-111-1111", "123-456-7890", "+1 000 000 0000",
                          "(555) 555-5555", "-1", "n/a", "0", "13800138000", "13912345678",
                          "13888888888", "未知", "702-000-0000", "+86 00000000000"}) {
    CAPTURE(raw);
    CHECK(normalise_phone(raw, phone, {.default_country = "CN"}) == FieldState::placeholder);
    CHECK(normalise_phone(raw, phone) == FieldState::placeholder);
  }
  CHECK(normalise_phone(" 　 ", phone) == FieldState::missing);
  CHECK(phone == PhoneNumber{});
  Placeholders mine;
  mine.add("702-919-1300");
  CHECK(normalise_phone("702-919-1300", phone, {.placeholders = &mine}) == FieldState::placeholder);
}

TEST_CASE("mobile numbers and possible ones") {
  PhoneNumber phone;
  const auto read = [&](const char* raw) {
    normalise_phone(raw, phone);
    return phone;
  };
  CHECK(read("+8613812345670").mobile);
  CHECK_FALSE(read("+861065529988").mobile);
  CHECK(read("+447700900123").mobile);
  CHECK(read("+5511912345678").mobile);
  CHECK_FALSE(read("+17029191300").mobile);
  CHECK(read("+17029191300").possible);
  CHECK_FALSE(read("+17020191300").possible);
  CHECK_FALSE(read("7029191300").possible);
  CHECK(read("+17029191300").national == "7029191300");
}

TEST_CASE("numbers in different notations end alike") {
  PhoneNumber a, b;
  normalise_phone("020 7946 0000", a);
  normalise_phone("+44 20 7946 0000", b);
  CHECK(phone_tail(a) == phone_tail(b));
  CHECK(phone_tail(b, 4) == "0000");
  normalise_phone("94600", a);
  CHECK(phone_tail(a) == "94600");
}

TEST_CASE("a default country must be one") {
  PhoneNumber phone;
  CHECK_THROWS_AS(normalise_phone("1", phone, {.default_country = "XX"}), Exception);
  CHECK_THROWS_AS(normalise_phone("1", phone, {.default_country = "China"}), Exception);
  CHECK(is_phone_country("CA"));
  CHECK_FALSE(is_phone_country(""));
}

}  // namespace
