// Saved models of the room score from hostile bytes. The first byte chooses the kind; then
//
// - an even second byte: the rest is a file as it comes;
// - an odd one: the rest are changes to a real file's sections, three bytes each (section and
//   where, how), that a writer then wraps with right checksums; 0xff cuts a section there.
//
// What loads must answer, and be saved as something that loads and answers the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "support/score_models.hpp"

namespace {

using namespace emptor;
using Bytes = std::vector<std::byte>;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Seed {
  test::ScoreKind kind;
  std::string archive_kind;
  std::vector<Bytes> payloads;
};

const std::vector<Seed>& seeds() {
  static const std::vector<Seed> made = [] {
    std::vector<Seed> out;
    for (test::ScoreKind& kind : test::all_score_kinds()) {
      const Bytes bytes = kind.make();
      Seed seed{std::move(kind), ArchiveReader::kind_of(bytes).value(), {}};
      const Result<ArchiveReader> reader = ArchiveReader::open(bytes, seed.archive_kind, 1);
      require(reader.has_value());
      for (const std::string& tag : seed.kind.sections) {
        SectionReader section = reader->section(tag).value();
        Bytes payload;
        while (section.remaining() != 0) payload.push_back(section.get<std::byte>());
        seed.payloads.push_back(std::move(payload));
      }
      require(seed.payloads.size() == reader->sections());
      out.push_back(std::move(seed));
    }
    return out;
  }();
  return made;
}

Bytes changed(const Seed& seed, std::span<const std::byte> changes) {
  std::vector<Bytes> payloads = seed.payloads;
  for (; changes.size() >= 3; changes = changes.subspan(3)) {
    const auto place =
        std::to_integer<std::size_t>(changes[0]) << 8U | std::to_integer<std::size_t>(changes[1]);
    Bytes& payload = payloads[place % payloads.size()];
    if (payload.empty()) continue;
    const std::size_t at = place / payloads.size() % payload.size();
    if (changes[2] == std::byte{0xff}) {
      payload.resize(at);
    } else {
      payload[at] = changes[2];
    }
  }
  ArchiveWriter writer(seed.archive_kind, 1);
  for (std::size_t s = 0; s < payloads.size(); ++s) {
    SectionWriter& section = writer.section(seed.kind.sections[s]);
    for (const std::byte b : payloads[s]) section.put(b);
  }
  return std::move(writer).finish();
}

void load(const test::ScoreKind& kind, std::span<const std::byte> bytes) {
  Bytes saved;
  const Result<std::vector<double>> answers = kind.ask(bytes, saved);
  if (!answers) {
    require(!answers.error().message.empty());
    return;
  }
  Bytes twice;
  const Result<std::vector<double>> again = kind.ask(saved, twice);
  require(again.has_value() && twice == saved && again->size() == answers->size());
  // NaN is no answer of a model that loads.
  for (std::size_t i = 0; i < answers->size(); ++i) require((*again)[i] == (*answers)[i]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::vector<Seed>& all = seeds();
  const Seed& seed = all[data[0] % all.size()];
  const auto rest = std::as_bytes(std::span(data + 2, size - 2));
  if (data[1] % 2 == 0) {
    load(seed.kind, rest);
  } else {
    load(seed.kind, changed(seed, rest));
  }
  return 0;
}
