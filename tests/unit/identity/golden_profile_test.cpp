#include "emptor/identity/golden_profile.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "emptor/identity/completeness.hpp"
#include "support/catch.hpp"

namespace {

using namespace emptor;

constexpr Source shop{0};
constexpr Source web{1};

Time day(int number) {
  return Time{std::chrono::hours{24 * number}};
}
Record row(std::uint32_t number) {
  return Record{number};
}

/// Judges e-mails by their lower-case letters.
FieldState folded(std::string_view value, std::string& key) {
  key = value;
  for (char& c : key) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (key == "unknown") return FieldState::placeholder;
  return key.find('@') == std::string::npos ? FieldState::malformed : FieldState::usable;
}

/// Five records of two customers, and five of others who show which city a postcode has.
struct Shop {
  Shop() {
    const auto add = [&](std::uint32_t owner, Source source, int time, std::uint64_t verified,
                         std::vector<std::string_view> texts) {
      (void)records.add(texts).value();
      origins.push_back({Customer{owner}, source, day(time), verified});
      owners.push_back(Customer{owner});
    };
    add(7, shop, 1, 0, {"A. Lovelace", "ada@x.org", "1010", ""});
    add(7, web, 3, 0, {"Ada Lovelace", "Ada@X.org", "1010", ""});
    add(7, web, 9, 0, {"  Ada L. \t", "unknown", "", ""});
    add(7, shop, 2, 0b10, {"A. Lovelace", "old@x.org", "", ""});
    add(3, web, 5, 0, {"", "no mail", " ", "Graz"});
    for (int i = 0; i < 4; ++i)
      add(10 + static_cast<std::uint32_t>(i), web, i, 0,
          {"N", "", "1010", i == 3 ? "Linz" : "Wien"});
    add(20, web, 0, 0, {"N", "", "", ""});
  }
  Records records{std::vector<std::string>{"name", "email", "postcode", "city"}};
  std::vector<RecordOrigin> origins;
  std::vector<Customer> owners;
};

SurvivorshipOptions rules() {
  SurvivorshipOptions out;
  out.fields = {{.column = "name", .rule = SurvivorRule::most_recent},
                {.column = "email", .rule = SurvivorRule::verified_first, .normalise = folded},
                {.column = "postcode"},
                {.column = "city", .infer_from = "postcode", .min_confidence = 0.6}};
  return out;
}

TEST_CASE("a golden profile says what survived, whence, and what did not") {
  const Shop shop_data;
  auto profiles = golden_profiles(shop_data.records, shop_data.origins, shop_data.owners, rules());
  REQUIRE(profiles.size() == 7);
  const GoldenProfile& other = profiles[0];
  const GoldenProfile& ada = profiles[1];
  CHECK(other.customer == Customer{3});
  CHECK(ada.customer == Customer{7});
  CHECK(ada.records == 4);

  const GoldenField& name = ada.fields[0];
  CHECK(name.value == "Ada L.");
  CHECK(name.record == row(2));
  CHECK(name.time == day(9));
  CHECK(name.source == web);
  CHECK(name.rule == SurvivorRule::most_recent);
  REQUIRE(name.losing.size() == 2);
  CHECK(name.losing[0].value == "Ada Lovelace");
  CHECK(name.losing[1].value == "A. Lovelace");
  CHECK(name.losing[1].records == std::vector{row(0), row(3)});
  CHECK(name.losing[1].latest == day(2));
  CHECK(name.confidence == 0.25);

  const GoldenField& email = ada.fields[1];
  CHECK(email.value == "old@x.org");
  CHECK(email.verified);
  REQUIRE(email.losing.size() == 1);
  CHECK(email.losing[0].value == "Ada@X.org");
  CHECK(email.losing[0].records == std::vector{row(0), row(1)});
  CHECK(email.placeholder == 1);
  CHECK(email.usable == 3);

  const GoldenField& bad = other.fields[1];
  CHECK(bad.value.empty());
  CHECK(bad.malformed == 1);
  REQUIRE(bad.losing.size() == 1);
  CHECK(bad.losing[0].state == FieldState::malformed);
  CHECK(bad.losing[0].value == "no mail");
  CHECK(other.fields[2].missing == 1);
}

TEST_CASE("gaps are filled by the majority of others, and say so") {
  const Shop data;
  const auto city = [&](const SurvivorshipOptions& options) {
    return golden_profiles(data.records, data.origins, data.owners, options)[1].fields[3];
  };
  SurvivorshipOptions options = rules();
  const GoldenField inferred = city(options);
  CHECK(inferred.value == "Wien");
  CHECK(inferred.inferred);
  CHECK_FALSE(inferred.known());
  CHECK(inferred.support == 3);
  CHECK(inferred.confidence == Approx(2.0 / 3));
  CHECK_FALSE(inferred.record.has_value());
  options.fields[3].min_confidence = 0.67;
  CHECK(city(options).value.empty());
  options = rules();
  options.fields[3].min_support = 4;
  CHECK(city(options).value.empty());
  // Who says it itself is believed, and who has no postcode has nothing to infer from.
  const auto all = golden_profiles(data.records, data.origins, data.owners, rules());
  CHECK(all[0].fields[3].value == "Graz");
  CHECK(all.back().customer == Customer{20});
  CHECK(all.back().fields[3].value.empty());
}

std::string survivor(SurvivorRule rule) {
  const Shop data;
  SurvivorshipOptions options;
  options.fields = {{.column = "name",
                     .rule = rule,
                     .priority = {shop},
                     .choose = [](std::span<const SurvivorCandidate> candidates) {
                       const auto at = std::find_if(
                           candidates.begin(), candidates.end(),
                           [](const auto& c) { return c.value.find('.') == c.value.npos; });
                       return static_cast<std::size_t>(at - candidates.begin());
                     }}};
  return golden_profiles(data.records, data.origins, data.owners, options)[1].fields[0].value;
}

TEST_CASE("each rule picks by its own measure") {
  CHECK(survivor(SurvivorRule::most_recent) == "Ada L.");
  CHECK(survivor(SurvivorRule::most_frequent) == "A. Lovelace");
  CHECK(survivor(SurvivorRule::source_priority) == "A. Lovelace");
  CHECK(survivor(SurvivorRule::longest) == "Ada Lovelace");
  CHECK(survivor(SurvivorRule::verified_first) == "Ada L.");  // none verified: the latest
  CHECK(survivor(SurvivorRule::custom) == "Ada Lovelace");
  CHECK(name(SurvivorRule::source_priority) == "source_priority");
}

TEST_CASE("length counts code points, and rows of nobody are left out") {
  Records records({"x"});
  for (const std::string_view text : {"\xe5\xbc\xa0\xe4\xbc\x9f", "abc"}) {
    (void)records.add(std::vector{text}).value();
  }
  const std::vector<RecordOrigin> origins(2);
  SurvivorshipOptions options;
  options.fields = {{.column = "x", .rule = SurvivorRule::longest}};
  const std::vector both(2, Customer{0});
  CHECK(golden_profiles(records, origins, both, options)[0].fields[0].value == "abc");
  const std::vector first{Customer{0}, no_customer};
  CHECK(golden_profiles(records, origins, first, options)[0].records == 1);
  CHECK_THROWS_AS(golden_profiles(records, origins, std::vector{Customer{0}}, options), Exception);
}

TEST_CASE("options that cannot hold are refused") {
  const Shop data;
  const auto refused = [&](auto change) {
    SurvivorshipOptions options = rules();
    change(options);
    try {
      GoldenProfileMaker(data.records.columns(), options);
    } catch (const Exception& error) {
      return error.code() == ErrorCode::invalid_option;
    }
    return false;
  };
  CHECK_FALSE(refused([](auto&) {}));
  CHECK(refused([](auto& o) { o.fields.clear(); }));
  CHECK(refused([](auto& o) { o.fields.resize(65); }));
  CHECK(refused([](auto& o) { o.fields[0].column = "shoe size"; }));
  CHECK(refused([](auto& o) { o.fields[0].column = "email"; }));
  CHECK(refused([](auto& o) { o.fields[0].rule = SurvivorRule::custom; }));
  CHECK(refused([](auto& o) { o.fields[0].weight = -1; }));
  CHECK(refused([](auto& o) {
    for (auto& f : o.fields) f.weight = 0;
  }));
  CHECK(refused([](auto& o) { o.fields[0].weight = std::numeric_limits<double>::infinity(); }));
  CHECK(refused([](auto& o) { o.fields[0].answer_rate = 1.5; }));
  CHECK(refused([](auto& o) { o.fields[3].min_support = 0; }));
  CHECK(refused([](auto& o) { o.fields[3].min_confidence = 0.5; }));
  CHECK(refused([](auto& o) { o.fields[3].infer_from = "city"; }));
  CHECK(refused([](auto& o) { o.fields[3].infer_from = "planet"; }));
  CHECK(refused([](auto& o) { o.inferred_credit = 2; }));

  SurvivorshipOptions wild = rules();
  wild.fields[0].rule = SurvivorRule::custom;
  wild.fields[0].choose = [](std::span<const SurvivorCandidate> c) { return c.size(); };
  CHECK_THROWS_AS(golden_profiles(data.records, data.origins, data.owners, wild), Exception);
}

TEST_CASE("completeness is the weighted share of what is known, and the next question pays most") {
  const Shop data;
  SurvivorshipOptions options = rules();
  options.fields[0].weight = 1;
  options.fields[1].weight = 4;
  options.fields[2].weight = 2;
  options.fields[3].weight = 3;
  const auto profiles = golden_profiles(data.records, data.origins, data.owners, options);
  const GoldenProfile& ada = profiles[1];
  CHECK(completeness(ada, options) == Approx(0.7));
  REQUIRE(fields_to_ask(ada, options).size() == 1);
  CHECK(fields_to_ask(ada, options)[0].field == 3);
  CHECK(fields_to_ask(ada, options)[0].gain == Approx(0.3));
  options.inferred_credit = 0.5;
  CHECK(completeness(ada, options) == Approx(0.85));
  CHECK(fields_to_ask(ada, options)[0].gain == Approx(0.15));

  // Customer 3 knows its city alone: the e-mail pays most, unless few answer.
  const GoldenProfile& other = profiles[0];
  CHECK(completeness(other, options) == Approx(0.3));
  CHECK(fields_to_ask(other, options)[0] == FieldToAsk{1, 0.4});
  options.fields[1].answer_rate = 0.25;
  const auto asked = fields_to_ask(other, options);
  REQUIRE(asked.size() == 3);
  CHECK(asked[0].field == 2);
  CHECK(asked[1].field == 0);
  CHECK(asked[2].field == 1);

  CompletenessCounts all, some, rest;
  double sum = 0;
  for (std::size_t p = 0; p < profiles.size(); ++p) {
    all.add(profiles[p]);
    (p % 2 == 0 ? some : rest).add(profiles[p]);
    sum += completeness(profiles[p], options);
  }
  some.merge(rest);
  CHECK(some == all);
  CHECK(all.profiles() == 7);
  CHECK(all.completeness(options) == Approx(sum / 7));
  CHECK(all.fields()[3].inferred == 1);
  CHECK(CompletenessCounts{}.completeness(options) == 0);
  options.fields.pop_back();
  CHECK_THROWS_AS(completeness(ada, options), Exception);
}

}  // namespace
