#pragma once
// Archives: how models and tables are saved. An archive is a sequence of bytes with a kind
// ("als-model"), a version of that kind, and named sections; docs/archive-format.md has the
// grammar.
//
//     ArchiveWriter writer("als-model", 1);
//     SectionWriter& s = writer.section("factors", 1);
//     s.put(std::uint64_t{64});
//     s.put_array(values);
//     std::vector<std::byte> bytes = std::move(writer).finish();
//
//     Result<ArchiveReader> reader = ArchiveReader::open(bytes, "als-model", 1);
//     if (!reader) return reader.error();
//     Result<SectionReader> s = reader->section("factors");
//     if (!s) return s.error();
//     const auto factors = s->get<std::uint64_t>();
//     const auto values = s->get_array<float>();
//     s->require(factors != 0 && values.size() % factors == 0, "factors that fill no whole rows");
//     if (Result<void> done = s->finish(); !done) return done.error();
//
// Everything is little endian on every host. Every byte is covered by a checksum (XXH64). A reader
// never crashes on any bytes and allocates in proportion to their number only. By convention a
// model has `std::vector<std::byte> save() const` and `static Result<M> load(std::span<const
// std::byte>)`. Memory: the writer holds the sections and, in `finish`, the result. Thread safety:
// a writer is for one thread; readers borrow the bytes, which must outlive them.

#include "emptor/core/archive_reader.hpp"
#include "emptor/core/archive_writer.hpp"
