#include "emptor/referral/contest_snapshot.hpp"

#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include "emptor/core/archive.hpp"

namespace emptor {
namespace {

using namespace std::string_view_literals;

std::int64_t seconds(Time time) noexcept {
  return time.time_since_epoch().count();
}

class Canonical {
 public:
  template <class Number>
  void put(Number number) noexcept {
    std::array<std::byte, sizeof(Number)> bytes;
    detail::store_little(bytes.data(), number);
    hash_.update(bytes);
  }
  void put(std::string_view text) noexcept { hash_.update(text); }
  [[nodiscard]] Sha256Digest finish() noexcept { return hash_.finish(); }

 private:
  Sha256 hash_;
};

/// What goes into the hash and into the archive, in one order.
template <class Sink>
void put_all(Sink& sink, const ContestSnapshot& snapshot) {
  sink.put(static_cast<std::uint8_t>(snapshot.measure));
  sink.put(seconds(snapshot.window.from));
  sink.put(seconds(snapshot.window.to));
  sink.put(seconds(snapshot.frozen));
  sink.put(snapshot.participants);
  sink.put(std::uint64_t{snapshot.entries.size()});
  for (const ContestEntry& entry : snapshot.entries) {
    sink.put(entry.rank);
    sink.put(static_cast<std::uint32_t>(entry.customer));
    sink.put(entry.score);
    sink.put(seconds(entry.reached));
  }
}

bool in_order(const ContestEntry& a, const ContestEntry& b) noexcept {
  if (a.score != b.score) return a.score > b.score;
  if (a.reached != b.reached) return a.reached < b.reached;
  return a.customer < b.customer;
}

}  // namespace

Sha256Digest contest_hash(const ContestSnapshot& snapshot) {
  Canonical bytes;
  bytes.put("emptor contest snapshot 1\0"sv);
  bytes.put(std::uint64_t{snapshot.name.size()});
  bytes.put(std::string_view(snapshot.name));
  put_all(bytes, snapshot);
  return bytes.finish();
}

Result<void> verify_contest(const ContestSnapshot& snapshot) {
  const auto corrupt = [](std::string_view what) {
    return Error{ErrorCode::corrupt, std::string(what), "verify_contest"};
  };
  if (!equal_in_constant_time(contest_hash(snapshot), snapshot.hash)) {
    return corrupt("the hash must be that of the content");
  }
  if (snapshot.entries.size() > snapshot.participants) return corrupt("more places than customers");
  for (std::size_t i = 0; i < snapshot.entries.size(); ++i) {
    const ContestEntry& entry = snapshot.entries[i];
    const bool holds = entry.rank == i + 1 && entry.score > 0 && entry.customer != no_customer &&
                       snapshot.window.contains(entry.reached) &&
                       (i == 0 || in_order(snapshot.entries[i - 1], entry));
    if (!holds) return corrupt("the places must be a ranking");
  }
  return {};
}

std::vector<std::byte> save_contest_snapshot(const ContestSnapshot& snapshot) {
  ArchiveWriter writer("contest-snapshot", 1);
  SectionWriter& section = writer.section("snapshot");
  section.put_text(snapshot.name);
  put_all(section, snapshot);
  section.put_array(snapshot.hash);
  return std::move(writer).finish();
}

Result<ContestSnapshot> load_contest_snapshot(std::span<const std::byte> archive) {
  Result<ArchiveReader> reader = ArchiveReader::open(archive, "contest-snapshot", 1);
  if (!reader) return reader.error();
  Result<SectionReader> section = reader->section("snapshot");
  if (!section) return section.error();
  const auto time = [&] { return Time{std::chrono::seconds{section->get<std::int64_t>()}}; };
  ContestSnapshot out;
  out.name = section->get_text();
  out.measure = section->get_enum(ContestMeasure::sum);
  out.window.from = time();
  out.window.to = time();
  out.frozen = time();
  out.participants = section->get<std::uint64_t>();
  const auto count = section->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < count && section->ok(); ++i) {
    ContestEntry entry;
    entry.rank = section->get<std::uint64_t>();
    entry.customer = section->get<Customer>();
    entry.score = section->get<std::int64_t>();
    entry.reached = time();
    out.entries.push_back(entry);
  }
  section->get_array(std::span<std::byte>(out.hash));
  if (Result<void> done = section->finish(); !done) return done.error();
  if (Result<void> right = verify_contest(out); !right) return right.error();
  return out;
}

}  // namespace emptor
