#pragma once
// A believable shop, made from a seed: people with tastes, price levels, rhythms and friends; goods
// with seasons, with companions, and some that are used up; sign-ups over several channels that
// leave messy duplicate records (identity/generator.hpp), each with a customer key of its own under
// which orders arrive; orders, views, returns and referrals, with some that are tricks; answers to
// surveys, reviews, cases, and companies that may become customers. The truth (which record is
// whose, who referred whom, which referrals are tricks, what goes with what and how long it lasts)
// is kept beside it.
//
// Purchases follow the story that lifetime-value models assume (Fader, Hardie, Lee, "Counting your
// customers the easy way", Marketing Science 24(2), 2005, doi:10.1287/mksc.1040.0098): each person
// orders at a gamma-distributed rate and drops out after an order with a beta-distributed chance.
// What is used up is ordered again on top of that. Friends are found among those of like taste
// (McPherson, Smith-Lovin, Cook, "Birds of a feather: homophily in social networks", Annual Review
// of Sociology 27, 2001, doi:10.1146/annurev.soc.27.1.415), and buy what they have seen with them.
// The same seed gives the same shop on one platform. One thread; about a second per 10,000 people.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"
#include "emptor/table/records.hpp"

namespace storefront {

struct ShopOptions {
  std::uint64_t seed = 1;
  std::size_t people = 3000;                        ///< >= 1
  std::size_t items = 400;                          ///< >= 1
  emptor::Day first_day{std::chrono::days{19723}};  ///< 2024-01-01
  int days = 730;                                   ///< >= 1
  double records_per_person = 2.5;                  ///< mean sign-ups of a person, in [1, 50]
  double referred_share = 0.2;  ///< chance that a person was brought by another, in [0, 1]
  double friends_found = 1.5;   ///< mean friends among those who joined before, in [0, 50]
  double word_of_mouth = 0.15;  ///< chance that a thing bought is one that a friend has, in [0, 1]
  double together_share = 0.3;  ///< chance that a thing's companion goes along, in [0, 1]
  double habit_share = 0.5;     ///< chance to order again what is used up, in [0, 1]
  double late_share = 0.15;     ///< chance that an item comes into the shop later, in [0, 1]
  double return_share = 0.04;   ///< chance that an order line is sent back, in [0, 1]
  double flaw_share = 0.002;    ///< chance that an exported order line is unreadable, in [0, 1]
};

struct ShopItem {
  std::string key;
  std::string name;
  std::size_t category;
  std::int64_t price;     ///< cents
  double appeal;          ///< relative chance of being chosen, long-tailed
  std::size_t companion;  ///< the item that is often bought with it
  std::size_t style;      ///< which adjective its name begins with
  double lasts_days;      ///< median days until it is used up; 0: it is not
  emptor::Time launched;  ///< on sale from here on
};

struct ShopPerson {
  std::string country;    ///< where orders go, an English name; empty: not known
  std::size_t household;  ///< those with the same number live together
  emptor::Time joined;
  std::vector<double> taste;   ///< one weight a category, summing to 1
  std::vector<double> styles;  ///< one weight an adjective, around 1
  double price_level;          ///< log of the price that suits this person best, in cents
  double orders_a_day;
  double drop_out;  ///< chance to leave for good after an order
  std::optional<std::size_t> referred_by;
  std::vector<std::size_t> friends;  ///< ascending; who referred is one; friendship is mutual
};

/// One row of the customer list: what a person left behind at one sign-up.
struct ShopRecord {
  std::string key;
  std::size_t person;
  std::size_t channel;
  emptor::Time joined;
};

struct ShopOrderLine {
  std::string order;
  std::optional<std::size_t> record;  ///< none: a guest order
  std::size_t item;
  emptor::Time time;
  std::int64_t quantity;    ///< negative: sent back
  std::int64_t unit_price;  ///< cents
  std::size_t channel;
};

struct ShopView {
  std::size_t record;
  std::size_t item;
  emptor::Time time;
};

/// Somebody gave a code away, came by one, or said who brought them.
struct ShopTouch {
  enum class Kind : std::uint8_t { share, click, claim };
  enum class Trick : std::uint8_t { none, self, ring, burst };
  emptor::Time time;
  Kind kind;
  std::size_t channel;                  ///< of `Shop::touch_channels`
  bool link;                            ///< by a link; otherwise by the code alone
  std::size_t referrer;                 ///< the record whose code it is
  std::optional<std::size_t> record{};  ///< who was brought, of claims
  std::string visitor{};                ///< who clicked, before there is a record; may be empty
  std::string device{};                 ///< from which; may be empty
  bool mistyped = false;                ///< the code is not as it was given away
  Trick trick = Trick::none;
};

/// Somebody's answers to a survey after an order. Of items 1 to 5, of ease 1 to 7, of
/// recommending 0 to 10; a few are beyond the scale.
struct ShopAnswer {
  static constexpr int not_given = -1;
  emptor::Time time;
  std::size_t record;
  std::size_t channel;
  int recommend = not_given;
  int easy = not_given;
  int product = not_given, price = not_given, website = not_given;
  int delivery = not_given, packaging = not_given, service = not_given;
  int seconds = 0;  ///< that it took
};

struct ShopReview {
  emptor::Time time;
  std::size_t record;
  std::size_t item;
  int rating;  ///< 1 to 5
  std::string text;
  bool bought = false;  ///< written for money
};

/// Somebody turned to the shop.
struct ShopCase {
  emptor::Time opened;
  std::size_t record;
  std::size_t channel;
  std::size_t category = 0;              ///< of `Shop::case_categories`
  std::optional<emptor::Time> closed{};  ///< none: open
};

/// A company that may become a customer.
struct ShopLead {
  std::string key;
  emptor::Time joined{};
  std::string industry{};
  std::string level{};        ///< of who asks
  int employees = 0;          ///< 0: not known
  std::optional<int> need{};  ///< how well the shop has what they need, per cent
};
struct ShopLeadEvent {
  std::size_t lead;
  std::string kind;
  emptor::Time time;
};

struct Shop {
  ShopOptions options;
  std::vector<std::string> categories;
  std::vector<std::string> channels;
  std::vector<ShopItem> items;
  std::vector<ShopPerson> people;
  std::vector<ShopRecord> records;   ///< the truth of identity is ShopRecord::person
  emptor::Records details;           ///< of each record: customer, source, time, names and so on
  std::vector<ShopOrderLine> lines;  ///< in order of time
  std::vector<ShopView> views;       ///< in order of time
  std::vector<std::string> touch_channels;
  std::vector<ShopTouch> touches;  ///< in order of time
  std::vector<std::string> case_categories;
  std::vector<ShopAnswer> answers;  ///< in order of time, as the others below
  std::vector<ShopReview> reviews;
  std::vector<ShopCase> cases;
  std::vector<ShopLead> leads;
  std::vector<ShopLeadEvent> lead_events;
};

/// Throws `emptor::Exception` (invalid_option) for options outside the ranges above.
[[nodiscard]] Shop generate_shop(const ShopOptions& options);

/// Writes orders.csv, customers.csv, items.csv, views.csv, friends.csv (each friendship once, by
/// the first records of both), touches.csv (a share names its referrer and code, what follows the
/// code alone), what write_voices writes, and the truth: truth_people.csv (record, person,
/// household), truth_referrals.csv (person, referred by), truth_tricks.csv (customers whose claims
/// are tricks) and truth_items.csv (item, companion, days it lasts) into the existing folder `out`.
/// A share `flaw_share` of the order lines is spoilt on the way, as exports are.
[[nodiscard]] emptor::Result<void> write_shop(const Shop& shop, const std::filesystem::path& out);

/// The part of write_shop that people say: surveys.csv, reviews.csv, cases.csv, leads.csv,
/// lead_events.csv, and the truth, truth_reviews.csv (reviews that were written for money).
[[nodiscard]] emptor::Result<void> write_voices(const Shop& shop, const std::filesystem::path& out);

}  // namespace storefront
