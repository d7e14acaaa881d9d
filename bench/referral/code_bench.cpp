// Codes, links and contests at the sizes of a large programme.

#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "emptor/core/random.hpp"
#include "emptor/referral/code_book.hpp"
#include "emptor/referral/contest.hpp"
#include "emptor/referral/signed_link.hpp"

namespace {

using namespace emptor;

const SecretKey& key() {
  static const SecretKey instance("a key of thirty-two bytes, or so");
  return instance;
}

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

void encode(benchmark::State& state) {
  ReferralCodeOptions options;
  options.length = static_cast<std::size_t>(state.range(0));
  const ReferralCodec codec(key(), options);
  std::uint64_t serial = 0;
  for (auto _ : state) benchmark::DoNotOptimize(codec.encode(serial++).view().data());
}
BENCHMARK(encode)->Arg(8)->Arg(9);

void decode(benchmark::State& state) {
  ReferralCodeOptions options;
  options.length = static_cast<std::size_t>(state.range(0));
  const ReferralCodec codec(key(), options);
  std::vector<std::string> codes;
  for (std::uint64_t serial = 0; serial < 4096; ++serial) {
    codes.push_back(codec.encode(serial).str());
  }
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(codec.decode(codes[next++ % codes.size()]).serial);
}
BENCHMARK(decode)->Arg(8)->Arg(9);

void refuse_typo(benchmark::State& state) {
  const ReferralCodec codec(key());
  std::string code = codec.encode(7).str();
  code[2] = code[2] == '7' ? '8' : '7';
  for (auto _ : state) benchmark::DoNotOptimize(codec.decode(code).problem);
}
BENCHMARK(refuse_typo);

CodeBook million_codes() {
  CodeBook book{ReferralCodec(key())};
  for (std::uint32_t c = 0; c < 1'000'000; ++c) book.issue(c, {.customer = Customer{c}});
  return book;
}

void issue(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(million_codes().size());
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}
BENCHMARK(issue)->Unit(benchmark::kMillisecond)->Iterations(1);

void find_among_million(benchmark::State& state) {
  static const CodeBook book = million_codes();
  RandomStream random(1, 0);
  std::vector<std::string> codes;
  for (int i = 0; i < 65'536; ++i) {
    const auto place = static_cast<std::size_t>(random.uniform() * 1e6);
    codes.push_back(book.text(id_at<ReferralCodeId>(place)).str());
  }
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(book.find(codes[next++ % codes.size()]).id);
}
BENCHMARK(find_among_million);

void sign_link(benchmark::State& state) {
  const LinkSigner signer({{.id = 1, .key = key()}});
  std::string out;
  for (auto _ : state) {
    out.clear();
    signer.append_query({.code = "7K2M-9QXA", .channel = Channel{3}, .expires = at(1'800'000'000)},
                        out);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(sign_link);

void verify_link(benchmark::State& state) {
  const LinkSigner signer({{.id = 1, .key = key()}});
  const std::string url =
      "https://shop.example/?" +
      signer.query({.code = "7K2M-9QXA", .channel = Channel{3}, .expires = at(1'800'000'000)});
  for (auto _ : state) benchmark::DoNotOptimize(signer.verify(url, at(1'700'000'000)).problem);
}
BENCHMARK(verify_link);

/// Every customer has a score already; happenings are of customers drawn at random.
void contest_record(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  Contest contest({.measure = ContestMeasure::sum});
  RandomStream random(1, 0);
  std::uint64_t id = 0;
  const auto one_more = [&](std::uint32_t customer) {
    contest.record({.id = id,
                    .customer = Customer{customer},
                    .value = 1 + static_cast<std::int64_t>(random.uniform() * 10'000),
                    .time = at(static_cast<std::int64_t>(id))});
    ++id;
  };
  for (std::uint32_t c = 0; c < customers; ++c) one_more(c);
  for (auto _ : state) one_more(static_cast<std::uint32_t>(random.uniform() * customers));
}
BENCHMARK(contest_record)->Arg(1'000)->Arg(1'000'000)->Iterations(1'000'000);

void contest_read(benchmark::State& state) {
  const auto customers = static_cast<std::uint32_t>(state.range(0));
  Contest contest({.measure = ContestMeasure::sum});
  RandomStream random(1, 0);
  for (std::uint32_t c = 0; c < customers; ++c) {
    contest.record({.id = c,
                    .customer = Customer{c},
                    .value = 1 + static_cast<std::int64_t>(random.uniform() * 10'000),
                    .time = at(c)});
  }
  std::array<ContestEntry, 11> out;
  for (auto _ : state) {
    const auto customer = Customer{static_cast<std::uint32_t>(random.uniform() * customers)};
    benchmark::DoNotOptimize(contest.around(at(0), customer, 5, out));
  }
}
BENCHMARK(contest_read)->Arg(1'000)->Arg(1'000'000);

void contest_top_hundred(benchmark::State& state) {
  Contest contest({});
  for (std::uint32_t c = 0; c < 1'000'000; ++c) {
    contest.record({.id = c, .customer = Customer{c}, .time = at(c)});
  }
  std::array<ContestEntry, 100> out;
  for (auto _ : state) benchmark::DoNotOptimize(contest.top(at(0), out));
}
BENCHMARK(contest_top_hundred);

}  // namespace
