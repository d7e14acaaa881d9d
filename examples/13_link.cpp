// Which records are one customer? Field types are all that is said; then why two records are one.

#include <iostream>
#include <string_view>
#include <vector>

#include "emptor/core/text.hpp"
#include "emptor/identity/explain.hpp"
#include "emptor/identity/link.hpp"

int main() {
  emptor::Records records({"first_name", "surname", "born", "email", "mobile"});
  const std::vector<std::vector<std::string_view>> rows{
      {"Robert", "Smith", "1971-06-24", "bob.smith@example.org", "020 7946 0123"},
      {"Bob", "Smith", "24/06/1971", "bob.smith@example.org", ""},
      {"Robert", "Smyth", "1971-06-24", "", "+44 20 7946 0123"},
      {"Margaret", "Smith", "1973-02-11", "", "+44 20 7946 0123"},  // his wife, the same phone
      {"Jürgen", "Müller", "1960-12-01", "", "+49 30 1234567"},
      {"Juergen", "Mueller", "1960-12-01", "jm@example.net", ""},
      {"Anna", "Rossi", "1999-05-05", "test@test.com", "00000000"}};
  for (const auto& row : rows) {
    if (!records.add(row)) return 1;
  }
  const emptor::LinkSchema schema{.fields = {{"first_name", emptor::FieldType::given_name},
                                             {"surname", emptor::FieldType::family_name},
                                             {"born", emptor::FieldType::birth_date},
                                             {"email", emptor::FieldType::email},
                                             {"mobile", emptor::FieldType::phone}},
                                  .country = "GB"};
  const emptor::Linkage linkage = emptor::link(records, schema);
  for (std::size_t r = 0; r < records.size(); ++r) {
    std::cout << rows[r][0] << " " << rows[r][1] << ": customer " << linkage.clustering.cluster[r]
              << "\n";
  }
  for (const std::uint32_t other : {2U, 3U}) {
    const emptor::PairExplanation why = emptor::explain_pair(linkage, 0, other);
    std::cout << "0 and " << other << ", " << emptor::fixed(why.weight, 1)
              << " bits: " << emptor::evidence_line(why, 5) << "\n";
  }
}
