// Counts and intervals of the funnel, from a book's claims.

#include "emptor/referral/funnel.hpp"

#include "emptor/referral/attribution.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

constexpr auto one_day = std::chrono::days{1};
const Time new_year{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

}  // namespace

TEST_CASE("Wilson's interval: published values and the ends") {
  // Brown, Cai, DasGupta 2001 use these forms; 8 of 10 is the textbook's (.490, .943).
  const FunnelRate rate = funnel_rate(8, 10);
  CHECK(rate.rate == Approx(0.8));
  CHECK(rate.low == Approx(0.49016).epsilon(1e-4));
  CHECK(rate.high == Approx(0.94332).epsilon(1e-4));
  CHECK(funnel_rate(0, 10).low == 0);
  CHECK(funnel_rate(0, 10).high == Approx(0.27754).epsilon(1e-4));
  CHECK(funnel_rate(10, 10).high == 1);
  CHECK(funnel_rate(0, 0) == FunnelRate{});
  CHECK_THROWS_AS(funnel_rate(2, 1), Exception);
  CHECK_THROWS_AS(funnel_rate(1, 2, 1.0), Exception);
}

TEST_CASE("from shares to those who stay, by channel and campaign") {
  AttributionBook book({.campaigns = {{.campaign = Campaign{0}}}});
  std::uint64_t id = 0;
  const auto touch = [&](TouchKind kind, std::uint32_t customer, std::uint32_t channel, int day) {
    book.touch({.id = id++,
                .time = new_year + day * one_day,
                .referrer = Customer{100},
                .customer = customer == 0 ? no_customer : Customer{customer},
                .campaign = channel == 1 ? Campaign{0} : no_id<Campaign>,
                .channel = Channel{channel},
                .kind = kind});
  };
  touch(TouchKind::share, 0, 0, 0);
  touch(TouchKind::share, 0, 1, 0);
  touch(TouchKind::share, 5, 1, 0);  // and 5 comes, claims, signs up, buys and stays
  for (const std::uint32_t customer : {1U, 2U, 3U, 4U}) touch(TouchKind::click, customer, 0, 1);
  touch(TouchKind::click, 5, 1, 1);
  touch(TouchKind::claim, 5, 1, 2);
  touch(TouchKind::claim, 2, 0, 2);
  touch(TouchKind::click, 6, 1, 20);
  for (const std::uint32_t customer : {3U, 4U, 5U}) {
    book.register_customer(Customer{customer}, new_year + 3 * one_day);
  }
  book.qualify(Customer{4}, new_year + 4 * one_day);
  book.qualify(Customer{5}, new_year + 4 * one_day);
  const std::vector<Customer> customers{Customer{4}, Customer{5}, Customer{5}};
  const std::vector<Time> times{new_year + 4 * one_day, new_year + 40 * one_day,
                                new_year + 4 * one_day};

  const ReferralFunnelResult all = referral_funnel_of(book.paths(), {customers, times});
  CHECK(all.total.shares == 3);
  CHECK(all.total.counts == std::array<std::uint64_t, 5>{6, 4, 3, 2, 1});
  CHECK(all.total.conversion.rate == 0.5);
  CHECK(all.total.steps[0].of == 6);
  CHECK(all.total.steps[3].went == 1);
  REQUIRE(all.by_channel.size() == 2);
  CHECK(all.by_channel[0].channel == Channel{0});
  CHECK(all.by_channel[0].shares == 1);
  CHECK(all.by_channel[0].counts == std::array<std::uint64_t, 5>{4, 3, 2, 1, 0});
  CHECK(all.by_channel[1].counts == std::array<std::uint64_t, 5>{2, 1, 1, 1, 1});
  REQUIRE(all.by_campaign.size() == 2);
  CHECK(all.by_campaign[0].campaign == Campaign{0});
  CHECK(all.by_campaign[0].counts == all.by_channel[1].counts);
  CHECK(all.by_campaign[1].campaign == no_id<Campaign>);
  CHECK(all.by_both.size() == 2);

  const ReferralFunnelResult early =
      referral_funnel_of(book.paths(), {customers, times},
                         {.time_to_convert = 10 * one_day, .as_of = new_year + 25 * one_day});
  CHECK(early.total.young == 1);
  CHECK(early.total.counts == std::array<std::uint64_t, 5>{5, 4, 3, 2, 0});
  const ReferralFunnelResult window =
      referral_funnel_of(book.paths(), {}, {.window = {.from = new_year + 10 * one_day}});
  CHECK(window.total.counts == std::array<std::uint64_t, 5>{1, 0, 0, 0, 0});
  CHECK_THROWS_AS(referral_funnel_of({}, {.customers = customers}), Exception);
  CHECK_THROWS_AS(referral_funnel_of({}, {}, {.confidence = 0}), Exception);
  CHECK(referral_funnel_of({}).total.conversion.high == 1);
}
