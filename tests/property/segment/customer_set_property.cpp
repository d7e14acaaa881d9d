// Compressed sets of customers against std::set.

#include <set>

#include "emptor/core/archive.hpp"
#include "emptor/segment/customer_set.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

/// Dense runs and scattered ids over a few blocks.
std::vector<Customer> ids() {
  std::vector<Customer> out;
  const auto parts = *rc::gen::inRange(0, 6);
  for (int part = 0; part < parts; ++part) {
    const auto from = *rc::gen::inRange<std::uint32_t>(0, 200'000);
    const auto length = *rc::gen::inRange<std::uint32_t>(0, 3000);
    const auto step = *rc::gen::inRange<std::uint32_t>(1, 40);
    for (std::uint32_t i = 0; i < length; ++i) out.push_back(Customer{from + i * step});
  }
  return out;
}

std::vector<Customer> listed(const std::set<Customer>& set) {
  return {set.begin(), set.end()};
}

}  // namespace

TEST_CASE("sets of customers are sets") {
  test::check_property("algebra, sizes, save and load", [] {
    const std::vector<Customer> in_a = ids(), in_b = ids();
    const std::set<Customer> a(in_a.begin(), in_a.end()), b(in_b.begin(), in_b.end());
    CustomerSet x(in_a), y(in_b);
    if (*rc::gen::arbitrary<bool>()) x.optimise();
    std::set<Customer> both, either = a, only_a, one;
    for (const Customer c : a) (b.contains(c) ? both : only_a).insert(c);
    either.insert(b.begin(), b.end());
    for (const Customer c : either) {
      if (a.contains(c) != b.contains(c)) one.insert(c);
    }
    RC_ASSERT(x.customers() == listed(a));
    RC_ASSERT(x.size() == a.size());
    RC_ASSERT((x & y).customers() == listed(both));
    RC_ASSERT((x | y).customers() == listed(either));
    RC_ASSERT((x - y).customers() == listed(only_a));
    RC_ASSERT((x ^ y).customers() == listed(one));
    RC_ASSERT(x.overlap(y) == both.size());
    RC_ASSERT((x & y).is_subset_of(y));
    RC_ASSERT(x.is_subset_of(y) == only_a.empty());
    ArchiveWriter writer("set", 1);
    x.save(writer.section("set"));
    const std::vector<std::byte> bytes = std::move(writer).finish();
    const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "set", 1);
    SectionReader section = reader->section("set").value();
    RC_ASSERT(CustomerSet::load(section) == x);
    RC_ASSERT(section.finish().has_value());
  });
}
