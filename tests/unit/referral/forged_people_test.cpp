// What the fraud monitor, the review queue and the book of advocates load from archives whose
// checksums are right and whose content is not: an error, or something that can be used and saved.

#include <string>
#include <vector>

#include "emptor/core/archive.hpp"
#include "emptor/core/random.hpp"
#include "emptor/referral/advocate.hpp"
#include "emptor/referral/fraud.hpp"
#include "emptor/referral/review_queue.hpp"
#include "support/catch.hpp"

using namespace emptor;

namespace {

using Bytes = std::vector<std::byte>;

/// Loads the archive with a few bytes of one section changed or its end cut, many times.
template <class Model>
std::size_t refused_forgeries(const Bytes& bytes, std::initializer_list<const char*> tags) {
  const std::string kind = ArchiveReader::kind_of(bytes).value();
  const ArchiveReader reader = ArchiveReader::open(bytes, kind, 1).value();
  REQUIRE(reader.sections() == tags.size());
  RandomStream random(7);
  std::size_t refused = 0;
  for (int trial = 0; trial < 3000; ++trial) {
    ArchiveWriter writer(kind, 1);
    const std::uint32_t target = random.below(static_cast<std::uint32_t>(tags.size()));
    std::uint32_t place = 0;
    for (const char* tag : tags) {
      SectionReader from = reader.section(tag).value();
      Bytes content;
      while (from.remaining() > 0) content.push_back(std::byte{from.get<std::uint8_t>()});
      if (place++ == target) {
        for (std::uint32_t i = random.below(3); i < 3; ++i) {
          const std::size_t at = random.below(static_cast<std::uint32_t>(content.size()));
          constexpr std::uint8_t values[] = {0, 1, 2, 127, 128, 255};
          content[at] = std::byte{values[random.below(6)]};
        }
        if (random.below(8) == 0) {
          content.resize(random.below(static_cast<std::uint32_t>(content.size())));
        }
      }
      SectionWriter& to = writer.section(tag);
      for (const std::byte one : content) to.put(one);
    }
    const Bytes forged = std::move(writer).finish();
    const Result<Model> loaded = Model::load(forged);
    refused += loaded ? 0 : 1;
    if (!loaded) continue;
    const Result<Model> again = Model::load(loaded->save());
    REQUIRE(again);
    REQUIRE(again->save() == loaded->save());
  }
  return refused;
}

Time at(std::int64_t seconds) {
  return Time{std::chrono::seconds{seconds}};
}

}  // namespace

TEST_CASE("forged archives of fraud monitors, review queues and advocates") {
  FraudMonitor monitor;
  for (std::uint32_t c = 0; c < 6; ++c) {
    monitor.add(FraudSignUp{Customer{c}, at(c)});
    monitor.add(FraudClaim{Customer{c / 2}, Customer{c}, at(c)});
    monitor.add(FraudKey{Customer{c}, IdentityKind::phone, c / 3, at(c)});
    monitor.add(FraudOrder{Order{2 * c}, Customer{c}, at(c), 100});
    monitor.add(FraudRefund{Order{2 * c + 1}, 50});
    monitor.add(FraudCoupon{Customer{c}, c, at(c)});
    monitor.add(FraudReward{c, Customer{c}, at(c), 5});
    monitor.add(FraudBlock{Customer{c}, at(c), c % 2 == 0});
  }
  CHECK(refused_forgeries<FraudMonitor>(monitor.save(), {"options", "customers", "claims", "keys",
                                                         "orders", "coupons", "rewards"}) > 1000);

  ReviewQueue queue;
  FraudVerdict verdict;
  monitor.check({.referrer = Customer{0}, .referee = Customer{1}}, verdict);
  for (std::uint64_t s = 0; s < 6; ++s) {
    queue.open({.subject = s, .opened = at(0), .amount_at_risk = 100}, verdict);
    if (s % 2 == 0) queue.assign(s, 3, at(5));
    if (s % 3 == 0) queue.decide(s, ReviewAnswer::approve, 3, at(6));
    if (s == 4) queue.tell(s, true, at(9));
  }
  std::vector<ReviewLogEntry> resolved;
  queue.resolve_due(at(1'000'000), resolved);
  CHECK(refused_forgeries<ReviewQueue>(queue.save(), {"items", "log"}) > 1000);

  AdvocateBook book;
  book.tell(Customer{3}, AdvocateTrigger::shared, at(4));
  book.asked(Customer{1}, at(4));
  CHECK(refused_forgeries<AdvocateBook>(book.save(), {"options", "customers"}) > 300);
}
