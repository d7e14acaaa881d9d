// Who is this? Records arrive one by one: found, made, merged; a person's decision, an undone
// merge, an erasure that holds.

#include <array>
#include <chrono>
#include <iostream>
#include <string_view>

#include "emptor/identity/resolver.hpp"

namespace {

using Row = std::array<std::string_view, 5>;

constexpr std::string_view outcomes[] = {"a new customer", "known", "known, and it joins customers",
                                         "was erased"};

void show(const Row& row, const emptor::Resolved& who) {
  std::cout << row[0] << " " << row[1] << ": " << outcomes[static_cast<int>(who.outcome)];
  if (who.customer != emptor::no_customer) std::cout << ", customer " << index(who.customer);
  std::cout << "\n";
  for (const emptor::MergeLog::Outcome& merge : who.events) {
    std::cout << "  " << index(merge.event.absorbed) << " joins " << index(merge.event.kept) << ": "
              << merge.event.reason << "\n";
  }
}

}  // namespace

int main() {
  // What is known so far: five records of a shop, linked in one go.
  emptor::Records records({"given_name", "family_name", "birth_date", "email", "phone"});
  for (const Row& row : std::initializer_list<Row>{
           {"Ada", "Byron", "1985-12-10", "ada@byron-post.org", ""},
           {"Grace", "Murray", "1976-12-09", "grace.murray@navy-post.org", "+12025550143"},
           {"Grace", "Murray", "", "grace.murray@navy-post.org", ""},
           {"Alan", "Turner", "1982-06-23", "", "+442079460958"},
           {"Emmy", "Nother", "1992-03-23", "emmy@nother-post.org", ""}}) {
    static_cast<void>(records.add(row).value());
  }
  const emptor::LinkSchema schema{.fields = {{"given_name", emptor::FieldType::given_name},
                                             {"family_name", emptor::FieldType::family_name},
                                             {"birth_date", emptor::FieldType::birth_date},
                                             {"email", emptor::FieldType::email},
                                             {"phone", emptor::FieldType::phone}}};
  emptor::ResolverOptions options;
  options.tombstone_key = "32 random bytes from a key store";
  emptor::Resolver resolver(emptor::link(records, schema), options);
  const emptor::Time today{std::chrono::days{20000}};

  // Every record has a customer number of its own, for ever; merges say who owns it.
  const Row visits[] = {{"Ada", "Byron", "1985-12-10", "", "+442079460100"},
                        {"Hedy", "Lamar", "1981-11-09", "hedy@lamar-post.org", ""},
                        {"Alan", "Turner", "23/06/1982", "alan@turner-post.org", "+442079460958"}};
  for (const Row& row : visits) show(row, resolver.resolve(row, today).value());

  // An advisor knows better, and then knows better still.
  const auto joined = resolver.join(emptor::Record{4}, emptor::Record{6}, today, "same voice");
  std::cout << "joined: customer " << index(resolver.owner(emptor::Record{6}))
            << " owns record 6\n";
  static_cast<void>(resolver.unmerge(joined->front().event.id, today, "sisters").value());
  std::cout << "undone: customer " << index(resolver.owner(emptor::Record{6})) << " owns record 6, "
            << resolver.log().events().size() << " events are kept\n";

  const auto erased = resolver.erase(emptor::Customer{1}, today).value();
  std::cout << erased.records << " records of Grace erased, " << erased.tombstones
            << " tombstones\n";
  const Row back{"G.", "Murray", "", "Grace.Murray@navy-post.org", ""};
  show(back, resolver.resolve(back, today).value());

  const auto saved = resolver.save();
  const auto loaded = emptor::Resolver::load(saved, schema, options);
  std::cout << "loaded: " << loaded->size()
            << " records, the same bytes: " << (loaded->save() == saved ? "yes" : "no") << "\n";
}
