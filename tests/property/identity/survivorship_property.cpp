// Survivors do not depend on the order of records and are what the rule says, read off naively.

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "emptor/identity/golden_profile.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

/// Each row: which text, and a number for time, source and verification.
using Rows = std::vector<std::pair<std::uint8_t, std::uint16_t>>;

const std::string texts[] = {"", "a", "bb", "B", "ccc", "\xc3\xa9\xc3\xa9", "bb "};

struct Table {
  explicit Table(const Rows& rows) {
    for (const auto& [text, word] : rows) {
      (void)records.add(std::vector<std::string_view>{texts[text % 7]}).value();
      origins.push_back({Customer{0}, Source{word % 4U}, Time{std::chrono::seconds{word / 4 % 5}},
                         word / 20 % 2U});
      members.push_back(id_at<Record>(members.size()));
    }
  }
  Records records{std::vector<std::string>{"x"}};
  std::vector<RecordOrigin> origins;
  std::vector<Record> members;
};

SurvivorshipOptions options(SurvivorRule rule) {
  SurvivorshipOptions out;
  out.fields = {{.column = "x",
                 .rule = rule,
                 .priority = {Source{2}, Source{0}},
                 .choose = [](std::span<const SurvivorCandidate> c) { return c.size() - 1; }}};
  return out;
}

TEST_CASE("the survivor and the losers do not depend on the order of records") {
  emptor::test::check_property("order of records", [](const Rows& rows, std::uint32_t seed) {
    for (int r = 0; r <= static_cast<int>(SurvivorRule::custom); ++r) {
      const SurvivorshipOptions rules = options(static_cast<SurvivorRule>(r));
      const Table table(rows);
      const GoldenProfileMaker maker(table.records.columns(), rules);
      const auto made = maker.make(Customer{0}, table.records, table.origins, table.members);
      // The same table with its members named in another order: equal in all.
      std::vector<Record> turned = table.members;
      std::reverse(turned.begin(), turned.end());
      if (!turned.empty()) {
        std::rotate(turned.begin(), turned.begin() + seed % turned.size(), turned.end());
      }
      RC_ASSERT(maker.make(Customer{0}, table.records, table.origins, turned) == made);
      // The rows in another order: equal but for the numbers of rows.
      Rows other(rows.rbegin(), rows.rend());
      const Table shuffled(other);
      const auto again =
          maker.make(Customer{0}, shuffled.records, shuffled.origins, shuffled.members);
      const GoldenField& a = made.fields[0];
      const GoldenField& b = again.fields[0];
      RC_ASSERT(a.value == b.value);
      RC_ASSERT(a.time == b.time);
      RC_ASSERT(a.source == b.source);
      RC_ASSERT(a.losing.size() == b.losing.size());
      for (std::size_t l = 0; l < a.losing.size(); ++l) {
        RC_ASSERT(a.losing[l].value == b.losing[l].value);
        RC_ASSERT(a.losing[l].latest == b.losing[l].latest);
      }
    }
  });
}

TEST_CASE("the survivor is the best by its rule, and nothing is lost") {
  emptor::test::check_property("naive survivor", [](const Rows& rows) {
    const Table table(rows);
    const auto value = [&](Record record) {
      const auto text = table.records.value(record, 0);
      return text == "bb " ? std::string_view("bb") : text;
    };
    std::map<std::string_view, int> counts;
    for (const Record record : table.members) ++counts[value(record)];
    const auto points = [](std::string_view text) { return text == texts[5] ? 2 : text.size(); };
    const auto rank = [](Source source) {
      return source == Source{2} ? 0 : source == Source{0} ? 1 : 2;
    };
    for (int r = 0; r < static_cast<int>(SurvivorRule::custom); ++r) {
      const auto rule = static_cast<SurvivorRule>(r);
      const GoldenProfileMaker maker(table.records.columns(), options(rule));
      const GoldenField field =
          maker.make(Customer{0}, table.records, table.origins, table.members).fields[0];
      RC_ASSERT(field.usable + field.missing == table.members.size());
      std::size_t named = field.records.size();
      for (const LosingValue& losing : field.losing) named += losing.records.size();
      RC_ASSERT(named == field.usable);
      RC_ASSERT(field.value.empty() == (field.usable == 0));
      if (field.usable == 0) continue;
      const Record best = *field.record;
      RC_ASSERT(value(best) == field.value);
      for (const Record record : table.members) {
        if (value(record).empty()) continue;
        RC_ASSERT((value(record) == field.value) ==
                  std::binary_search(field.records.begin(), field.records.end(), record));
        const RecordOrigin& mine = table.origins[index(best)];
        const RecordOrigin& other = table.origins[index(record)];
        if (rule == SurvivorRule::most_recent) RC_ASSERT(mine.time >= other.time);
        if (rule == SurvivorRule::most_frequent)
          RC_ASSERT(counts[field.value] >= counts[value(record)]);
        if (rule == SurvivorRule::longest) RC_ASSERT(points(field.value) >= points(value(record)));
        if (rule == SurvivorRule::source_priority)
          RC_ASSERT(rank(mine.source) <= rank(other.source));
        if (rule == SurvivorRule::verified_first) RC_ASSERT(mine.verified >= other.verified);
      }
    }
  });
}

TEST_CASE("inference counts that are taken back leave nothing, and merge as they add") {
  using Pairs = std::vector<std::pair<std::uint8_t, std::uint8_t>>;
  emptor::test::check_property("inference counts", [](const Pairs& pairs, const Pairs& gone) {
    InferenceCounts all, kept, halves[2];
    const auto text = [](int n) { return std::to_string(n % 4); };
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const auto [from, to] = pairs[i];
      all.add(text(from), text(to), text(to / 4));
      kept.add(text(from), text(to), text(to / 4));
      halves[i % 2].add(text(from), text(to), text(to / 4));
    }
    for (const auto& [from, to] : gone) all.add(text(from), text(to), text(to / 4));
    for (const auto& [from, to] : gone) all.remove(text(from), text(to), text(to / 4));
    halves[0].merge(halves[1]);
    RC_ASSERT(all == kept);
    RC_ASSERT(halves[0] == kept);
    for (int from = 0; from < 4; ++from) {
      std::map<std::string, std::uint32_t> by_key;
      std::uint32_t total = 0;
      for (const auto& [f, to] : pairs) {
        if (f % 4 != from) continue;
        ++by_key[text(to)];
        ++total;
      }
      const auto most = kept.most(text(from));
      RC_ASSERT(most.has_value() == (total != 0));
      if (!most) continue;
      RC_ASSERT(most->total == total);
      for (const auto& [key, count] : by_key) RC_ASSERT(most->support >= count);
    }
  });
}

}  // namespace
