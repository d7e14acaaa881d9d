// Checksums, hashes and archives: bytes a second, with a plain copy beside them as the limit.

#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/sha256.hpp"

namespace {

using namespace emptor;

constexpr std::size_t size = std::size_t{1} << 22;

std::vector<std::byte> some_bytes() {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 2654435761U >> 13);
  return bytes;
}

void count_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(size));
}

void copy(benchmark::State& state) {
  const auto bytes = some_bytes();
  std::vector<std::byte> to(size);
  for (auto _ : state) {
    std::memcpy(to.data(), bytes.data(), size);
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  count_bytes(state);
}
BENCHMARK(copy);

void checksum(benchmark::State& state) {
  const auto bytes = some_bytes();
  for (auto _ : state) benchmark::DoNotOptimize(xxh64(bytes));
  count_bytes(state);
}
BENCHMARK(checksum);

void sha(benchmark::State& state) {
  const auto bytes = some_bytes();
  for (auto _ : state) benchmark::DoNotOptimize(sha256(bytes));
  count_bytes(state);
}
BENCHMARK(sha);

void sha_native(benchmark::State& state) {
  const auto bytes = some_bytes();
  for (auto _ : state) {
    Sha256 hash(&native_kernels());
    hash.update(bytes);
    benchmark::DoNotOptimize(hash.finish());
  }
  count_bytes(state);
}
BENCHMARK(sha_native);

std::vector<std::byte> write(const std::vector<std::byte>& bytes) {
  ArchiveWriter writer("bench", 1);
  writer.section("bytes").put_array(bytes);
  return std::move(writer).finish();
}

void archive_write(benchmark::State& state) {
  const auto bytes = some_bytes();
  for (auto _ : state) benchmark::DoNotOptimize(write(bytes));
  count_bytes(state);
}
BENCHMARK(archive_write);

void archive_read(benchmark::State& state) {
  const auto archive = write(some_bytes());
  for (auto _ : state) {
    const auto reader = ArchiveReader::open(archive, "bench", 1);
    benchmark::DoNotOptimize(reader->section("bytes")->get_array<std::byte>());
  }
  count_bytes(state);
}
BENCHMARK(archive_read);

}  // namespace
