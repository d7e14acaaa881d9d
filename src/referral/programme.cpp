#include "emptor/referral/programme.hpp"

#include <algorithm>

#include "emptor/core/archive_reader.hpp"
#include "emptor/core/archive_writer.hpp"

namespace emptor {

namespace {

void require_window(const TimeWindow& window, std::string_view option) {
  if (!(window.from < window.to)) {
    throw Exception(ErrorCode::invalid_option, text("'", option, "' must end after it begins"),
                    std::string(option));
  }
}

void put_window(SectionWriter& section, const TimeWindow& window) {
  section.put(std::int64_t{window.from.time_since_epoch().count()});
  section.put(std::int64_t{window.to.time_since_epoch().count()});
}

TimeWindow get_window(SectionReader& section) {
  const Time from{std::chrono::seconds{section.get<std::int64_t>()}};
  return {from, Time{std::chrono::seconds{section.get<std::int64_t>()}}};
}

void put_span(SectionWriter& section, std::chrono::seconds span) {
  section.put(std::int64_t{span.count()});
}

std::chrono::seconds get_span(SectionReader& section) {
  return std::chrono::seconds{section.get<std::int64_t>()};
}

}  // namespace

void require_referral_terms(const ReferralProgrammeTerms& terms) {
  require_window(terms.window, "window");
  std::vector<Campaign> seen;
  for (const ReferralCampaignTerms& one : terms.campaigns) {
    require_window(one.window, "campaigns.window");
    require_option(one.campaign != no_id<Campaign>, "campaigns.campaign", "a campaign",
                   index(one.campaign));
    seen.push_back(one.campaign);
  }
  std::sort(seen.begin(), seen.end());
  if (const auto twice = std::adjacent_find(seen.begin(), seen.end()); twice != seen.end()) {
    throw Exception(ErrorCode::duplicate, text("campaign ", index(*twice), " is there twice"),
                    "campaigns");
  }
  require_option(terms.rule <= AttributionRule::sticky, "rule", "one of the known rules",
                 static_cast<int>(terms.rule));
  require_option(terms.referrer_side <= SideModeration::reviewed, "referrer_side",
                 "automatic or reviewed", static_cast<int>(terms.referrer_side));
  require_option(terms.referee_side <= SideModeration::reviewed, "referee_side",
                 "automatic or reviewed", static_cast<int>(terms.referee_side));
  require_option(terms.protected_for.count() >= 0, "protected_for", ">= 0",
                 terms.protected_for.count());
  require_option(terms.valid_for.count() > 0, "valid_for", "> 0", terms.valid_for.count());
  require_option(terms.claim_after_sign_up.count() >= 0, "claim_after_sign_up", ">= 0",
                 terms.claim_after_sign_up.count());
  for (const ReferralMethodTerms& method : terms.methods) {
    require_option(method.window.count() > 0, "methods.window", "> 0", method.window.count());
  }
  const QualificationTerms& condition = terms.qualification;
  require_option(condition.minimum_order >= 0, "qualification.minimum_order", ">= 0",
                 condition.minimum_order);
  require_option(condition.order_number >= 1, "qualification.order_number", ">= 1",
                 condition.order_number);
  require_option(condition.hold.count() >= 0, "qualification.hold", ">= 0", condition.hold.count());
  require_option(condition.within.count() > 0, "qualification.within", "> 0",
                 condition.within.count());
  require_option(terms.max_touches >= 1 && terms.max_touches <= 10'000, "max_touches",
                 "in [1, 10000]", terms.max_touches);
}

void save_referral_terms(const ReferralProgrammeTerms& terms, SectionWriter& section) {
  section.put(terms.programme);
  section.put_text(terms.name);
  put_window(section, terms.window);
  section.put(std::uint64_t{terms.campaigns.size()});
  for (const ReferralCampaignTerms& one : terms.campaigns) {
    section.put(one.campaign);
    section.put_text(one.name);
    put_window(section, one.window);
    section.put_array(one.channels);
  }
  section.put(terms.rule);
  put_span(section, terms.protected_for);
  put_span(section, terms.valid_for);
  put_span(section, terms.claim_after_sign_up);
  for (const ReferralMethodTerms& method : terms.methods) {
    section.put(method.allowed);
    section.put(method.rank);
    put_span(section, method.window);
    section.put(method.click_counts);
  }
  section.put(terms.referrer_side);
  section.put(terms.referee_side);
  section.put(terms.qualification.minimum_order);
  section.put(terms.qualification.order_number);
  put_span(section, terms.qualification.hold);
  put_span(section, terms.qualification.within);
  section.put(std::uint64_t{terms.max_touches});
}

Result<ReferralProgrammeTerms> load_referral_terms(SectionReader& section) {
  ReferralProgrammeTerms terms;
  terms.programme = section.get<Programme>();
  terms.name = section.get_text();
  terms.window = get_window(section);
  const auto campaigns = section.get<std::uint64_t>();
  for (std::uint64_t i = 0; i < campaigns && section.ok(); ++i) {
    ReferralCampaignTerms one;
    one.campaign = section.get<Campaign>();
    one.name = section.get_text();
    one.window = get_window(section);
    one.channels = section.get_array<Channel>();
    terms.campaigns.push_back(std::move(one));
  }
  terms.rule = section.get_enum(AttributionRule::sticky);
  terms.protected_for = get_span(section);
  terms.valid_for = get_span(section);
  terms.claim_after_sign_up = get_span(section);
  for (ReferralMethodTerms& method : terms.methods) {
    method.allowed = section.get<bool>();
    method.rank = section.get<std::uint8_t>();
    method.window = get_span(section);
    method.click_counts = section.get<bool>();
  }
  terms.referrer_side = section.get_enum(SideModeration::reviewed);
  terms.referee_side = section.get_enum(SideModeration::reviewed);
  terms.qualification.minimum_order = section.get<std::int64_t>();
  terms.qualification.order_number = section.get<std::uint32_t>();
  terms.qualification.hold = get_span(section);
  terms.qualification.within = get_span(section);
  terms.max_touches = static_cast<std::size_t>(section.get<std::uint64_t>());
  if (const Result<void> read = section.finish(); !read) return read.error();
  try {
    require_referral_terms(terms);
  } catch (const Exception& refused) {
    return Error{ErrorCode::corrupt,
                 "the terms of the programme are refused: " + refused.error().message,
                 refused.error().where};
  }
  return terms;
}

}  // namespace emptor
