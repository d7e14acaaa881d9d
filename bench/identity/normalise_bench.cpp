// Fields a second on one core, of values such as customer files hold; and what is allocated on the
// way, which should be nothing.

#include <benchmark/benchmark.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "emptor/identity/address.hpp"
#include "emptor/identity/date.hpp"
#include "emptor/identity/email.hpp"
#include "emptor/identity/identifier.hpp"
#include "emptor/identity/phone.hpp"

namespace {

std::atomic<std::size_t> allocations{0};

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

using namespace emptor;

constexpr std::size_t values = 10000;

/// Values from patterns: # is a digit, & a letter.
std::vector<std::string> made(const std::vector<std::string_view>& patterns) {
  std::vector<std::string> out;
  std::uint64_t state = 88172645463325252ULL;
  const auto draw = [&](std::uint64_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
  };
  for (std::size_t i = 0; i < values; ++i) {
    std::string text(patterns[i % patterns.size()]);
    for (char& c : text) {
      if (c == '#') c = static_cast<char>('1' + draw(9));
      if (c == '&') c = static_cast<char>('a' + draw(26));
    }
    out.push_back(std::move(text));
  }
  return out;
}

/// `normalise(raw)` over all of them.
template <class Normalise>
void run(benchmark::State& state, const std::vector<std::string>& raw, Normalise normalise) {
  for (const std::string& text : raw) benchmark::DoNotOptimize(normalise(text));
  const std::size_t before = allocations.load();
  for (auto _ : state) {
    for (const std::string& text : raw) benchmark::DoNotOptimize(normalise(text));
  }
  const auto done =
      static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(values);
  state.SetItemsProcessed(done);
  state.counters["allocations"] =
      static_cast<double>(allocations.load() - before) / static_cast<double>(done);
}

void emails(benchmark::State& state) {
  const auto raw = made({"&&&&&.&&&&&&##@gmail.com", "&&&&&&&&&@&&&&&&&&.com", "&&&&####@QQ.com",
                         "&.&&&&&&&&@&&&&-&&&&&&.co.uk", "&&&&&&+&&&&@outlook.com"});
  EmailAddress out;
  run(state, raw, [&](const std::string& text) { return normalise_email(text, out); });
}
BENCHMARK(emails);

void phones(benchmark::State& state) {
  const auto raw = made({"+44 20 7### ####", "(2##) 2##-####", "13#########", "+86 138 #### ####",
                         "030/######## ext. ##", "2##-2##-####"});
  PhoneNumber out;
  run(state, raw, [&](const std::string& text) {
    return normalise_phone(text, out, {.default_country = "US"});
  });
}
BENCHMARK(phones);

void iso_dates(benchmark::State& state) {
  const auto raw = made({"19##-0#-1#", "18##-0#-2#", "19##-0#-0#"});
  PartialDate out;
  run(state, raw, [&](const std::string& text) {
    const FieldState got = normalise_date(text, out);
    benchmark::DoNotOptimize(pack_date(out));
    return got;
  });
}
BENCHMARK(iso_dates);

void other_dates(benchmark::State& state) {
  const auto raw =
      made({"1#/0#/19##", "19##0#1#", "1# June 19##", "Mar 1#, 19##", "19##年#月1#日"});
  PartialDate out;
  run(state, raw, [&](const std::string& text) { return normalise_date(text, out); });
}
BENCHMARK(other_dates);

void addresses(benchmark::State& state) {
  const auto raw =
      made({"### &&&&&& Street, Las Vegas NV 8####", "## &&&&&&&& Rd, &&&&&&&, CA 9####",
            "Flat #, ## &&&&& Lane, &&&&&&&& SW1A #AA", "&&&&&&&&strasse ##, 8#### Munich",
            "## &&&&&&&&& Crescent Mosman NSW 2###"});
  PostalAddress out;
  run(state, raw, [&](const std::string& text) { return normalise_address(text, out); });
}
BENCHMARK(addresses);

void address_columns(benchmark::State& state) {
  const auto lines = made({"&&&&&&&& street", "&&&&& crescent", "&&&&&&&&& place"});
  PostalAddress out;
  run(state, lines, [&](const std::string& text) {
    return normalise_address(AddressFields{.house_number = "18",
                                           .line1 = text,
                                           .city = "mosman",
                                           .region = "nsw",
                                           .postcode = "2088"},
                             out);
  });
}
BENCHMARK(address_columns);

void chinese_addresses(benchmark::State& state) {
  const auto raw = made({"广东省深圳市南山区科苑路##号#栋#单元##1室", "北京市朝阳区建国路#8号"});
  PostalAddress out;
  run(state, raw, [&](const std::string& text) { return normalise_address(text, out); });
}
BENCHMARK(chinese_addresses);

void national_ids(benchmark::State& state) {
  const auto raw = made({"1101051949123100##", "##2-##-####", "AB#######"});
  NormalisedIdentifier out;
  run(state, raw, [&](const std::string& text) {
    return normalise_identifier(text, out, {.kind = IdentifierKind::national_id});
  });
}
BENCHMARK(national_ids);

void date_pairs(benchmark::State& state) {
  const auto raw = made({"19##-0#-1#", "19##-0#-2#", "1#/0#/19##"});
  std::vector<PackedDate> packed;
  for (const std::string& text : raw) {
    PartialDate date;
    normalise_date(text, date);
    packed.push_back(pack_date(date));
  }
  for (auto _ : state) {
    for (std::size_t i = 0; i < packed.size(); ++i) {
      benchmark::DoNotOptimize(compare_dates(packed[i], packed[(i * 7919 + 1) % packed.size()]));
    }
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(packed.size()));
}
BENCHMARK(date_pairs);

}  // namespace
