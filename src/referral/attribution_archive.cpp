// A book is saved as what it was told; loading tells it again.

#include <array>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/core/checksum.hpp"
#include "emptor/referral/attribution.hpp"

namespace emptor {

namespace {

constexpr std::string_view kind = "attribution-book";

std::int64_t seconds_of(Time time) noexcept {
  return std::int64_t{time.time_since_epoch().count()};
}
Time get_time(SectionReader& section) {
  return Time{std::chrono::seconds{section.get<std::int64_t>()}};
}

std::uint64_t checksum_of(std::span<const ClaimTransition> log) {
  std::uint64_t sum = 0;
  for (const ClaimTransition& line : log) {
    std::array<std::byte, 20> bytes{};
    detail::store_little(bytes.data(), seconds_of(line.time));
    detail::store_little(bytes.data() + 8, line.claim);
    detail::store_little(bytes.data() + 12, line.by);
    detail::store_little(bytes.data() + 16, line.from);
    detail::store_little(bytes.data() + 17, line.to);
    detail::store_little(bytes.data() + 18, line.cause);
    detail::store_little(bytes.data() + 19, line.reason);
    sum = xxh64(bytes, sum);
  }
  return sum;
}

}  // namespace

std::vector<std::byte> AttributionBook::save() const {
  ArchiveWriter writer(kind, 1);
  save_referral_terms(terms_, writer.section("terms"));
  SectionWriter& section = writer.section("facts");
  section.put(std::uint64_t{facts_.size()});
  std::size_t touch = 0;
  for (const Fact& fact : facts_) {
    section.put(fact.kind);
    if (fact.kind == FactKind::touch) {
      const ReferralTouch& one = touches_[touch++].touch;
      section.put(one.id);
      section.put(seconds_of(one.time));
      section.put(one.referrer);
      section.put(one.customer);
      section.put(one.visitor);
      section.put(one.campaign);
      section.put(one.channel);
      section.put(one.method);
      section.put(one.kind);
    } else {
      section.put(seconds_of(fact.time));
      section.put(fact.a);
      section.put(fact.b);
      section.put(fact.x);
      section.put(fact.y);
    }
  }
  section.put(std::uint64_t{log_.size()});
  section.put(checksum_of(log_));
  return std::move(writer).finish();
}

Result<AttributionBook> AttributionBook::load(std::span<const std::byte> bytes) {
  const Result<ArchiveReader> reader = ArchiveReader::open(bytes, kind, 1);
  if (!reader) return reader.error();
  Result<SectionReader> terms_section = reader->section("terms");
  if (!terms_section) return terms_section.error();
  Result<ReferralProgrammeTerms> terms = load_referral_terms(*terms_section);
  if (!terms) return terms.error();
  Result<SectionReader> opened = reader->section("facts");
  if (!opened) return opened.error();
  SectionReader& section = *opened;
  AttributionBook book(std::move(*terms));
  const auto facts = section.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < facts && section.ok(); ++i) {
    const auto which = section.get_enum(FactKind::now);
    AttributionOutcome came;
    if (which == FactKind::touch) {
      ReferralTouch one;
      one.id = section.get<std::uint64_t>();
      one.time = get_time(section);
      one.referrer = section.get<Customer>();
      one.customer = section.get<Customer>();
      one.visitor = section.get<Visitor>();
      one.campaign = section.get<Campaign>();
      one.channel = section.get<Channel>();
      one.method = section.get_enum(ReferralMethod::other);
      one.kind = section.get_enum(TouchKind::claim);
      if (section.ok()) came = book.touch(one);
    } else {
      const Time time = get_time(section);
      const auto a = section.get<std::uint32_t>();
      const auto b = section.get<std::uint32_t>();
      const auto side = section.get_enum(ClaimSide::both);
      const auto reason = section.get_enum(ClaimReason::other);
      if (!section.ok()) break;
      switch (which) {
        case FactKind::link:
          came = book.link_visitor(Visitor{a}, Customer{b});
          break;
        case FactKind::registration:
          came = book.register_customer(Customer{a}, time, Visitor{b});
          break;
        case FactKind::conversion:
          came = book.qualify(Customer{a}, time);
          break;
        case FactKind::review:
          came = book.review(ClaimId{a}, time);
          break;
        case FactKind::approval:
          came = book.approve(ClaimId{a}, side, time);
          break;
        case FactKind::rejection:
          came = book.reject(ClaimId{a}, side, reason, time);
          break;
        case FactKind::voiding:
          came = book.void_claim(ClaimId{a}, reason, time);
          break;
        case FactKind::settlement:
          came = book.settle(ClaimId{a}, time);
          break;
        case FactKind::now:
        case FactKind::touch:
          if (book.advance(time) == 0) came.refusal = AttributionRefusal::retry;
          break;
      }
    }
    section.require(came.refusal == AttributionRefusal::none, "a fact would not be taken in");
  }
  const auto lines = section.get<std::uint64_t>();
  const auto sum = section.get<std::uint64_t>();
  if (section.ok()) {
    section.require(lines == book.log_.size() && sum == checksum_of(book.log_),
                    "the facts make another log than the one that was saved");
  }
  if (const Result<void> read = section.finish(); !read) return read.error();
  return book;
}

}  // namespace emptor
