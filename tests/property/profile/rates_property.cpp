// Converted amounts against exact fractions, and rates against a search through all of them.

#include <map>

#include "emptor/profile/rates.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;

constexpr Day day(int number) {
  return Day{std::chrono::days{number}};
}

}  // namespace

TEST_CASE("a converted amount is the nearest, and the even one of two") {
  test::check_property("convert", [] {
    const auto amount = *rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000);
    const ExchangeRate rate{.numerator = *rc::gen::inRange<std::int64_t>(1, 200),
                            .denominator = *rc::gen::inRange<std::int64_t>(1, 200)};
    const int from = *rc::gen::inRange(0, 7);
    const int to = *rc::gen::inRange(0, 7);
    const std::int64_t got = convert_amount(amount, from, rate, to).value();
    // exact = top / bottom
    detail::int128 top = detail::int128{amount} * rate.numerator;
    detail::int128 bottom = rate.denominator;
    for (int i = 0; i < to; ++i) top *= 10;
    for (int i = 0; i < from; ++i) bottom *= 10;
    const detail::int128 off = 2 * (detail::int128{got} * bottom - top);
    RC_ASSERT(off <= bottom);
    RC_ASSERT(-off <= bottom);
    if (off == bottom || -off == bottom) RC_ASSERT(got % 2 == 0);
  });
}

TEST_CASE("rates come from no later day") {
  test::check_property("rates", [] {
    RateTable rates;
    std::map<int, int> given;
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
      const int on = *rc::gen::inRange(0, 30);
      if (!given.emplace(on, i).second) continue;
      rates.add(Currency("USD"), Currency("EUR"), day(on), i, 7);
      rates.add(Currency("GBP"), Currency("EUR"), day(on), i + 100, 7);
    }
    for (int asked = 0; asked < 32; ++asked) {
      const auto after = given.upper_bound(asked);
      const auto found = rates.find(Currency("USD"), Currency("EUR"), day(asked));
      RC_ASSERT(found.has_value() == (after != given.begin()));
      if (!found) continue;
      RC_ASSERT(*found ==
                (ExchangeRate{day(std::prev(after)->first), std::prev(after)->second, 7}));
      const auto back = rates.find(Currency("EUR"), Currency("USD"), day(asked));
      RC_ASSERT(*back == (ExchangeRate{found->day, 7, found->numerator}));
    }
  });
}
