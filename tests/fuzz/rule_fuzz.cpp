// Segment rules from any bytes: an error with a place, or a rule that comes back from its text;
// segments of several rules; saved sets.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/segment/rule_batch.hpp"

namespace {

using namespace emptor;

void require(bool condition) {
  if (!condition) std::abort();
}

RuleSchema schema() {
  RuleSchema out;
  out.attributes = {{"country", RuleType::text}, {"age", RuleType::number}};
  out.item_columns = {"category"};
  out.tags = {"vip"};
  out.purposes = {"mail"};
  out.channels = {"web"};
  return out;
}

void parse(std::string_view text) {
  const Result<RuleNode> rule = parse_rule(text, schema());
  if (!rule) {
    require(!rule.error().message.empty() && !rule.error().where.empty());
    return;
  }
  const std::string canonical = to_text(*rule);
  if (canonical.size() > max_rule_bytes) return;
  const Result<RuleNode> again = parse_rule(canonical, schema());
  require(again.has_value() && to_text(*again) == canonical);
}

void evaluate(std::string_view text) {
  std::vector<SegmentDefinition> definitions;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(';', begin), text.size());
    definitions.push_back({std::string(1, static_cast<char>('a' + definitions.size() % 26)),
                           std::string(text.substr(begin, end - begin))});
    begin = end + 1;
  }
  const Result<RuleSegments> segments = RuleSegments::compile(definitions, schema());
  if (!segments) return;
  Customers customers;
  Items items;
  customers.column("country").set(customers.add("c"), "FR");
  customers.column("age").set(customers.add("d"), "30");
  items.column("category").set(items.add("i"), "shoes");
  Events events;
  for (int i = 0; i < 8; ++i) {
    events.add(Customer{static_cast<std::uint32_t>(i % 2)}, Item{0}, EventKind(i % 3),
               Time{std::chrono::seconds{1'700'000'000 + i * 50'000}}, "web");
  }
  const RuleBatch batch(*segments, {.customers = &customers, .items = &items, .events = &events});
  const SegmentSets sets = batch.at(Time{std::chrono::seconds{1'700'300'000}});
  for (std::size_t s = 0; s < segments->size(); ++s) {
    const RuleExplanation why =
        batch.explain(s, Customer{0}, Time{std::chrono::seconds{1'700'300'000}});
    require(why.holds == sets.sets[s].contains(Customer{0}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse(text);
  evaluate(text);
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)SegmentSets::load(bytes);
  ArchiveWriter writer("segment-sets", 1);
  SectionWriter& section = writer.section("segments");
  for (const std::byte byte : bytes) section.put(byte);
  const Result<SegmentSets> sets = SegmentSets::load(std::move(writer).finish());
  if (sets) require(SegmentSets::load(sets->save())->sets == sets->sets);
  return 0;
}
