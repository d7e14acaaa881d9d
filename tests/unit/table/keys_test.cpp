#include "emptor/table/keys.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

namespace {

using namespace emptor;
using CustomerKeys = Keys<Customer>;

std::vector<std::byte> saved(const CustomerKeys& keys) {
  ArchiveWriter writer("test", 1);
  keys.save(writer.section("keys"));
  return std::move(writer).finish();
}

Result<CustomerKeys> loaded(std::span<const std::byte> bytes, const KeysOptions& options = {}) {
  const auto reader = ArchiveReader::open(bytes, "test", 1);
  auto section = reader->section("keys").value();
  auto keys = CustomerKeys::load(section, options);
  if (const auto done = section.finish(); keys && !done) return done.error();
  return keys;
}

TEST_CASE("keys are numbered in the order they come") {
  CustomerKeys keys;
  CHECK(keys.empty());
  CHECK_FALSE(keys.find("alice"));
  CHECK(keys.add("alice") == Customer{0});
  CHECK(keys.add("bob") == Customer{1});
  CHECK(keys.add("alice") == Customer{0});
  CHECK(keys.add_new("carol") == std::pair(Customer{2}, true));
  CHECK(keys.add_new("carol") == std::pair(Customer{2}, false));
  CHECK(keys.size() == 3);
  CHECK(keys.find("bob") == Customer{1});
  CHECK(keys.key(Customer{1}) == "bob");
  CHECK_FALSE(keys.find("Bob"));
  CHECK_THROWS_AS(keys.key(Customer{3}), Exception);
  CHECK_THROWS_AS(keys.key(no_customer), Exception);
}

TEST_CASE("any bytes are a key") {
  CustomerKeys keys;
  const std::string nul_1("a\0b", 3), nul_2("a\0c", 3);
  const std::vector<std::string> all{
      "",  "a", "aa", "aaa", std::string(1, '\0'), nul_1, nul_2, "\xff", std::string(100000, 'x'),
      " a"};
  for (const std::string& key : all) keys.add(key);
  REQUIRE(keys.size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(keys.find(all[i]) == id_at<Customer>(i));
    CHECK(keys.key(id_at<Customer>(i)) == all[i]);
  }
}

TEST_CASE("keys of every length are told apart by every byte") {
  CustomerKeys keys;
  std::size_t count = 0;
  for (std::size_t length = 1; length <= 70; ++length) {
    std::string key(length, 'k');
    keys.add(key), ++count;
    for (char& c : key) {
      c = 'q';
      keys.add(key), ++count;
      c = 'k';
    }
  }
  CHECK(keys.size() == count);
}

TEST_CASE("a number is its decimal text") {
  CustomerKeys keys;
  CHECK(keys.add(42) == Customer{0});
  CHECK(keys.add("42") == Customer{0});
  CHECK(keys.add(std::uint64_t{42}) == Customer{0});
  CHECK(keys.add(0) == Customer{1});
  CHECK(keys.add(-7) == Customer{2});
  CHECK(keys.add(std::numeric_limits<std::uint64_t>::max()) == Customer{3});
  CHECK(keys.add(std::numeric_limits<std::int64_t>::min()) == Customer{4});
  CHECK(keys.key(Customer{3}) == "18446744073709551615");
  CHECK(keys.key(Customer{4}) == "-9223372036854775808");
  CHECK(keys.find(std::int16_t{-7}) == Customer{2});
  CHECK_FALSE(keys.find(7));
  CHECK_FALSE(keys.find("042"));
}

TEST_CASE("a key may be a part of a key that is there") {
  CustomerKeys keys;
  keys.add("0123456789012345678901234567890123456789");
  for (std::size_t length = 1; length < 40; ++length) {
    CHECK(keys.add(keys.key(Customer{0}).substr(0, length)) == id_at<Customer>(length));
  }
  CHECK(keys.key(Customer{39}) == "012345678901234567890123456789012345678");
}

TEST_CASE("too many keys are refused and nothing changes") {
  CustomerKeys keys({.max_keys = 12});
  for (int i = 0; i < 12; ++i) keys.add(i);
  try {
    keys.add("one more");
    FAIL("no exception");
  } catch (const Exception& exception) {
    CHECK(exception.code() == ErrorCode::overflow);
    CHECK(exception.error().message == "more than 12 distinct keys");
  }
  CHECK(keys.size() == 12);
  CHECK(keys.add(5) == Customer{5});
  CHECK_FALSE(keys.find("one more"));
  CHECK_THROWS_AS(CustomerKeys({.max_keys = 0}), Exception);
  CHECK_THROWS_AS(CustomerKeys({.max_keys = max_ids + 1}), Exception);
}

TEST_CASE("ids do not depend on the seed or on reserved room") {
  CustomerKeys plain;
  CustomerKeys seeded({.seed = 1});
  CustomerKeys roomy;
  roomy.reserve(5000);
  for (int i = 0; i < 5000; ++i) {
    const auto key = text("customer ", (i * 7919) % 3000);
    const Customer id = plain.add(key);
    REQUIRE(seeded.add(key) == id);
    REQUIRE(roomy.add(key) == id);
  }
  CHECK(plain.size() == 3000);
  CHECK(plain == seeded);
  CHECK(plain == roomy);
  seeded.add("another");
  CHECK_FALSE(plain == seeded);
}

TEST_CASE("keys are copied and moved") {
  CustomerKeys keys;
  for (int i = 0; i < 100; ++i) keys.add(i);
  CustomerKeys copy = keys;
  copy.add("x");
  CHECK(keys.size() == 100);
  CHECK_FALSE(keys.find("x"));
  const CustomerKeys moved = std::move(copy);
  CHECK(moved.find("x") == Customer{100});
  CHECK(moved.find(99) == Customer{99});
}

TEST_CASE("keys are saved and loaded") {
  CustomerKeys keys;
  for (int i = 0; i < 1000; ++i) keys.add(text("key ", i * i));
  keys.add("");
  const auto back = loaded(saved(keys));
  REQUIRE(back);
  CHECK(*back == keys);
  CHECK(back->find("key 81") == Customer{9});
  CHECK(back->find("") == Customer{1000});
  CHECK(loaded(saved(CustomerKeys{}))->empty());
  CHECK(loaded(saved(keys), {.max_keys = 1000}).error().code == ErrorCode::corrupt);
}

TEST_CASE("archives with keys that contradict themselves are refused") {
  const auto crafted = [](const std::vector<std::uint32_t>& lengths, std::string_view bytes) {
    ArchiveWriter writer("test", 1);
    SectionWriter& section = writer.section("keys");
    section.put_array(lengths);
    section.put_text(bytes);
    return std::move(writer).finish();
  };
  CHECK(loaded(crafted({1, 2}, "abb"))->size() == 2);
  CHECK(loaded(crafted({1, 1}, "aa")).error().message == "a key stands there twice");
  CHECK(loaded(crafted({1, 3}, "abb")).error().code == ErrorCode::corrupt);
  CHECK(loaded(crafted({1, 1}, "abb")).error().code == ErrorCode::corrupt);
  CHECK(loaded(crafted({0xffffffffU, 0xffffffffU}, "ab")).error().code == ErrorCode::corrupt);
}

}  // namespace
