// Archives: what goes in comes out, and no damage of any kind goes unnoticed.

#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using Bytes = std::vector<std::byte>;

struct Content {
  std::vector<std::uint8_t> numbers;
  std::vector<std::string> texts;
  std::vector<double> reals;
};

Bytes written(const Content& content) {
  ArchiveWriter writer("property", 1);
  writer.section("numbers").put_array(content.numbers);
  SectionWriter& texts = writer.section("texts");
  texts.put(std::uint64_t{content.texts.size()});
  for (const std::string& text : content.texts) texts.put_text(text);
  writer.section("reals").put_array(content.reals);
  return std::move(writer).finish();
}

Result<Content> read(std::span<const std::byte> bytes) {
  const auto reader = ArchiveReader::open(bytes, "property", 1);
  if (!reader) return reader.error();
  Content content;
  auto numbers = reader->section("numbers");
  if (!numbers) return numbers.error();
  content.numbers = numbers->get_array<std::uint8_t>();
  if (const auto done = numbers->finish(); !done) return done.error();
  auto texts = reader->section("texts");
  if (!texts) return texts.error();
  const auto count = texts->get<std::uint64_t>();
  while (texts->ok() && content.texts.size() < count) content.texts.push_back(texts->get_text());
  if (const auto done = texts->finish(); !done) return done.error();
  auto reals = reader->section("reals");
  if (!reals) return reals.error();
  content.reals = reals->get_array<double>();
  if (const auto done = reals->finish(); !done) return done.error();
  return content;
}

TEST_CASE("archives give back any content") {
  emptor::test::check_property("round trip",
                               [](std::vector<std::uint8_t> numbers, std::vector<std::string> texts,
                                  std::vector<double> reals) {
                                 const Bytes bytes = written({numbers, texts, reals});
                                 const auto content = read(bytes);
                                 RC_ASSERT(content.has_value());
                                 RC_ASSERT(content->numbers == numbers);
                                 RC_ASSERT(content->texts == texts);
                                 RC_ASSERT(content->reals == reals);
                                 RC_ASSERT(written(*content) == bytes);
                               });
}

TEST_CASE("archives with bytes changed, swapped, dropped or doubled are refused") {
  emptor::test::check_property(
      "damage",
      [](std::vector<std::uint8_t> numbers, std::vector<std::string> texts, std::uint32_t place,
         std::uint32_t length, std::uint8_t with) {
        const Bytes good = written({numbers, texts, {1.5}});
        const std::size_t from = place % good.size();
        const std::size_t to = from + 1 + length % (good.size() - from);
        const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
        Bytes filled = good;
        for (std::size_t i = from; i < to; ++i) filled[i] = static_cast<std::byte>(with);
        Bytes dropped = good;
        dropped.erase(dropped.begin() + at(from), dropped.begin() + at(to));
        Bytes doubled = good;
        doubled.insert(doubled.begin() + at(to), good.begin() + at(from), good.begin() + at(to));
        Bytes reversed(good.rbegin(), good.rend());
        for (const Bytes& bad : {filled, dropped, doubled, reversed}) {
          if (bad != good) RC_ASSERT(!read(bad).has_value());
        }
      },
      500);
}

TEST_CASE("any bytes with right checksums are read or refused") {
  emptor::test::check_property(
      "hostile payload",
      [](std::vector<std::uint8_t> numbers, std::vector<std::uint8_t> texts,
         std::vector<std::uint8_t> reals) {
        ArchiveWriter writer("property", 1);
        SectionWriter& s1 = writer.section("numbers");
        for (const std::uint8_t byte : numbers) s1.put(byte);
        SectionWriter& s2 = writer.section("texts");
        for (const std::uint8_t byte : texts) s2.put(byte);
        SectionWriter& s3 = writer.section("reals");
        for (const std::uint8_t byte : reals) s3.put(byte);
        const Bytes bytes = std::move(writer).finish();
        const auto content = read(bytes);
        if (content) RC_ASSERT(written(*content) == bytes);
      },
      500);
}

}  // namespace
