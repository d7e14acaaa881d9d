#include "emptor/identity/tombstones.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace emptor;

namespace {

const SecretKey key("thirty-two random bytes, say so.");
const SecretKey other_key("thirty-two other bytes, say so..");
constexpr Time at(std::int64_t day) {
  return Time{std::chrono::days{day}};
}

TEST_CASE("tombstones of an erased person") {
  Tombstones stones;
  const std::array<StrongIdentifier, 4> person{{{"email", "ada@lovelace.org"},
                                                {"phone", "+442079460000"},
                                                {"account", ""},
                                                {"email", "ada@lovelace.org"}}};
  CHECK_FALSE(stones.contains(key, person[0]));
  CHECK(stones.add(key, person, at(10)) == 2);
  CHECK(stones.size() == 2);
  CHECK(stones.find(key, person[0]) == at(10));
  CHECK(stones.contains(key, person[1]));
  CHECK_FALSE(stones.contains(key, {"account", ""}));
  CHECK_FALSE(stones.contains(key, {"phone", "ada@lovelace.org"}));
  CHECK_FALSE(stones.contains(key, {"email", "Ada@lovelace.org"}));
  CHECK(stones.contains_any(key, person));
  CHECK_FALSE(stones.contains_any(key, {}));

  CHECK_FALSE(stones.add(key, person[0], at(4)));
  CHECK(stones.find(key, person[0]) == at(10));
  CHECK_FALSE(stones.add(key, person[0], at(12)));
  CHECK(stones.find(key, person[0]) == at(12));

  CHECK(stones.lift(key, person[0]));
  CHECK_FALSE(stones.lift(key, person[0]));
  CHECK_FALSE(stones.contains(key, person[0]));
  CHECK(stones.contains(key, person[1]));
}

TEST_CASE("tombstones belong to one key") {
  Tombstones stones;
  stones.add(key, {"email", "a@b.org"}, at(1));
  CHECK_THROWS_AS(stones.contains(other_key, {"email", "a@b.org"}), Exception);
  CHECK_THROWS_AS(stones.add(other_key, {"email", "c@b.org"}, at(1)), Exception);
  CHECK_THROWS_AS(stones.lift(other_key, {"email", "a@b.org"}), Exception);
  CHECK(stones.made_with(key));
  CHECK_FALSE(stones.made_with(other_key));
  CHECK_THROWS_AS(stones.add(key, {std::string_view("em\0ail", 6), "x"}, at(1)), Exception);

  Tombstones more;
  more.add(key, {"email", "a@b.org"}, at(7));
  more.add(key, {"email", "d@b.org"}, at(2));
  CHECK(stones.merge(more).has_value());
  CHECK(stones.size() == 2);
  CHECK(stones.find(key, {"email", "a@b.org"}) == at(7));
  Tombstones foreign;
  foreign.add(other_key, {"email", "a@b.org"}, at(7));
  CHECK(stones.merge(foreign).error().code == ErrorCode::invalid_value);
  CHECK(stones.merge(Tombstones{}).has_value());
  CHECK(foreign.lift(other_key, {"email", "a@b.org"}));
  CHECK(foreign == Tombstones{});
  CHECK(foreign.add(key, {"email", "a@b.org"}, at(1)));  // empty: free for any key
}

TEST_CASE("saved tombstones hold codes alone") {
  Tombstones stones;
  for (int i = 0; i < 50; ++i) {
    stones.add(key, {"email", "secret" + std::to_string(i) + "@example.org"}, at(i));
  }
  const std::vector<std::byte> bytes = stones.save();
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  for (const char* part : {"secret", "example", "email", "thirty"}) {
    CHECK(text.find(part) == std::string::npos);
  }
  const Result<Tombstones> loaded = Tombstones::load(bytes);
  REQUIRE(loaded.has_value());
  CHECK(*loaded == stones);
  CHECK(loaded->save() == bytes);
  CHECK(loaded->find(key, {"email", "secret7@example.org"}) == at(7));
  CHECK(*Tombstones::load(Tombstones{}.save()) == Tombstones{});
  for (std::size_t cut = 0; cut < bytes.size(); cut += 7) {
    CHECK_FALSE(Tombstones::load(std::span(bytes).first(cut)).has_value());
  }
  for (std::size_t at_byte = 0; at_byte < bytes.size(); at_byte += 5) {
    std::vector<std::byte> damaged = bytes;
    damaged[at_byte] ^= std::byte{0x10};
    CHECK_FALSE(Tombstones::load(damaged).has_value());
  }
}

}  // namespace
