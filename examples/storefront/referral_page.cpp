#include "referral_page.hpp"

#include <string>

#include "emptor/report/sections_referral.hpp"
#include "emptor/report/sections_reward.hpp"

namespace storefront {

void add_referral_chapter(emptor::ReportPage& page, const Referral& referral,
                          const ShopTables& shop) {
  const emptor::Currency currency = shop.orders.currency();
  const auto customer = [&](emptor::Customer one) { return key_of(referral, one); };
  const auto channel = [&](emptor::Channel one) {
    return std::string(referral.file.channels.key(one));
  };
  emptor::add_referral_forest_section(
      page, referral.forest,
      {.parents = referral.parents, .amounts = referral.earned, .currency = currency}, customer);
  const TouchQuality& quality = referral.file.quality;
  page.add_paragraph(emptor::text(
      "Touches: ", quality.rows, " rows read, ", quality.kept, " kept; ", quality.unsound,
      " could not be read, ", quality.no_time, " have no time, ", quality.no_kind, " no kind, ",
      quality.unknown_code, " a code that is nobody's (mistyped, mostly), ", quality.unknown,
      " a key of no customer, ", quality.nobody, " nobody who came."));
  emptor::add_referral_funnel_section(page, referral.funnel, channel);
  emptor::add_referral_growth_section(page, referral.growth);
  emptor::add_matched_value_section(
      page, referral.matched,
      emptor::text(currency.code(), " in the first ", referral.matched_days, " days"));
  emptor::add_earnings_section(page, referral.earners, currency);
  emptor::add_contest_section(page, referral.contests, currency, customer);
  emptor::add_referral_fraud_section(page, referral.fraud, referral.reviews, currency, customer);
  emptor::add_reward_budget_section(page, referral.budget, &referral.books);
  emptor::add_plan_audit_section(page, referral.plans, currency);
}

void add_no_referral(emptor::ReportPage& page) {
  page.begin_section("Who brought whom");
  page.add_paragraph("Left out: no touches were given, so nobody says who brought whom.");
}

}  // namespace storefront
