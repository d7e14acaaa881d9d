#include "emptor/segment/customer_set.hpp"

#include "emptor/core/archive.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

Customer id(std::uint32_t number) {
  return Customer{number};
}

std::vector<std::byte> saved(const CustomerSet& set) {
  ArchiveWriter writer("set", 1);
  set.save(writer.section("set"));
  return std::move(writer).finish();
}

/// The set of a section with these numbers, or what the section says.
Result<CustomerSet> loaded(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, "set", 1);
  SectionReader section = reader->section("set").value();
  CustomerSet set = CustomerSet::load(section);
  if (const Result<void> done = section.finish(); !done) return done.error();
  return set;
}

CustomerSet numbers(std::uint32_t from, std::uint32_t to, std::uint32_t step) {
  CustomerSet set;
  for (std::uint32_t i = from; i < to; i += step) set.add(id(i));
  return set;
}

}  // namespace

TEST_CASE("customers come and go") {
  CustomerSet set;
  CHECK(set.empty());
  CHECK_FALSE(set.contains(id(7)));
  CHECK_FALSE(set.remove(id(7)));
  CHECK(set.add(id(7)));
  CHECK_FALSE(set.add(id(7)));
  CHECK(set.add(id(4'294'967'294U)));
  CHECK(set.size() == 2);
  CHECK(set.customers() == std::vector{id(7), id(4'294'967'294U)});
  CHECK(set.at(1) == id(4'294'967'294U));
  CHECK_THROWS_AS(set.at(2), Exception);
  CHECK(set.remove(id(7)));
  CHECK(set.size() == 1);
  set.clear();
  CHECK(set == CustomerSet{});
  CHECK_THROWS_AS(set.add(no_customer), Exception);
  const std::vector with_nobody{id(1), no_customer};
  CHECK_THROWS_AS(set.add(with_nobody), Exception);
  CHECK(set.empty());
}

TEST_CASE("algebra of sets, also with the empty one and with oneself") {
  const CustomerSet even = numbers(0, 100, 2), triple = numbers(0, 100, 3), none;
  CHECK((even & triple) == numbers(0, 100, 6));
  CHECK((even | triple).size() == 67);
  CHECK((even - triple).size() == 33);
  CHECK((even ^ triple).size() == 50);
  CHECK(even.overlap(triple) == 17);
  CHECK(even.jaccard(triple) == Approx(17.0 / 67));
  CHECK(none.jaccard(none) == 0);
  CHECK((even & none).empty());
  CHECK((none | even) == even);
  CHECK((none - even).empty());
  CHECK((none ^ even) == even);
  CustomerSet self = even;
  self &= self;
  CHECK(self == even);
  self -= self;
  CHECK(self.empty());
  CHECK(numbers(0, 100, 6).is_subset_of(even));
  CHECK_FALSE(even.is_subset_of(triple));
  CHECK(none.is_subset_of(none));
  CHECK(CustomerSet::first(3).customers() == std::vector{id(0), id(1), id(2)});
  CHECK(CustomerSet::first(0).empty());
}

TEST_CASE("a copy is a copy") {
  CustomerSet set = numbers(0, 10, 1);
  const CustomerSet copy = set;
  set.remove(id(0));
  CHECK(copy.size() == 10);
  CustomerSet moved = std::move(set);
  CHECK(moved.size() == 9);
  moved = copy;
  CHECK(moved == copy);
  std::size_t visited = 0;
  copy.for_each([&](Customer customer) { visited += index(customer); });
  CHECK(visited == 45);
}

TEST_CASE("merged customers count once") {
  const std::vector merged{id(0), id(0), id(2), id(2)};
  const CustomerSet all = numbers(1, 6, 1);
  CHECK(all.map(merged).customers() == std::vector{id(0), id(2), id(4), id(5)});
}

TEST_CASE("overlaps of many sets") {
  const std::vector<CustomerSet> sets{numbers(0, 100, 2), numbers(0, 100, 3), {}};
  const CustomerSetOverlap overlap = overlap_of(sets);
  CHECK(overlap.at(0, 0) == 50);
  CHECK(overlap.at(0, 1) == 17);
  CHECK(overlap.at(1, 0) == 17);
  CHECK(overlap.at(2, 0) == 0);
  CHECK(overlap.share(1, 0) == Approx(0.5));
  CHECK(overlap.share(2, 0) == 0);
  CHECK(overlap.jaccard(0, 1) == Approx(17.0 / 67));
  CHECK(overlap.jaccard(2, 2) == 0);
}

TEST_CASE("a saved set comes back, in any form of its blocks") {
  CustomerSet set = numbers(0, 300'000, 1);            // runs
  set |= numbers(1'000'000, 1'065'536, 2);             // bitmap
  set |= numbers(4'200'000'000U, 4'200'010'000U, 17);  // array
  const CustomerSet back = loaded(saved(set)).value();
  CHECK(back == set);
  CHECK(saved(back) == saved(set));
  set.optimise();
  CHECK(saved(back) == saved(set));
  CHECK(set.bytes() < 20'000);
  CHECK(loaded(saved(CustomerSet{}))->empty());
}

TEST_CASE("a damaged set is refused") {
  const auto load_numbers = [](auto... parts) {
    ArchiveWriter writer("set", 1);
    SectionWriter& section = writer.section("set");
    (section.put(parts), ...);
    const Result<CustomerSet> set = loaded(std::move(writer).finish());
    return set ? std::string("loaded") : set.error().message;
  };
  using u8 = std::uint8_t;
  using u16 = std::uint16_t;
  using u32 = std::uint32_t;
  using u64 = std::uint64_t;
  CHECK(load_numbers(u32{1}, u16{0}, u8{0}, u64{2}, u16{5}, u16{6}) == "loaded");
  CHECK(load_numbers(u32{1}, u16{0}, u8{0}, u64{2}, u16{5}, u16{5}) ==
        "a block of customers is not ascending");
  CHECK(load_numbers(u32{1}, u16{0}, u8{0}, u64{0}) == "a block of customers is not ascending");
  CHECK(load_numbers(u32{1}, u16{0}, u8{3}, u64{0}) == "a choice is none of the known ones");
  CHECK(load_numbers(u32{1}, u16{0}, u8{1}, u64{1}, u64{7}) ==
        "a bitmap of customers is empty or of another length");
  CHECK(load_numbers(u32{1}, u16{0}, u8{2}, u64{4}, u16{1}, u16{2}, u16{3}, u16{4}) ==
        "runs of customers are not ascending and apart");
  CHECK(load_numbers(u32{1}, u16{0}, u8{2}, u64{4}, u16{1}, u16{2}, u16{4}, u16{4}) == "loaded");
  CHECK(load_numbers(u32{2}, u16{1}, u8{0}, u64{1}, u16{5}, u16{1}, u8{0}, u64{1}, u16{6}) ==
        "blocks of customers are not ascending");
  CHECK(load_numbers(u32{1}, u16{0xffff}, u8{0}, u64{1}, u16{0xffff}) ==
        "a set holds the id of nobody");
  CHECK(load_numbers(u32{0xffffffff}) == "the section ends too early");
}
