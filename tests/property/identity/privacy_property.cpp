// Pseudonyms, tombstones and encodings against plain twins, for any bytes.

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emptor/identity/bloom_encoding.hpp"
#include "emptor/identity/pseudonym.hpp"
#include "emptor/identity/tombstones.hpp"
#include "support/property.hpp"

using namespace emptor;

namespace {

const SecretKey key("thirty-two random bytes, say so.");

TEST_CASE("pseudonyms are HMACs of what cannot be confused") {
  test::check_property("pseudonyms", [](std::string purpose, std::string type,
                                        const std::string& value, const std::string& secret) {
    std::erase(purpose, '\0');
    std::erase(type, '\0');
    const std::string bytes = secret + "sixteen more of it";
    const std::string message = purpose + '\0' + type + '\0' + value;
    const SecretKey own(bytes);
    RC_ASSERT(pseudonym(own, purpose, type, value) == hmac_sha256(bytes, message));
    RC_ASSERT(pseudonym(own, purpose + "x", type, value) != pseudonym(own, purpose, type, value));
  });
}

TEST_CASE("tombstones do as a map of the values would") {
  test::check_property("tombstones",
                       [](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& steps) {
                         Tombstones stones;
                         std::map<std::string, Time> twin;
                         for (const auto& [action, number] : steps) {
                           const std::string value = std::to_string(number % 16);
                           const StrongIdentifier identifier{"email", value};
                           const Time time{std::chrono::seconds{number}};
                           if (action % 3 == 0) {
                             RC_ASSERT(stones.lift(key, identifier) == (twin.erase(value) != 0));
                           } else {
                             const auto [at, made] = twin.try_emplace(value, time);
                             at->second = std::max(at->second, time);
                             RC_ASSERT(stones.add(key, identifier, time) == made);
                           }
                         }
                         RC_ASSERT(stones.size() == twin.size());
                         for (int v = 0; v < 16; ++v) {
                           const auto found = twin.find(std::to_string(v));
                           const auto held = stones.find(key, {"email", std::to_string(v)});
                           RC_ASSERT(held.has_value() == (found != twin.end()));
                           if (held) RC_ASSERT(*held == found->second);
                         }
                         RC_ASSERT(*Tombstones::load(stones.save()) == stones);
                       });
}

TEST_CASE("damaged encodings and tombstones are refused") {
  test::check_property("mutations", [](std::uint16_t place, std::uint8_t change) {
    Tombstones stones;
    stones.add(key, {"email", "a@b.org"}, Time{});
    std::vector<std::uint64_t> rows{1, 2, 3, 4};
    std::vector<std::byte> saved[] = {stones.save(), BloomEncodings(128, 5, rows).save()};
    for (std::vector<std::byte>& bytes : saved) {
      bytes[place % bytes.size()] ^= static_cast<std::byte>(change);
    }
    RC_ASSERT(Tombstones::load(saved[0]).has_value() == (change == 0));
    RC_ASSERT(BloomEncodings::load(saved[1]).has_value() == (change == 0));
  });
}

TEST_CASE("an encoding depends on nothing but its own record") {
  test::check_property("encodings", [](const std::vector<std::string>& values) {
    const LinkSchema schema{.fields = {{"a", FieldType::text}}};
    const auto encoded = [&](const std::vector<std::string>& texts) {
      Records records({"a"});
      for (const std::string& text : texts) {
        const std::string_view row[] = {text};
        (void)records.add(row).value();
      }
      return encode_records(records, schema, key, {.bits = 128}).encodings;
    };
    const BloomEncodings all = encoded(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const BloomEncodings one = encoded({values[i]});
      RC_ASSERT(std::ranges::equal(one.row(0), all.row(i)));
      RC_ASSERT(dice_similarity(one.row(0), all.row(i)) == (one.ones(0) != 0 ? 1 : 0));
    }
  });
}

}  // namespace
