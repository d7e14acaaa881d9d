// Points of an account against points told one by one (support/points_twin.hpp), under facts in
// any order, late ones, retries, archives.

#include <algorithm>
#include <map>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/reward/points.hpp"
#include "support/points_twin.hpp"
#include "support/property.hpp"

namespace {

using namespace emptor;
using emptor::test::point_day;
using emptor::test::PointSteps;
using emptor::test::PointsTwin;

constexpr Customer anna{3};
constexpr Customer bert{8};

std::map<std::uint64_t, std::int64_t> left_of(const PointsAccount& account, Time as_of) {
  std::map<std::uint64_t, std::int64_t> left;
  for (const PointLot& lot : account.lots(as_of)) left[lot.id] += lot.left;
  return left;
}

/// Posts the steps, checks each answer against the twin, and returns the facts that were accepted,
/// in the order of arrival.
std::vector<PointFact> take(PointsBook& book, const PointSteps& steps) {
  std::vector<PointFact> accepted;
  std::vector<std::uint64_t> known;
  std::uint64_t next = 100;
  for (const auto& step : steps) {
    next += 1 + std::get<0>(step) % 3;
    const PointFact fact =
        emptor::test::point_fact(step, next ^ 5U, std::get<4>(step) % 5 == 0 ? bert : anna, known);
    const PointsVerdict verdict = book.post(fact);
    if (verdict == PointsVerdict::accepted) {
      PointFact complete = fact;
      for (const PointFact& one : accepted) {
        const bool names = fact.kind == PointFactKind::activate ||
                           fact.kind == PointFactKind::refund ||
                           fact.kind == PointFactKind::claw_back;
        if (names && one.id == fact.source) {
          complete.customer = one.customer;
          complete.source_time = one.time;
        }
      }
      accepted.push_back(complete);
      known.push_back(fact.id);
    }
    if (fact.kind == PointFactKind::spend &&
        (verdict == PointsVerdict::accepted || verdict == PointsVerdict::insufficient)) {
      std::vector<PointFact> facts = accepted;
      if (verdict == PointsVerdict::insufficient) facts.push_back(fact);
      std::erase_if(facts, [&](const PointFact& one) { return one.customer != fact.customer; });
      std::vector<PointFact> without = facts;
      std::erase_if(without, [&](const PointFact& one) { return one.id == fact.id; });
      const bool lacks =
          PointsTwin(facts, point_day(400)).shorts() > PointsTwin(without, point_day(400)).shorts();
      RC_ASSERT(lacks == (verdict == PointsVerdict::insufficient));
    }
    RC_ASSERT(book.post(fact) ==
              (verdict == PointsVerdict::accepted ? PointsVerdict::repeated : verdict));
    if (verdict == PointsVerdict::accepted) {
      PointFact other = fact;
      ++other.amount;
      RC_ASSERT(book.post(other) == PointsVerdict::conflict);
    }
  }
  return accepted;
}

TEST_CASE("points of an account are as told one by one") {
  emptor::test::check_property(
      "points",
      [](const PointSteps& steps) {
        PointsBook book;
        const std::vector<PointFact> accepted = take(book, steps);
        for (const Customer customer : {anna, bert}) {
          std::vector<PointFact> own = accepted;
          std::erase_if(own, [&](const PointFact& fact) { return fact.customer != customer; });
          const PointsAccount& account = book.account(customer);
          for (const int day : {-1, 3, 11, 20, 39, 47, 200}) {
            const PointsTwin twin(own, point_day(day));
            const PointsBalance balance = account.balance(point_day(day));
            RC_ASSERT(balance == twin.balance());
            RC_ASSERT(balance.earned == balance.available + balance.pending + balance.expired +
                                            balance.spent + balance.clawed_back);
            RC_ASSERT(left_of(account, point_day(day)) == twin.left());
          }
        }
      },
      600);
}

TEST_CASE("points do not depend on the order of arrival, retries or archives") {
  emptor::test::check_property(
      "points in any order",
      [](const PointSteps& steps, std::uint32_t seed) {
        PointsBook book;
        std::vector<PointFact> facts = take(book, steps);
        // What is named comes first, everything else as it likes.
        const auto names = [](const PointFact& fact) {
          return fact.kind != PointFactKind::earn && fact.kind != PointFactKind::spend &&
                 fact.kind != PointFactKind::deduct;
        };
        std::sort(facts.begin(), facts.end(), [&](const PointFact& a, const PointFact& b) {
          const auto mixed = [&](std::uint64_t id) { return id * 0x9e3779b97f4a7c15U ^ seed; };
          return std::tuple(names(a), mixed(a.id)) < std::tuple(names(b), mixed(b.id));
        });
        PointsAccount alone;
        PointsAccount other;
        PointsAccount halves[2];
        for (const PointFact& fact : facts) {
          if (fact.customer != anna) continue;
          alone.add(fact);
          alone.add(fact);
        }
        RC_ASSERT(alone == book.account(anna));
        // The sum of two customers does not depend on which is merged into which.
        for (const PointFact& fact : facts) halves[fact.customer == anna ? 0 : 1].add(fact);
        other = halves[0];
        other.merge(halves[1]);
        PointsAccount turned = halves[1];
        turned.merge(halves[0]);
        turned.merge(halves[1]);
        RC_ASSERT(other == turned);
        RC_ASSERT(other.balance(point_day(39)) == PointsTwin(facts, point_day(39)).balance());
        RC_ASSERT(left_of(other, point_day(90)) == PointsTwin(facts, point_day(90)).left());

        const auto bytes = book.save();
        const Result<PointsBook> loaded = PointsBook::load(bytes);
        RC_ASSERT(loaded.has_value());
        RC_ASSERT(*loaded == book);
        RC_ASSERT(loaded->save() == bytes);
        book.erase(anna);
        RC_ASSERT(book.account(anna).empty());
        for (const PointFact& fact : facts) {
          if (fact.customer == anna && fact.kind == PointFactKind::earn) {
            RC_ASSERT(book.post(fact) == PointsVerdict::accepted);
          }
        }
      },
      300);
}

TEST_CASE("archives of points with forged content are refused or harmless") {
  emptor::test::check_property(
      "forged points",
      [](const PointSteps& steps, std::uint32_t where, std::uint8_t with) {
        PointsBook book;
        take(book, steps);
        SectionWriter* section = nullptr;
        ArchiveWriter writer("points", 1);
        section = &writer.section("facts");
        section->put(std::uint64_t{book.facts()});
        std::uint64_t number = 0;
        for (const Customer customer : book.customers()) {
          for (PointFact fact : book.account(customer).facts()) {
            if (number++ == where % (book.facts() + 1)) {
              switch (with % 6) {
                case 0:
                  fact.amount = static_cast<std::int64_t>(where) - 1'000'000;
                  break;
                case 1:
                  fact.source += with / 6U;
                  break;
                case 2:
                  fact.time += std::chrono::days{static_cast<int>(with) - 100};
                  break;
                case 3:
                  fact.kind = static_cast<PointFactKind>(with / 6U % 7);
                  break;
                case 4:
                  fact.customer = Customer{where};
                  break;
                default:
                  fact.time = Time{std::chrono::seconds{std::int64_t{1} << (with % 63U)}};
              }
            }
            detail::put_point_fact(*section, fact);
          }
        }
        const Result<PointsBook> loaded = PointsBook::load(std::move(writer).finish());
        if (loaded) {
          RC_ASSERT(loaded->save() == PointsBook::load(loaded->save())->save());
          (void)loaded->total(point_day(50));
        }
      },
      300);
}

}  // namespace
