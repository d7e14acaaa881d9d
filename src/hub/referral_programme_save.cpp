#include <algorithm>
#include <string>
#include <utility>

#include "emptor/core/archive.hpp"
#include "emptor/hub/referral_programme.hpp"

namespace emptor {

namespace {

void put_part(ArchiveWriter& writer, std::string_view name, const std::vector<std::byte>& bytes) {
  writer.section(name, 1).put_text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

template <class Part>
Result<Part> get_part(ArchiveReader& reader, std::string_view name) {
  Result<SectionReader> section = reader.section(name);
  if (!section) return section.error();
  const std::string bytes = section->get_text();
  if (Result<void> done = section->finish(); !done) return done.error();
  return Part::load(std::as_bytes(std::span(bytes)));
}

bool in_range(std::int64_t amount) {
  return amount >= -reward_amount_range && amount <= reward_amount_range;
}

Time get_time(SectionReader& from) {
  return Time{std::chrono::seconds{from.get<std::int64_t>()}};
}

}  // namespace

std::vector<std::byte> ReferralProgramme::save() const {
  ArchiveWriter writer("referral-programme", 1);
  put_part(writer, "attribution", book_.save());
  put_part(writer, "edges", log_.save());
  put_part(writer, "forest", forest_.save());
  put_part(writer, "fraud", fraud_.save());
  put_part(writer, "reviews", reviews_.save());
  put_part(writer, "engine", engine_.save());
  put_part(writer, "payout", payout_.save());
  put_part(writer, "outbox", outbox_.save());

  SectionWriter& own = writer.section("programme", 1);
  own.put(std::int64_t{options_.review_patience.count()});
  own.put(static_cast<std::uint8_t>(options_.at_deadline));
  own.put(options_.void_on_refund);
  own.put(std::uint64_t{followed_});

  own.put(std::uint64_t{events_.size()});
  for (const Event& event : events_) {
    own.put(event.id);
    own.put(static_cast<std::uint32_t>(event.claim));
    own.put(event.gross);
    own.put(event.ordinal);
    own.put(std::int64_t{event.time.time_since_epoch().count()});
    own.put(event.qualified);
  }

  std::vector<std::uint32_t> edges;  // places in the log
  for (std::uint32_t at = 0; at < log_.facts().size(); ++at) {
    if (edge_fact(log_.facts()[at].child) == &log_.facts()[at]) edges.push_back(at);
  }
  own.put_array(edges);

  std::vector<std::pair<Customer, std::pair<Time, bool>>> blocks(blocks_.begin(), blocks_.end());
  std::sort(blocks.begin(), blocks.end());
  own.put(std::uint64_t{blocks.size()});
  for (const auto& [customer, word] : blocks) {
    own.put(static_cast<std::uint32_t>(customer));
    own.put(std::int64_t{word.first.time_since_epoch().count()});
    own.put(word.second);
  }

  own.put(std::uint64_t{parked_.size()});
  for (const auto& [event, adjustment] : parked_) {
    own.put(event);
    own.put(adjustment.revision);
    own.put(adjustment.gross);
    own.put(adjustment.net);
    own.put(adjustment.margin);
    own.put(std::int64_t{adjustment.time.time_since_epoch().count()});
  }
  return std::move(writer).finish();
}

Result<ReferralProgramme> ReferralProgramme::load(std::span<const std::byte> bytes) {
  Result<ArchiveReader> reader = ArchiveReader::open(bytes, "referral-programme", 1);
  if (!reader) return reader.error();
  Result<AttributionBook> book = get_part<AttributionBook>(*reader, "attribution");
  if (!book) return book.error();
  Result<ReferralEdgeLog> log = get_part<ReferralEdgeLog>(*reader, "edges");
  if (!log) return log.error();
  Result<OwnedForest> forest = get_part<OwnedForest>(*reader, "forest");
  if (!forest) return forest.error();
  Result<FraudMonitor> fraud = get_part<FraudMonitor>(*reader, "fraud");
  if (!fraud) return fraud.error();
  Result<ReviewQueue> reviews = get_part<ReviewQueue>(*reader, "reviews");
  if (!reviews) return reviews.error();
  Result<RewardEngine> engine = get_part<RewardEngine>(*reader, "engine");
  if (!engine) return engine.error();
  Result<RewardPayout> payout = get_part<RewardPayout>(*reader, "payout");
  if (!payout) return payout.error();
  Result<Outbox> outbox = get_part<Outbox>(*reader, "outbox");
  if (!outbox) return outbox.error();

  Result<SectionReader> own = reader->section("programme");
  if (!own) return own.error();
  ReferralProgrammeOptions options;
  options.terms = book->terms();
  options.fraud = fraud->options();
  options.payout = payout->options();
  options.review_patience = std::chrono::seconds{own->get<std::int64_t>()};
  const auto at_deadline = own->get<std::uint8_t>();
  options.at_deadline = static_cast<ReviewAnswer>(at_deadline);
  options.void_on_refund = own->get<bool>();
  own->require(options.review_patience.count() > 0 && at_deadline <= 1, "options that are refused");
  own->require(options.payout.programme == options.terms.programme,
               "the books of another programme");
  if (!own->ok()) return own->finish().error();

  ReferralProgramme out(options, engine->plans().front());
  out.book_ = std::move(*book);
  out.log_ = std::move(*log);
  out.forest_ = std::move(*forest);
  out.fraud_ = std::move(*fraud);
  out.reviews_ = std::move(*reviews);
  out.engine_ = std::move(*engine);
  out.payout_ = std::move(*payout);
  out.outbox_ = std::move(*outbox);
  out.followed_ = own->get<std::uint64_t>();
  own->require(out.followed_ <= out.book_.log().size(), "more transitions than there are");

  const auto events = own->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < events && own->ok(); ++i) {
    const auto id = own->get<std::uint64_t>();
    Event event;
    event.id = id;
    event.claim = static_cast<ClaimId>(own->get<std::uint32_t>());
    event.gross = own->get<std::int64_t>();
    event.ordinal = own->get<std::uint32_t>();
    event.time = get_time(*own);
    event.qualified = own->get<bool>();
    own->require(event.claim == no_claim || index(event.claim) < out.book_.claims(),
                 "an event of an unknown referral");
    own->require(in_range(event.gross), "an amount out of range");
    own->require(out.find(id) == nullptr, "an event twice");
    if (own->ok()) out.remember(event);
  }

  for (const std::uint32_t at : own->get_array<std::uint32_t>()) {
    own->require(
        at < out.log_.facts().size() && out.edge_fact(out.log_.facts()[at].child) == nullptr,
        "an edge that the log does not have");
    if (!own->ok()) break;
    out.edge_of_.insert(static_cast<std::uint64_t>(out.log_.facts()[at].child), {at});
  }

  const auto blocks = own->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < blocks && own->ok(); ++i) {
    const auto customer = static_cast<Customer>(own->get<std::uint32_t>());
    const Time time = get_time(*own);
    out.blocks_.emplace(customer, std::pair(time, own->get<bool>()));
  }

  const auto parked = own->get<std::uint64_t>();
  for (std::uint64_t i = 0; i < parked && own->ok(); ++i) {
    RewardAdjustment adjustment;
    adjustment.event = own->get<std::uint64_t>();
    adjustment.revision = own->get<std::uint32_t>();
    adjustment.gross = own->get<std::int64_t>();
    adjustment.net = own->get<std::int64_t>();
    adjustment.margin = own->get<std::int64_t>();
    adjustment.time = get_time(*own);
    own->require(out.find(adjustment.event) == nullptr,
                 "a correction that waits for what is there");
    own->require(out.parked_.empty() || out.parked_.rbegin()->first < adjustment.event,
                 "corrections out of order");
    own->require(in_range(adjustment.gross), "an amount out of range");
    if (own->ok()) out.parked_.emplace_hint(out.parked_.end(), adjustment.event, adjustment);
  }
  if (Result<void> done = own->finish(); !done) return done.error();
  return out;
}

}  // namespace emptor
