// What is evidence and what is not: cases that any system that knows customers has to decide.

#include <string>
#include <string_view>
#include <vector>

#include "emptor/identity/explain.hpp"
#include "emptor/identity/link.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

using Row = std::vector<std::string_view>;

const LinkSchema schema{.fields = {{"given", FieldType::given_name},
                                   {"family", FieldType::family_name},
                                   {"born", FieldType::birth_date},
                                   {"address", FieldType::address},
                                   {"phone", FieldType::phone},
                                   {"mail", FieldType::email},
                                   {"number", FieldType::national_id},
                                   {"company", FieldType::organisation}},
                        .country = "US"};

constexpr std::string_view given_names[] = {"Anna",  "Boris", "Clara", "Dirk",  "Edith",
                                            "Felix", "Greta", "Hugo",  "Irene", "Jonas"};
constexpr std::string_view family_names[] = {"Abel",  "Brandt", "Conrad", "Decker", "Engel",
                                             "Fuchs", "Gruber", "Hahn",   "Imhoff", "Jung"};

/// The rows, and 60 people of whom each has two records that agree in everything; every so-many-th
/// of them says when he was born.
Linkage linked_with(const std::vector<Row>& rows, std::size_t born_every = 1) {
  Records records({"given", "family", "born", "address", "phone", "mail", "number", "company"});
  for (const Row& row : rows) REQUIRE(records.add(row));
  for (std::size_t i = 0; i < 60; ++i) {
    const std::string_view given = given_names[i % 10], family = family_names[i * 7 / 10 % 10];
    const std::string date = std::to_string(1940 + i) + "-0" + std::to_string(1 + i % 9) + "-" +
                             std::to_string(11 + i % 17);
    const std::string born = i % born_every == 0 ? date : "";
    const std::string address = std::to_string(1 + i * 13) + " " + std::string(family) + " Street";
    const std::string phone = "+1212555" + std::to_string(1000 + i * 37);
    const std::string mail = "customer" + std::to_string(i * 7919) + "@example.org";
    for (int copy = 0; copy < 2; ++copy) {
      REQUIRE(records.add(Row{given, family, born, address, phone, mail, "", ""}));
    }
  }
  return link(records, schema);
}

bool one(const Linkage& linkage, std::size_t a, std::size_t b) {
  return linkage.clustering.cluster[a] == linkage.clustering.cluster[b];
}

}  // namespace

TEST_CASE("Evidence: a name alone is not enough in a small table, a name and a phone are") {
  const Linkage linkage = linked_with({{"Quentin", "Zuckmayer", "", "", "", "", "", ""},
                                       {"Quentin", "Zuckmayer", "", "", "", "", "", ""},
                                       {"Ottilie", "Wieland", "", "", "+12125559999", "", "", ""},
                                       {"Ottilie", "Wieland", "", "", "212-555-9999", "", "", ""}});
  CHECK_FALSE(one(linkage, 0, 1));
  CHECK(one(linkage, 2, 3));
  // The parts add up, what the two names say together among them.
  const PairExplanation pair = explain_pair(linkage, 0, 1);
  double sum = pair.prior + pair.household_correction;
  for (const EvidencePart& part : pair.parts) sum += part.weight;
  CHECK(sum == Approx(pair.weight).margin(1e-4));
  double names = 0;
  for (const EvidencePart& part : pair.parts) names += part.silent ? 0 : part.weight;
  CHECK(names < 6);  // log2(124 / 3)
}

TEST_CASE("Evidence: father and son are two, whatever they share") {
  const Linkage linkage =
      linked_with({{"David", "Dobbins Jr", "", "1450 City Road", "", "", "", ""},
                   {"David", "Dobbins Senior", "", "1450 City Road", "", "", "", ""},
                   {"Morris I", "Klein", "1982-04-12", "", "", "", "", ""},
                   {"Morris II", "Klein", "1982-04-12", "", "", "", "", ""},
                   {"Paul", "Wagner III", "1950-01-13", "7 Mill Lane", "", "", "", ""},
                   {"Paul", "Wagner", "1950-01-13", "7 Mill Lane", "", "", "", ""}});
  CHECK_FALSE(one(linkage, 0, 1));
  CHECK_FALSE(one(linkage, 2, 3));
  CHECK(one(linkage, 4, 5));  // who says nothing contradicts nothing
  CHECK(explain_pair(linkage, 0, 1).parts[1].level == "of another generation");
}

TEST_CASE("Evidence: where few say their birth date, the others do not hold two persons together") {
  const Linkage linkage =
      linked_with({{"John", "Zeller", "1970-10-10", "32 Palm Road", "", "", "", ""},
                   {"John", "Zeller", "1990-03-15", "32 Palm Road", "", "", "", ""},
                   {"John", "Zeller", "", "32 Palm Road", "", "", "", ""},
                   {"John", "Zeller", "", "32 Palm Road", "", "", "", ""}},
                  3);
  CHECK_FALSE(one(linkage, 0, 1));
  CHECK(one(linkage, 2, 3));
}

TEST_CASE("Evidence: one number or company written in two ways") {
  const Linkage linkage =
      linked_with({{"Susan", "Mooney", "", "", "", "", "521-21-2123", ""},
                   {"Susan", "Moonie", "", "", "", "", "521212123", ""},
                   {"", "", "", "", "+12125558888", "", "", "Oriental Exports, Inc."},
                   {"", "", "", "", "+12125558888", "", "", "Oriental Exports"}});
  CHECK(one(linkage, 0, 1));
  CHECK(one(linkage, 2, 3));
  CHECK(explain_pair(linkage, 0, 1).parts[6].level == "exact");
  CHECK(explain_pair(linkage, 2, 3).parts[7].level == "exact");
}

TEST_CASE("Evidence: names in a script without Latin form are not to be compared") {
  constexpr auto given = ComparisonKind::given_name;
  CHECK(compare_values(given, "민준", "minjun") == missing_level);
  CHECK(compare_values(given, "민준", "민준") == exact_level);
  CHECK(compare_values(given, "민준", "서연") == last_level(given));
  CHECK(compare_values(given, "émile", "emile") != missing_level);
  CHECK(compare_values(given, "anastassia", "nastassia") < crossed_level);
  CHECK(compare_values(given, "fisal\tفيصل", "faisal") < crossed_level);
  const Linkage linkage =
      linked_with({{"서연", "김", "1988-12-24", "5 Elm Street", "", "", "", ""},
                   {"Seoyeon", "Kim", "1988-12-24", "5 Elm Street", "", "", "", ""}});
  CHECK(one(linkage, 0, 1));
  CHECK(explain_pair(linkage, 0, 1).parts[0].level == "in another script");
}

TEST_CASE("Evidence: swapped names are one piece of evidence") {
  const Linkage linkage =
      linked_with({{"Daniella", "Shawcross", "1991-08-20", "", "", "", "", ""},
                   {"Shawcross", "Daniella", "1991-08-20", "", "", "", "", ""}});
  CHECK(one(linkage, 0, 1));
  const PairExplanation pair = explain_pair(linkage, 0, 1);
  CHECK(pair.parts[0].level == "counted with the family name");
  CHECK(pair.parts[1].level == "in another name");
}
