// Linking of small and of bad tables: what comes out, and what is refused with which words.

#include "emptor/identity/link.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/thread_pool.hpp"
#include "emptor/identity/generator.hpp"
#include "support/catch.hpp"
#include "support/link_schemas.hpp"

using namespace emptor;

namespace {

using Row = std::vector<std::string_view>;

Records table(std::vector<std::string> columns, const std::vector<Row>& rows) {
  Records records(std::move(columns));
  for (const Row& row : rows) REQUIRE(records.add(row));
  return records;
}

const LinkSchema people{.fields = {{"given", FieldType::given_name},
                                   {"family", FieldType::family_name},
                                   {"born", FieldType::birth_date},
                                   {"mail", FieldType::email},
                                   {"phone", FieldType::phone}}};

Records of_people(const std::vector<Row>& rows) {
  return table({"given", "family", "born", "mail", "phone"}, rows);
}

/// Distinct people, none of whom has anything of another.
Records strangers(std::size_t count) {
  Records records({"given", "family", "born", "mail", "phone"});
  for (std::size_t i = 0; i < count; ++i) {
    std::string name;
    for (std::size_t rest = i * 7919 + 17; name.size() < 8; rest = rest / 7 + 31 * name.size()) {
      name += static_cast<char>('a' + rest % 26);
    }
    const std::string family = "von" + std::string(name.rbegin(), name.rend());
    const std::string born = std::to_string(1930 + i % 70) + "-0" + std::to_string(1 + i % 9) +
                             "-" + std::to_string(10 + i % 17);
    const std::string mail = name + std::to_string(i * 37) + "@example.org";
    const std::string phone = "+4420" + std::to_string(10'000'000 + i * 7001);
    REQUIRE(records.add(Row{name, family, born, mail, phone}));
  }
  return records;
}

std::string refusal(const Records& records, const LinkSchema& schema,
                    const LinkOptions& options = {}, const std::vector<LabelledPair>& labels = {}) {
  try {
    static_cast<void>(link(records, schema, options, labels));
  } catch (const Exception& error) {
    return std::string(name(error.code())) + ": " + error.what();
  }
  return "no error";
}

void check_sound(const Linkage& linkage, std::size_t records) {
  REQUIRE(linkage.clustering.cluster.size() == records);
  CHECK(linkage.report.records == records);
  CHECK(linkage.model.match_share() > 0);
  CHECK(linkage.model.random_share() > 0);
  CHECK(linkage.model.random_share() < 1);
  CHECK(std::isfinite(linkage.report.expected_pairs));
  for (const ScoredPair& pair : linkage.pairs) CHECK(std::isfinite(pair.weight));
  CHECK(LinkModel::load(linkage.model.save()));
}

}  // namespace

TEST_CASE("Linking: no record and one record") {
  check_sound(link(of_people({}), people), 0);
  const Linkage one =
      link(of_people({{"ann", "lee", "1971-02-03", "ann@example.org", "+442071234567"}}), people);
  check_sound(one, 1);
  CHECK(one.clustering.clusters == 1);
  CHECK(one.report.all_pairs == 0);
  CHECK(one.report.candidates == 0);
}

TEST_CASE("Linking: two records alone are one or two by what they say") {
  const Row ann{"ann", "lee", "1971-02-03", "ann.lee@example.org", "+442071234567"};
  const Row bob{"robert", "singh", "1958-11-30", "rsingh@example.com", "+442089876543"};
  const Linkage equal = link(of_people({ann, ann}), people);
  check_sound(equal, 2);
  CHECK(equal.clustering.clusters == 1);
  const Linkage different = link(of_people({ann, bob}), people);
  check_sound(different, 2);
  CHECK(different.clustering.clusters == 2);
  // A name alone is not enough.
  const Linkage names =
      link(of_people({{"ann", "lee", "", "", ""}, {"ann", "wu", "", "", ""}}), people);
  CHECK(names.clustering.clusters == 2);
}

TEST_CASE("Linking: a few records") {
  const Linkage linkage = link(
      of_people({{"Robert", "Smith", "1971-06-24", "bob.smith@example.org", "020 7123 4567"},
                 {"Bob", "Smith", "24/06/1971", "bob.smith@example.org", ""},
                 {"Robert", "Smyth", "1971-06-24", "", "+44 20 7123 4567"},
                 {"Margaret", "Okafor", "1985-01-09", "m.okafor@example.com", "+44 161 496 0123"},
                 {"Peggy", "Okafor", "1985-01-09", "", "+44 161 496 0123"},
                 {"Jürgen", "Müller", "1960-12-01", "", "+49 30 1234567"},
                 {"Juergen", "Mueller", "1960-12-01", "jm@example.net", ""},
                 {"Anna", "Rossi", "1999-05-05", "anna@example.it", ""}}),
      {.fields = people.fields, .country = "GB"});
  check_sound(linkage, 8);
  CHECK(linkage.clustering.cluster == std::vector<std::uint32_t>{0, 0, 0, 3, 3, 5, 5, 7});
}

TEST_CASE("Linking: strangers stay strangers") {
  for (const std::size_t count : {3U, 10U, 40U, 200U}) {
    INFO(count << " records");
    const Linkage linkage = link(strangers(count), people);
    check_sound(linkage, count);
    CHECK(linkage.clustering.clusters == count);
  }
}

TEST_CASE("Linking: records without any value are nobody's") {
  const std::vector<Row> empty(50, Row(5));
  const Linkage all_missing = link(of_people(empty), people);
  check_sound(all_missing, 50);
  CHECK(all_missing.clustering.clusters == 50);
  for (const FieldCounts& counts : all_missing.report.fields) CHECK(counts.missing == 50);

  const std::vector<Row> junk(50, Row{"unknown", "n/a", "1900-01-01", "test@test.com", "00000000"});
  const Linkage placeholders = link(of_people(junk), people);
  check_sound(placeholders, 50);
  CHECK(placeholders.clustering.clusters == 50);
  for (const FieldCounts& counts : placeholders.report.fields) {
    INFO(counts.column);
    CHECK(counts.usable == 0);
  }

  const std::vector<Row> many(3000, Row(5));  // by blocks: nothing to meet by
  const Linkage blocked = link(of_people(many), people);
  check_sound(blocked, 3000);
  CHECK(blocked.clustering.clusters == 3000);
  CHECK(blocked.report.candidates == 0);
}

TEST_CASE("Linking: fields that say little, of many records") {
  const std::vector<Row> rows(2000, Row{"f", "3", "50.1,8.7", "a;b"});
  const Linkage linkage = link(table({"sex", "size", "place", "tags"}, rows),
                               {.fields = {{"sex", FieldType::gender},
                                           {"size", FieldType::number},
                                           {"place", FieldType::location},
                                           {"tags", FieldType::list}}});
  check_sound(linkage, 2000);
}

TEST_CASE("Linking: one person many times among strangers") {
  Records records = strangers(1500);
  for (int i = 0; i < 200; ++i) {
    REQUIRE(records.add(Row{"ann", "lee", "1971-02-03", "ann.lee@example.org", "+442071234567"}));
  }
  const Linkage linkage = link(records, people);
  check_sound(linkage, 1700);
  const auto& cluster = linkage.clustering.cluster;
  CHECK(std::count(cluster.begin(), cluster.end(), cluster.back()) == 200);
  CHECK(linkage.clustering.clusters == 1501);
}

TEST_CASE("Linking: one value everywhere takes bounded time") {
  const std::vector<Row> rows(100'000,
                              Row{"ann", "lee", "1971-02-03", "ann@example.org", "+442071234567"});
  const auto begin = std::chrono::steady_clock::now();
  const Linkage same = link(of_people(rows), people);
  check_sound(same, rows.size());
  // The same phone and nothing else: a switchboard.
  Records phones({"given", "family", "born", "mail", "phone"});
  for (std::size_t i = 0; i < 20'000; ++i) {
    const std::string mail = "m" + std::to_string(i * 7919) + "@example.org";
    REQUIRE(phones.add(Row{"", "", "", mail, "+442071234567"}));
  }
  const Linkage switchboard = link(phones, people);
  check_sound(switchboard, phones.size());
  CHECK(switchboard.clustering.clusters > 19'000);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("Linking: any bytes") {
  const std::string longest(1 << 20, 'x'), words = [] {
    std::string out;
    while (out.size() < (1U << 20)) out += "ab cd ";
    return out;
  }();
  const std::string nul("a\0b", 3), high("\xff\xfe\xc3\x28\xed\xa0\x80", 7);
  std::vector<Row> rows;
  for (const std::string* value : {&longest, &words, &nul, &high}) {
    rows.emplace_back(6, *value);
    rows.emplace_back(6, *value);
  }
  std::vector<std::string> columns{"a", "b", "c", "d", "e", "f"};
  const Records records = table(columns, rows);
  for (std::size_t first = 0; first <= static_cast<std::size_t>(FieldType::list); first += 6) {
    LinkSchema schema;
    for (std::size_t c = 0; c < 6; ++c) {
      const std::size_t type = std::min(first + c, static_cast<std::size_t>(FieldType::list));
      schema.fields.push_back({columns[c], static_cast<FieldType>(type)});
    }
    check_sound(link(records, schema), rows.size());
  }
}

TEST_CASE("Linking: columns that hold something else than their type says") {
  const GeneratedIdentities made = generate_identities({.persons = 300});
  LinkSchema wrong = test::generated_schema(made.records);
  for (std::size_t f = 0; f < wrong.fields.size(); ++f) {
    wrong.fields[f].type = static_cast<FieldType>((f * 5 + 3) % 23);
  }
  const Linkage linkage = link(made.records, wrong);
  check_sound(linkage, made.records.size());
  std::size_t counted = 0;
  for (const FieldCounts& field : linkage.report.fields) {
    counted += field.usable + field.missing + field.placeholders + field.malformed;
  }
  CHECK(counted == wrong.fields.size() * made.records.size());
}

TEST_CASE("Linking: schemas that do not fit") {
  const Records records = strangers(3);
  CHECK(refusal(records, {}).find("'fields' must be at least one field, got 0") !=
        std::string::npos);
  LinkSchema unknown = people;
  unknown.fields[2].column = "dob";
  CHECK(refusal(records, unknown)
            .find("'column' must be one of the columns 'given', 'family', "
                  "'born', 'mail', 'phone', got 'dob'") != std::string::npos);
  LinkSchema source = people;
  source.source_column = "shop";
  CHECK(refusal(records, source).find("'source_column' must be one of the columns") !=
        std::string::npos);
  LinkSchema many;
  for (std::size_t f = 0; f <= max_fields; ++f) many.fields.push_back({"mail", FieldType::email});
  CHECK(refusal(records, many).find("'fields' must be at most 20 fields, got 21") !=
        std::string::npos);
  LinkSchema country = people;
  country.country = "Atlantis";
  CHECK(refusal(records, country).find("country") != std::string::npos);

  // The most that there may be, of any types; one column as several fields.
  LinkSchema most;
  for (std::size_t f = 0; f < max_fields; ++f) {
    most.fields.push_back({"mail", static_cast<FieldType>(f)});
  }
  check_sound(link(records, most), 3);
  most.fields.assign(max_fields, {"born", FieldType::full_name});
  check_sound(link(records, most), 3);
  most.fields.assign(max_fields, {"mail", FieldType::national_id});
  check_sound(link(records, most), 3);
  most.fields.assign(max_fields, {"mail", FieldType::address});
  check_sound(link(records, most), 3);
}

TEST_CASE("Linking: options out of range") {
  const Records records = strangers(3);
  struct Case {
    std::function<void(LinkOptions&)> set;
    std::string message;
  };
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const std::vector<Case> cases{
      {[](LinkOptions& o) { o.pairs_a_record = 0; }, "'pairs_a_record' must be > 0, got 0"},
      {[](LinkOptions& o) { o.pairs_a_record = nan; }, "'pairs_a_record' must be > 0"},
      {[](LinkOptions& o) { o.kept_weight = 1; },
       "'kept_weight' must be <= 'clustering.threshold'"},
      {[](LinkOptions& o) { o.kept_weight = nan; }, "'kept_weight' must be"},
      {[](LinkOptions& o) { o.model.max_iterations = 0; }, "'max_iterations' must be >= 1, got 0"},
      {[](LinkOptions& o) { o.model.tolerance = 0; }, "'tolerance' must be > 0, got 0"},
      {[](LinkOptions& o) { o.model.tolerance = nan; }, "'tolerance' must be > 0"},
      {[](LinkOptions& o) { o.model.prior_pairs = -1; }, "'prior_pairs' must be > 0"},
      {[](LinkOptions& o) { o.model.prior_pairs = infinite; }, "'prior_pairs' must be > 0"},
      {[](LinkOptions& o) { o.model.random_pairs = 999; }, "'random_pairs' must be >= 1000"},
      {[](LinkOptions& o) { o.clustering.clamp = 0; }, "'clamp' must be in (0, 1000], got 0"},
      {[](LinkOptions& o) { o.clustering.threshold = 21; }, "'threshold' must be"},
      {[](LinkOptions& o) { o.clustering.max_size = 0; }, "'max_size' must be >= 1, got 0"},
      {[](LinkOptions& o) { o.clustering.cross_pairs = 0; }, "'cross_pairs' must be in [1, 1024]"},
      {[](LinkOptions& o) { o.blocking.max_block = 1; }, "'max_block' must be >= 2, got 1"},
      {[](LinkOptions& o) { o.blocking.window = 1; }, "'window' must be 2 to"},
      {[](LinkOptions& o) { o.blocking.max_pairs = 0; }, "'max_pairs' must be > 0"},
      {[](LinkOptions& o) { o.blocking.chunk_pairs = 0; }, "'chunk_pairs' must be >= 1"}};
  for (const Case& wrong : cases) {
    LinkOptions options;
    wrong.set(options);
    const std::string message = refusal(records, people, options);
    INFO(wrong.message << "\n" << message);
    CHECK(message.find(wrong.message) != std::string::npos);
    // Nothing is done before: not even of a table that would take long.
    std::size_t asked = 0;
    Context context;
    context.progress = [&](const ProgressStep&) {
      ++asked;
      return Go::on;
    };
    CHECK_THROWS_AS(link(records, people, options, {}, context), Exception);
    CHECK(asked == 0);
  }
}

TEST_CASE("Linking: labels") {
  const Records records = strangers(20);
  CHECK(refusal(records, people, {}, {{3, 20, true}})
            .find("a labelled record must be one of 20, got 20") != std::string::npos);
  CHECK(refusal(records, people, {}, {{3, 3, false}}).find("must be two records") !=
        std::string::npos);
  const std::vector<LabelledPair> labels{{3, 4, true}, {4, 9, true}, {9, 4, true}, {1, 2, false}};
  const Linkage linkage = link(records, people, {}, labels);
  check_sound(linkage, 20);
  CHECK(linkage.clustering.cluster[3] == linkage.clustering.cluster[4]);
  CHECK(linkage.clustering.cluster[3] == linkage.clustering.cluster[9]);

  // What people say goes before what the weights say.
  const Row ann{"ann", "lee", "1971-02-03", "ann.lee@example.org", "+442071234567"};
  const std::vector<LabelledPair> twins{{0, 1, false}};
  CHECK(link(of_people({ann, ann}), people, {}, twins).clustering.clusters == 2);
  // Of two words that contradict each other the one that keeps apart holds.
  const std::vector<LabelledPair> both{{0, 1, false}, {1, 0, true}};
  CHECK(link(of_people({ann, ann}), people, {}, both).clustering.clusters == 2);
}

TEST_CASE("Linking: two verified numbers are two persons, whatever else is equal") {
  const auto columns = {"given", "family", "born", "card"};
  LinkSchema schema{.fields = {{"given", FieldType::given_name},
                               {"family", FieldType::family_name},
                               {"born", FieldType::birth_date},
                               {"card", FieldType::verified_id}}};
  const Records records =
      table({columns.begin(), columns.end()}, {{"ann", "lee", "1971-02-03", "A-1007"},
                                               {"ann", "lee", "1971-02-03", "A-1008"},
                                               {"ann", "lee", "1971-02-03", ""}});
  const Linkage linkage = link(records, schema);
  CHECK(linkage.clustering.cluster[0] != linkage.clustering.cluster[1]);
  const std::vector<LabelledPair> labels{{0, 1, true}};
  const Linkage labelled = link(records, schema, {}, labels);
  CHECK(labelled.clustering.cluster[0] != labelled.clustering.cluster[1]);
  REQUIRE_FALSE(labelled.clustering.refused.empty());
  CHECK(labelled.clustering.refused[0].reason == MergeRefusal::conflict);
}

TEST_CASE("Linking: sources") {
  LinkSchema schema = people;
  schema.source_column = "shop";
  const auto of_shops = [](std::string_view other) {
    const auto row = [](std::string_view shop) {
      return Row{"ann", "lee", "1971-02-03", "ann.lee@example.org", "+442071234567", shop};
    };
    return table({"given", "family", "born", "mail", "phone", "shop"},
                 {row("web"), row("web"), row(other)});
  };
  const Linkage one_source = link(of_shops("web"), schema, {.mode = LinkMode::link_only});
  check_sound(one_source, 3);
  CHECK(one_source.report.all_pairs == 0);
  CHECK(one_source.clustering.clusters == 3);

  const Linkage across = link(of_shops("till"), schema, {.mode = LinkMode::link_only});
  CHECK(across.report.all_pairs == 2);
  for (const ScoredPair& pair : across.pairs) CHECK(pair.b == 2);

  const Linkage within = link(of_shops("till"), schema, {.mode = LinkMode::dedupe_only});
  CHECK(within.report.all_pairs == 1);
  CHECK(within.clustering.cluster[0] == within.clustering.cluster[1]);
  CHECK(within.clustering.cluster[0] != within.clustering.cluster[2]);
}

TEST_CASE("Linking: stopped at any step") {
  const GeneratedIdentities made = generate_identities({.persons = 650});
  const LinkSchema schema = test::generated_schema(made.records);
  ThreadPool pool(2);
  for (Executor* executor : {static_cast<Executor*>(nullptr), static_cast<Executor*>(&pool)}) {
    std::size_t steps = 0;
    Context count{.executor = executor};
    count.progress = [&](const ProgressStep&) {
      ++steps;
      return Go::on;
    };
    static_cast<void>(link(made.records, schema, {}, {}, count));
    REQUIRE(steps >= 5);
    for (std::size_t last = 0; last < steps; last += executor == nullptr ? 1 : 5) {
      std::size_t asked = 0;
      Context context{.executor = executor};
      context.progress = [&](const ProgressStep&) { return asked++ < last ? Go::on : Go::stop; };
      try {
        static_cast<void>(link(made.records, schema, {}, {}, context));
        FAIL("step " << last << " of " << steps << " was not stopped");
      } catch (const Exception& error) {
        CHECK(error.code() == ErrorCode::stopped);
      }
    }
  }
}
