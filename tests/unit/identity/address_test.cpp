#include "emptor/identity/address.hpp"

#include <string>

#include "support/catch.hpp"

using namespace emptor;

namespace {

/// All parts in one text, without those that are empty.
std::string parts(const PostalAddress& a) {
  std::string out;
  const auto add = [&](const char* name, const std::string& part) {
    if (!part.empty()) out += std::string(out.empty() ? "" : "; ") + name + " " + part;
  };
  add("building", a.building);
  add("unit", a.unit);
  add("no", a.house_number);
  add("dir", a.direction);
  add("street", a.street);
  add("type", a.street_type);
  add("district", a.district);
  add("city", a.city);
  add("region", a.region);
  add("code", a.postcode);
  add("country", a.country);
  return out;
}

struct Case {
  const char* raw;
  const char* parts;
};

void check(const Case& c) {
  PostalAddress address;
  CAPTURE(c.raw);
  CHECK(normalise_address(c.raw, address) == FieldState::usable);
  CHECK(parts(address) == c.parts);
  for (std::size_t i = 0; i < address.tokens.size(); ++i) CHECK_FALSE(address.token(i).empty());
}

TEST_CASE("addresses of the English-speaking countries") {
  const Case cases[] = {
      {"123 Main Street, Las Vegas NV 89132",
       "no 123; street main; type st; city las vegas; region nv; code 89132"},
      {"123 E Main St, Henderson, NV 89132-0001",
       "no 123; dir e; street main; type st; city henderson; region nv; code 89132"},
      {"445 Overpass Rd San Ramon", "no 445; street overpass; type rd; city san ramon"},
      {"80 Delaware Ave SE Washington DC 40040",
       "no 80; dir se; street delaware; type ave; city washington; region dc; code 40040"},
      {"9304 W. 15th St La Blanca, FL 60527",
       "no 9304; dir w; street 15th; type st; city la blanca; region fl; code 60527"},
      {"173 John Lane, 08030", "no 173; street john; type ln; code 08030"},
      {"Adventura Aparments 638 Downey St, Salem, OR",
       "building adventura apts; no 638; street downey; type st; city salem; region or"},
      {"Suite 900, 1450 N City Rd, Arlington",
       "unit 900; no 1450; dir n; street city; type rd; city arlington"},
      {"1 Oak Ct Apt #5, Salem", "unit 5; no 1; street oak; type ct; city salem"},
      {"P.O. Box 12987, Chicago IL 60611",
       "no 12987; street po box; city chicago; region il; code 60611"},
      {"12 North Street, London", "no 12; street n; type st; city london"},
      {"Flat 2, 12 High Street, Headington, Oxford OX3 7LE",
       "unit 2; no 12; street high; type st; district headington; city oxford; code ox3 7le"},
      {"18 Danver Place, Loughborough, Leicestershire, LE111UU, United Kingdom",
       "no 18; street danver; type pl; city loughborough; region leicestershire; code le11 1uu; "
       "country gb"},
      {"3/12 Smith St, Fitzroy VIC 3065",
       "unit 3; no 12; street smith; type st; city fitzroy; region vic; code 3065"},
      {"705 Sheppard Ave, Toronto ON M1S1T4, Canada",
       "no 705; street sheppard; type ave; city toronto; region on; code m1s 1t4; country ca"},
      {"#01-11, HillV2, 4 Hillview Rise, 667979",
       "building hillv2; unit 01 11; no 4; street hillview; type rise; code 667979"},
      {"123 O'Connell St., Apt. 4B, New York, NY 10001",
       "unit 4b; no 123; street oconnell; type st; city new york; region ny; code 10001"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("addresses of the continent") {
  const Case cases[] = {
      {"Ansbacher Straße 23, 56422 Düsseldorf",
       "no 23; street ansbacher; type st; city dusseldorf; code 56422"},
      {"Hauptstr. 5b, D-80331 München, Deutschland",
       "no 5b; street haupt; type st; city munchen; code 80331; country de"},
      {"Fieldstrasse 10, FL-2198 Triesen, Lichtenstein",
       "no 10; street field; type st; city triesen; code 2198; country li"},
      {"10 bis avenue des Champs-Élysées 75008 Paris France",
       "no 10 bis; street des champs elysees; type ave; city paris; code 75008; country fr"},
      {"Via Roma 12, 00184 Roma, Italia",
       "no 12; street roma; type via; city roma; code 00184; country it"},
      {"Tolmacheva Ul., bld. 8, appt. 71 Smolensk",
       "unit bldg 8 71; street tolmacheva; type ul; city smolensk"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("Chinese addresses") {
  const Case cases[] = {
      {"广东省深圳市南山区科苑路15号3栋2单元501室",
       "unit 3 2 501; no 15; street 科苑; type 路; district 南山; city 深圳; region 广东"},
      {"北京市朝阳区建国路８８号",
       "no 88; street 建国; type 路; district 朝阳; city 北京; region 北京"},
      {"北京朝阳区建国路88号现代城A座1202",
       "building 现代城; unit a 1202; no 88; street 建国; type 路; district 朝阳; city 北京; "
       "region 北京"},
      {"上海市浦东新区世纪大道100号 200120",
       "no 100; street 世纪; type 大道; district 浦东新; city 上海; region 上海; code 200120"},
      {"518000 广东省深圳市福田区莲花街道益田路6001号",
       "no 6001; street 益田; type 路; district 福田 莲花; city 深圳; region 广东; code 518000"},
      {"内蒙古自治区呼和浩特市新城区中山东路10号三单元",
       "unit 3; no 10; street 中山东; type 路; district 新城; city 呼和浩特; region 内蒙古"},
      {"臺北市信義區市府路1號", "no 1; street 市府; type 路; district 信義; city 台北"},
  };
  for (const Case& c : cases) check(c);
}

TEST_CASE("addresses in several columns") {
  PostalAddress address;
  const AddressFields febrl{.house_number = "18",
                            .line1 = "groveland crescent",
                            .line2 = "the willows",
                            .city = "mosman",
                            .region = "nsw",
                            .postcode = "6350"};
  CHECK(normalise_address(febrl, address) == FieldState::usable);
  CHECK(parts(address) ==
        "no 18; street groveland; type cres; district the willows; city mosman; region nsw; "
        "code 6350");
  CHECK(address.text == "18 groveland cres the willows mosman nsw 6350");
  CHECK(normalise_address(AddressFields{.line1 = "1602 Brenville Pl, San Francisco, CA 94105",
                                        .city = "San Francisco ",
                                        .region = "California",
                                        .postcode = "941050000"},
                          address) == FieldState::usable);
  CHECK(parts(address) ==
        "no 1602; street brenville; type pl; city san francisco; region ca; code 94105");
  CHECK(normalise_address(
            AddressFields{.line1 = "#321, Street 128", .city = "Phnom Penh", .country = "Cambodia"},
            address) == FieldState::usable);
  CHECK(parts(address) == "no 321; street 128; type st; city phnom penh; country kh");
  CHECK(normalise_address(
            AddressFields{.line1 = "科苑路15号", .city = "深圳市", .postcode = "518000"},
            address) == FieldState::usable);
  CHECK(parts(address) == "no 15; street 科苑; type 路; city 深圳; code 518000");
}

TEST_CASE("what is no address") {
  PostalAddress address;
  CHECK(normalise_address(" \t", address) == FieldState::missing);
  CHECK(normalise_address("unknown", address) == FieldState::placeholder);
  CHECK(normalise_address("-", address) == FieldState::placeholder);
  CHECK(normalise_address("n/a", address) == FieldState::placeholder);
  CHECK(normalise_address(AddressFields{}, address) == FieldState::missing);
  CHECK(address == PostalAddress{});
  CHECK(normalise_address("12 Oak Rd", address, {.default_country = "GB"}) == FieldState::usable);
  CHECK(address.country == "gb");
}

TEST_CASE("postcodes alone") {
  std::string code;
  const auto read = [&](const char* raw) {
    CHECK(normalise_postcode(raw, code) == FieldState::usable);
    return code;
  };
  CHECK(read("89132-1234") == "89132");
  CHECK(read("TQ138DF") == "tq13 8df");
  CHECK(read("tq13 8df") == "tq13 8df");
  CHECK(read("M1S1T4") == "m1s 1t4");
  CHECK(read("D-80331") == "80331");
  CHECK(read("1012ab") == "1012 ab");
  CHECK(read("４０１１") == "4011");
  CHECK(normalise_postcode("", code) == FieldState::missing);
  CHECK(normalise_postcode("00000", code) == FieldState::placeholder);
  CHECK(normalise_postcode("unknown", code) == FieldState::placeholder);
  CHECK(normalise_postcode("somewhere", code) == FieldState::malformed);
}

}  // namespace
