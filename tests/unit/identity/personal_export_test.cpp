#include "emptor/identity/personal_export.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr Time at(std::int64_t day) {
  return Time{std::chrono::days{day}};
}

struct Held {
  Records records{{"name", "email"}};
  std::vector<RecordOrigin> origins;
  MergeLog log;
  ConsentHistory consent;
  GoldenProfile profile;
  std::vector<std::string> fields{"name"}, sources{"shop", "call centre"}, purposes{"newsletter"},
      channels{"mail"};
  std::vector<PersonalSection> sections{{"orders", {"day", "item"}, {{"2020-01-01", "a, b"}}}};

  Held() {
    add(7, 0, 5, "Ada \"Countess\" Lovelace", "ada@lovelace.org");
    add(2, 1, 6, "Somebody Else", "else@where.org");
    add(3, 1, 8, "A. Lovelace\nKing", "");
    origins[2].time = Time::min();
    log.merge(Customer{3}, Customer{7}, at(9), "same address");
    log.merge(Customer{3}, Customer{2}, at(10), "a mistake");
    REQUIRE(log.unmerge(MergeId{1}, at(11), "not the same").has_value());
    consent.add({Customer{7}, Purpose{0}, Channel{0}, ConsentState::granted, at(5), Source{0}});
    consent.add({Customer{3}, Purpose{4}, all_channels, ConsentState::denied, at(6), Source{9}});
    profile.customer = Customer{3};
    profile.records = 2;
    GoldenField& name = profile.fields.emplace_back();
    name.value = "Ada Lovelace";
    name.source = Source{0};
    name.time = at(5);
    name.records = {Record{0}};
    name.losing = {{"A. Lovelace", FieldState::usable, {Record{2}}, at(8)}};
  }
  void add(std::uint32_t customer, std::uint32_t source, std::int64_t day, std::string_view name,
           std::string_view email) {
    const std::string_view values[] = {name, email};
    REQUIRE(records.add(values).has_value());
    origins.push_back({Customer{customer}, Source{source}, at(day), 0});
  }
  PersonalSources all() const {
    return {.records = &records,
            .origins = origins,
            .log = &log,
            .profile = &profile,
            .profile_fields = fields,
            .consent = &consent,
            .sections = sections,
            .source_names = sources,
            .purpose_names = purposes,
            .channel_names = channels};
  }
};

TEST_CASE("everything held on a person, as JSON") {
  const Held held;
  const std::string json = personal_json(Customer{7}, held.all()).value();
  CHECK(json == R"({
  "customer": 3,
  "customers": [
    3,
    7
  ],
  "records": [
    {
      "record": 0,
      "customer": 7,
      "source": "shop",
      "time": "1970-01-06T00:00:00Z",
      "values": {
        "name": "Ada \"Countess\" Lovelace",
        "email": "ada@lovelace.org"
      }
    },
    {
      "record": 2,
      "customer": 3,
      "source": "call centre",
      "time": null,
      "values": {
        "name": "A. Lovelace\nKing"
      }
    }
  ],
  "profile": [
    {
      "field": "name",
      "value": "Ada Lovelace",
      "inferred": false,
      "verified": false,
      "confidence": 0.0,
      "source": "shop",
      "time": "1970-01-06T00:00:00Z",
      "records": [
        0
      ],
      "other_values": [
        {
          "value": "A. Lovelace",
          "state": "usable",
          "time": "1970-01-09T00:00:00Z",
          "records": [
            2
          ]
        }
      ]
    }
  ],
  "merges": [
    {
      "merge": 0,
      "kind": "merge",
      "kept": 3,
      "absorbed": 7,
      "time": "1970-01-10T00:00:00Z",
      "reason": "same address",
      "in_force": true
    },
    {
      "merge": 1,
      "kind": "merge",
      "kept": 3,
      "absorbed": 2,
      "time": "1970-01-11T00:00:00Z",
      "reason": "a mistake",
      "in_force": false
    },
    {
      "merge": 1,
      "kind": "unmerge",
      "kept": 3,
      "absorbed": 2,
      "time": "1970-01-12T00:00:00Z",
      "reason": "not the same",
      "in_force": false
    }
  ],
  "consent": [
    {
      "customer": 7,
      "purpose": "newsletter",
      "channel": "mail",
      "state": "granted",
      "time": "1970-01-06T00:00:00Z",
      "source": "shop"
    },
    {
      "customer": 3,
      "purpose": "4",
      "channel": "all",
      "state": "denied",
      "time": "1970-01-07T00:00:00Z",
      "source": "9"
    }
  ],
  "further": [
    {
      "title": "orders",
      "rows": [
        {
          "day": "2020-01-01",
          "item": "a, b"
        }
      ]
    }
  ]
}
)");
  CHECK(personal_json(Customer{3}, held.all()).value() == json);
  CHECK(json.find("else@where.org") == std::string::npos);
}

TEST_CASE("everything held on a person, as CSV") {
  const Held held;
  CHECK(personal_csv(Customer{3}, held.all()).value() ==
        "part,number,field,value,source,time\r\n"
        "customer,3,owner,,,\r\n"
        "customer,7,merged,,,\r\n"
        "record,0,name,\"Ada \"\"Countess\"\" Lovelace\",shop,1970-01-06T00:00:00Z\r\n"
        "record,0,email,ada@lovelace.org,shop,1970-01-06T00:00:00Z\r\n"
        "record,2,name,\"A. Lovelace\nKing\",call centre,\r\n"
        "profile,0,name,Ada Lovelace,shop,1970-01-06T00:00:00Z\r\n"
        "\"profile, not used\",0,name,A. Lovelace,,1970-01-09T00:00:00Z\r\n"
        "merge,0,3 and 7,same address,,1970-01-10T00:00:00Z\r\n"
        "merge,1,3 and 2,a mistake,,1970-01-11T00:00:00Z\r\n"
        "unmerge,1,3 and 2,not the same,,1970-01-12T00:00:00Z\r\n"
        "consent,7,\"newsletter, mail\",granted,shop,1970-01-06T00:00:00Z\r\n"
        "consent,3,\"4, all\",denied,9,1970-01-07T00:00:00Z\r\n"
        "orders,0,day,2020-01-01,,\r\n"
        "orders,0,item,\"a, b\",,\r\n");
}

TEST_CASE("nothing is held, or what is given does not fit") {
  const Held held;
  PersonalSources sources{.records = &held.records, .origins = held.origins};
  CHECK(personal_json(Customer{99}, sources).error().code == ErrorCode::not_found);
  CHECK(personal_csv(no_customer, sources).error().code == ErrorCode::not_found);
  CHECK(personal_json(Customer{2}, sources).has_value());
  CHECK_THROWS_AS(personal_json(Customer{2}, PersonalSources{}), Exception);
  sources.origins = sources.origins.first(2);
  CHECK_THROWS_AS(personal_json(Customer{2}, sources), Exception);
  PersonalSources wrong = held.all();
  wrong.profile_fields = {};
  CHECK_THROWS_AS(personal_json(Customer{3}, wrong), Exception);
  CHECK_THROWS_AS(personal_json(Customer{2}, held.all()), Exception);  // another's profile
  const std::vector<PersonalSection> ragged{{"x", {"a", "b"}, {{"1"}}}};
  wrong = held.all();
  wrong.sections = ragged;
  CHECK_THROWS_AS(personal_csv(Customer{3}, wrong), Exception);
}

TEST_CASE("bytes that are no UTF-8 are replaced in JSON and kept in CSV") {
  Records records({"name"});
  const std::string_view values[] = {"J\xf6rg"};
  REQUIRE(records.add(values).has_value());
  const std::vector<RecordOrigin> origins{{.customer = Customer{0}}};
  const PersonalSources sources{.records = &records, .origins = origins};
  CHECK(personal_json(Customer{0}, sources).value().find("J\xef\xbf\xbdrg") != std::string::npos);
  CHECK(personal_csv(Customer{0}, sources).value().find("J\xf6rg") != std::string::npos);
}

}  // namespace
