// Fuzz body of archives and of what is loaded from them. Three ways in, by the first byte modulo 3:
//
// - 0: the rest is a file as it comes;
// - 1: the rest is up to three payloads, which a real writer wraps, so that loaders see hostile
//   content behind right checksums;
// - 2: the rest says how a forger fills the header and the heads of sections, with right checksums.
//
// An archive that opens must have been covered by its checksums: changing one byte must be noticed.
// Content that loads must be saved to what loads to the same.

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/matrix.hpp"
#include "emptor/core/merge_log.hpp"
#include "emptor/table/keys.hpp"

namespace {

using namespace emptor;
using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

enum class Choice : std::int8_t { first, second };

void require(bool holds) {
  if (!holds) std::abort();
}

/// Reads values as the bytes themselves say, so that every getter meets every state.
void read_anything(SectionReader section) {
  std::vector<float> three(3);
  while (section.remaining() != 0) {
    switch (section.get<std::uint8_t>() % 10) {
      case 0:
        static_cast<void>(section.get<std::int16_t>());
        break;
      case 1:
        static_cast<void>(section.get<double>());
        break;
      case 2:
        static_cast<void>(section.get<bool>());
        break;
      case 3:
        static_cast<void>(section.get_enum(Choice::second));
        break;
      case 4:
        static_cast<void>(section.get_array<std::uint64_t>());
        break;
      case 5:
        section.get_array(std::span(three));
        break;
      case 6:
        static_cast<void>(section.get_text());
        break;
      case 7:
        static_cast<void>(section.get_matrix<float>());
        break;
      case 8:
        static_cast<void>(section.get_array<Customer>());
        break;
      default:
        static_cast<void>(section.get_view());
        break;
    }
  }
  if (const auto done = section.finish(); !done) {
    require(section.remaining() == 0 && section.get<std::uint32_t>() == 0);
    require(!done.error().message.empty());
  }
}

template <class Saved>
Bytes saved(const Saved& object) {
  ArchiveWriter writer("fuzz", 1);
  object.save(writer.section("object"));
  return std::move(writer).finish();
}

template <class Loaded>
void load_twice(SectionReader section) {
  const auto object = Loaded::load(section);
  require(object.has_value() || !object.error().message.empty());
  if (!object) return;
  const Bytes bytes = saved(*object);
  const auto reader = ArchiveReader::open(bytes, "fuzz", 1);
  auto again = reader->section("object").value();
  const auto copy = Loaded::load(again);
  require(copy.has_value() && again.finish().has_value() && saved(*copy) == bytes);
}

void read_archive(View bytes) {
  const auto kind = ArchiveReader::kind_of(bytes);
  if (!kind) return;
  const auto reader = ArchiveReader::open(bytes, *kind, 0xffffffff);
  if (!reader) return;
  for (const char* tag : {"numbers", "keys", "merges", "a", "b", "c"}) {
    const auto section = reader->section(tag, 0xffffffff);
    if (!section) continue;
    read_anything(*section);
    load_twice<Keys<Customer>>(*section);
    load_twice<MergeLog>(*section);
  }
  Bytes changed(bytes.begin(), bytes.end());
  const std::size_t place = static_cast<std::size_t>(xxh64(bytes) % changed.size());
  changed[place] ^= std::byte{0x20};
  require(!ArchiveReader::open(changed, *kind, 0xffffffff));
}

/// Wraps payloads (a length byte, then so many bytes) by a real writer.
Bytes wrapped(View bytes) {
  ArchiveWriter writer("fuzz", 1);
  for (const char* tag : {"a", "b", "c"}) {
    SectionWriter& section = writer.section(tag);
    if (bytes.empty()) break;
    const auto wanted = std::to_integer<std::size_t>(bytes.front());
    bytes = bytes.subspan(1);
    const std::size_t length = wanted == 255 || wanted > bytes.size() ? bytes.size() : wanted;
    for (const std::byte b : bytes.first(length)) section.put(b);
    bytes = bytes.subspan(length);
  }
  return std::move(writer).finish();
}

/// Writes what looks like an archive, with fields that lie where the input says so.
class Forger {
 public:
  explicit Forger(View input) : input_(input) {}

  Bytes forge() {
    const std::size_t sections = take() % 4;
    out_.resize(detail::archive_magic.size());
    std::memcpy(out_.data(), detail::archive_magic.data(), out_.size());
    put<std::uint32_t>(field(1));
    put<std::uint32_t>(field(1));
    const std::size_t length_at = out_.size();
    const std::uint64_t length_lie = field(0);
    put<std::uint64_t>(0);
    put<std::uint32_t>(field(sections));
    name();
    const std::size_t header = out_.size();
    std::vector<std::pair<std::size_t, std::size_t>> heads;
    for (std::size_t i = 0; i < sections; ++i) {
      const std::size_t begin = out_.size();
      const Bytes payload(take() % 8, static_cast<std::byte>(i));
      put<std::uint32_t>(field(1));
      put<std::uint64_t>(field(payload.size()));
      put<std::uint64_t>(field(xxh64(payload)));
      name();
      heads.emplace_back(begin, out_.size() - begin);
      out_.insert(out_.end(), payload.begin(), payload.end());
    }
    detail::store_little(out_.data() + length_at, std::uint64_t{out_.size() + 8 + length_lie});
    std::uint64_t check = xxh64(View(out_).first(header));
    for (const auto& [begin, length] : heads)
      check = xxh64(View(out_).subspan(begin, length), check);
    put<std::uint64_t>(field(check));
    return std::move(out_);
  }

 private:
  std::uint64_t take() {
    if (input_.empty()) return 0;
    const auto value = std::to_integer<std::uint64_t>(input_.front());
    input_ = input_.subspan(1);
    return value;
  }
  /// The honest value, something near it, or anything at all.
  std::uint64_t field(std::uint64_t honest) {
    const std::uint64_t choice = take();
    if (choice < 192) return honest;
    if (choice < 240) return honest + choice - 216;
    std::uint64_t any = 0;
    for (int i = 0; i < 8; ++i) any = any << 8 | take();
    return any;
  }
  void name() {
    const std::uint64_t length = take() % 4;
    put<std::uint8_t>(field(length));
    for (std::uint64_t i = 0; i < length; ++i) put<std::uint8_t>(field('a' + i));
  }
  template <class Unsigned>
  void put(std::uint64_t value) {
    out_.resize(out_.size() + sizeof(Unsigned));
    detail::store_little(out_.data() + out_.size() - sizeof(Unsigned),
                         static_cast<Unsigned>(value));
  }

  View input_;
  Bytes out_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const View rest = std::as_bytes(std::span(data + 1, size - 1));
  switch (data[0] % 3) {
    case 0:
      read_archive(rest);
      break;
    case 1:
      read_archive(wrapped(rest));
      break;
    default:
      read_archive(Forger(rest).forge());
      break;
  }
  return 0;
}
