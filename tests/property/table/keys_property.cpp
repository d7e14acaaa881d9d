// Keys against a map.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "emptor/table/keys.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

TEST_CASE("keys number and find what a map does") {
  emptor::test::check_property(
      "twin of a map",
      [](const std::vector<std::string>& texts, const std::vector<std::int16_t>& numbers,
         std::uint64_t seed) {
        Keys<Item> keys({.seed = seed});
        std::unordered_map<std::string, Item> twin;
        const auto check = [&](const std::string& key, Item id) {
          const Item expected = twin.try_emplace(key, id_at<Item>(twin.size())).first->second;
          RC_ASSERT(id == expected);
        };
        for (const std::string& key : texts) check(key, keys.add(key));
        for (const std::int16_t key : numbers) check(std::to_string(key), keys.add(key));
        for (const std::string& key : texts) check(key, keys.add(key));
        RC_ASSERT(keys.size() == twin.size());
        for (const auto& [key, id] : twin) {
          RC_ASSERT(keys.find(key) == id);
          RC_ASSERT(keys.key(id) == key);
          RC_ASSERT(keys.find(key + "x").has_value() == twin.contains(key + "x"));
        }
      },
      300);
}

TEST_CASE("keys come back from an archive, under another seed too") {
  emptor::test::check_property("saved keys", [](const std::vector<std::string>& texts) {
    Keys<Item> keys;
    for (const std::string& key : texts) keys.add(key);
    ArchiveWriter writer("test", 1);
    keys.save(writer.section("keys"));
    const auto bytes = std::move(writer).finish();
    const auto reader = ArchiveReader::open(bytes, "test", 1);
    auto section = reader->section("keys").value();
    const auto back = Keys<Item>::load(section, {.seed = 7});
    RC_ASSERT(back.has_value() && section.finish().has_value());
    RC_ASSERT(*back == keys);
    for (const std::string& key : texts) RC_ASSERT(back->find(key) == keys.find(key));
  });
}

TEST_CASE("any bytes load as distinct keys or not at all") {
  emptor::test::check_property(
      "hostile keys",
      [](const std::vector<std::uint8_t>& lengths, const std::string& bytes) {
        ArchiveWriter writer("test", 1);
        SectionWriter& out = writer.section("keys");
        std::vector<std::uint32_t> wide;
        std::size_t total = 0;
        for (const std::uint8_t length : lengths) {
          wide.push_back(length % 3);
          total += length % 3;
        }
        out.put_array(wide);
        out.put_text(bytes.substr(0, total));
        const auto archive = std::move(writer).finish();
        auto section = ArchiveReader::open(archive, "test", 1)->section("keys").value();
        const auto keys = Keys<Item>::load(section);
        if (!keys) return;
        RC_ASSERT(keys->size() == lengths.size());
        for (std::size_t i = 0; i < keys->size(); ++i) {
          const Item id = id_at<Item>(i);
          RC_ASSERT(keys->find(keys->key(id)) == id);
        }
      },
      300);
}

}  // namespace
