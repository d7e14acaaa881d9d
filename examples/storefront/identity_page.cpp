#include "identity_page.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "emptor/identity/completeness.hpp"
#include "emptor/identity/explain.hpp"
#include "emptor/report/chart.hpp"
#include "emptor/report/sections_identity.hpp"
#include "identity_samples.hpp"

namespace storefront {
namespace {

using emptor::Customer;
using emptor::ReportCell;
using emptor::ReportTable;

constexpr const char* nothing = "\u00A0";  // in a cell that has nothing to say

const emptor::ValueFormat two{.decimals = 2, .keep_zeros = true};
const emptor::ValueFormat four{.decimals = 4, .keep_zeros = true};

/// 1,234
std::string count_text(std::uint64_t count) {
  return ReportCell(count).shown();
}

ReportCell percent(double part, double whole) {
  if (whole <= 0) return {};
  const double share = 100 * part / whole;
  return ReportCell::worded(share, emptor::fixed(share, 1) + "%");
}

void add_effect(emptor::ReportPage& page, const MergeEffect& effect) {
  const MergeEffect::Side& before = effect.before;
  const MergeEffect::Side& after = effect.after;
  const auto mean = [](std::uint64_t sum, const MergeEffect::Side& side) -> ReportCell {
    if (side.customers == 0) return {};
    return {static_cast<double>(sum) / static_cast<double>(side.customers), two};
  };
  const auto share = [](std::size_t part, const MergeEffect::Side& side) {
    return percent(static_cast<double>(part), static_cast<double>(side.customers));
  };
  ReportTable table{
      .caption = "Customers with an order", .columns = {"", "Before", "After"}, .sortable = false};
  table.rows = {
      {"Customers", before.customers, after.customers},
      {"Orders a customer", mean(before.orders, before), mean(after.orders, after)},
      {"Came back (two orders or more)", share(before.repeat, before), share(after.repeat, after)},
      {"Different items known of a customer", mean(before.items, before),
       mean(after.items, after)}};
  page.add_table(table);
  page.add_paragraph(emptor::text(
      "The orders are the same; only whose they are is known better. ", count_text(effect.merged),
      " of the ", count_text(before.customers),
      " customer keys belong to people who order under several, and ", count_text(effect.changed),
      " keys stand in another RFM segment when their people are seen whole."));
  ReportTable segments{.caption = "RFM segments before and after",
                       .columns = {"Segment", "Before", "Share", "After", "Share", "Keys that came",
                                   "Keys that left"}};
  for (std::size_t s = 0; s < after.segments.segments.size(); ++s) {
    const emptor::RfmSegmentSummary& is = after.segments.segments[s];
    const emptor::RfmSegmentSummary& was = before.segments.segments[s];
    segments.rows.push_back({is.name, was.customers, percent(was.customer_share, 1), is.customers,
                             percent(is.customer_share, 1), effect.came[s], effect.left[s]});
  }
  page.begin_details("RFM segments before and after").add_table(segments).end_details();
}

/// What arrived under each key of one person, and what is known together.
void add_story(emptor::ReportPage& page, const Findings& found, Customer person) {
  const Identity& identity = *found.identity;
  const ShopTables& shop = found.shop;
  const auto money = [&](std::int64_t units) {
    return ReportCell::amount(shop.orders.money(units));
  };
  const auto as_of = found.analysis->as_of;
  ReportTable table{.caption = "One person, key by key",
                    .columns = {"Key", "Source", "Since", "Orders", "Items",
                                emptor::text("Net, ", shop.orders.currency().code())},
                    .sortable = false};
  for (const std::uint32_t record : records_of(identity, person)) {
    const Customer customer = identity.customer_of[record];
    const emptor::CustomerFeatures seen = identity.features.arrived(customer).at(as_of);
    const emptor::Time since = identity.times[record];
    std::string source;
    if (identity.file.source) {
      source =
          identity.file.records.value(emptor::id_at<emptor::Record>(record), *identity.file.source);
    }
    table.rows.push_back(
        {identity.customers.key(customer), source.empty() ? ReportCell() : ReportCell(source),
         since == emptor::Time::min() ? ReportCell() : ReportCell(emptor::local_day(since)),
         seen.orders, seen.distinct_items, money(seen.net())});
  }
  const emptor::CustomerFeatures all = identity.features.at(person, as_of);
  table.total = {"Together", nothing, nothing, all.orders, all.distinct_items, money(all.net())};
  page.add_table(table);
}

std::string_view words_of(emptor::SurvivorRule rule) {
  switch (rule) {
    case emptor::SurvivorRule::most_recent:
      return "latest";
    case emptor::SurvivorRule::most_frequent:
      return "majority";
    default:
      return name(rule);
  }
}

emptor::ComparisonKind kind_of(emptor::FieldType type) {
  using emptor::ComparisonKind;
  switch (type) {
    case emptor::FieldType::birth_date:
      return ComparisonKind::birth_date;
    case emptor::FieldType::email:
      return ComparisonKind::email;
    case emptor::FieldType::phone:
      return ComparisonKind::phone;
    case emptor::FieldType::account:
      return ComparisonKind::key;
    default:
      return ComparisonKind::text;
  }
}

void add_golden_profile(emptor::ReportPage& page, const Identity& identity, Customer person,
                        bool show_values) {
  const emptor::SurvivorshipOptions& rules = identity.profiles.options();
  const emptor::GoldenProfile profile = identity.profiles.profile(person);
  const auto shown = [&](std::size_t f, const std::string& value) {
    if (show_values) return value;
    const auto& fields = identity.file.schema.fields;
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const auto& one) {
      return one.column == rules.fields[f].column;
    });
    return emptor::mask_value(kind_of(field->type), value);
  };
  ReportTable table{
      .caption = "Golden profile",
      .columns = {"Field", "Taken for true", "By", "From", "Said on", "Agree", "Also said"},
      .sortable = false};
  for (std::size_t f = 0; f < profile.fields.size(); ++f) {
    const emptor::GoldenField& field = profile.fields[f];
    if (field.value.empty() && field.losing.empty()) continue;
    std::string others;
    for (const emptor::LosingValue& losing : field.losing) {
      others += emptor::text(others.empty() ? "" : "; ", shown(f, losing.value));
    }
    const bool source = field.known() && field.source != emptor::no_id<emptor::Source>;
    const bool time = field.known() && field.time != emptor::Time::min();
    table.rows.push_back({rules.fields[f].column, shown(f, field.value),
                          field.inferred ? std::string_view("inferred") : words_of(field.rule),
                          source ? ReportCell(identity.sources.key(field.source)) : ReportCell(),
                          time ? ReportCell(emptor::local_day(field.time)) : ReportCell(),
                          emptor::text(field.records.size(), " of ", field.usable),
                          others.empty() ? ReportCell() : ReportCell(others)});
  }
  page.add_table(table);
  page.add_paragraph(emptor::text(
      "The value of every field is one that a record has, and it is known which; what it was "
      "preferred to is kept. This profile is ",
      emptor::fixed(100 * emptor::completeness(profile, rules), 0), "% complete."));
}

std::string record_name(const Identity& identity, std::uint32_t record) {
  return std::string(identity.customers.key(identity.customer_of[record]));
}

/// A pair's evidence, what came of it, and what the truth is.
void add_pair(emptor::ReportPage& page, const Findings& found, const emptor::PairExplanation& pair,
              const std::string& title) {
  page.add_chart(emptor::match_waterfall(pair, title));
  std::vector<std::string> in_words = pair.why;
  if (const auto& truth = found.truth) {
    const bool one = truth->person[pair.a] == truth->person[pair.b];
    const bool home = truth->household[pair.a] == truth->household[pair.b];
    in_words.push_back(emptor::text("In truth they are ", one ? "one person."
                                                          : home
                                                              ? "two people of one household."
                                                              : "two people of two households."));
  }
  page.add_list(in_words);
}

/// One linked pair, one that was not, and a person whom another one might be.
void add_decisions(emptor::ReportPage& page, const Findings& found,
                   const IdentitySamples& samples) {
  const Identity& identity = *found.identity;
  const auto name = [&](std::uint32_t record) { return record_name(identity, record); };
  if (samples.linked || samples.refused) page.add_heading("Why, and why not");
  if (const auto& pair = samples.linked) {
    add_pair(page, found, *pair,
             emptor::text(name(pair->a), " and ", name(pair->b), " are one person"));
  }
  if (const auto& pair = samples.refused) {
    add_pair(page, found, *pair,
             emptor::text(name(pair->a), " and ", name(pair->b), " are two people"));
  }
  const auto& contested = samples.contested;
  constexpr std::size_t most_drawn = 60;
  if (!contested || contested->records.size() + contested->contested.size() > most_drawn) return;
  page.add_heading("A contested case");
  page.add_chart(emptor::merge_tree(*contested, name),
                 "Merges from the surest on the left. Dashed: somebody else who might be the same "
                 "person and was kept apart.");
  std::vector<std::string> in_words;
  for (const emptor::ContestedMerge& one : contested->contested) {
    in_words.push_back(emptor::text(
        name(one.a), " and ", name(one.b), ": ", one.because, "; together ",
        emptor::fixed(one.weight, 1), " bits, and ", emptor::fixed(one.mean, 1),
        " on average over all pairs of the two people. Kept apart because ", one.reason_text, '.'));
    if (!found.truth) continue;
    in_words.back() += found.truth->person[one.a] == found.truth->person[one.b]
                           ? " In truth they are one person."
                           : " In truth they are two people.";
  }
  page.add_list(in_words);
}

void add_truth(emptor::ReportPage& page, const Identity& identity, const IdentityTruth& truth) {
  const IdentityScore score = score_identity(identity, truth);
  const emptor::ClusteringEvaluation& found = score.found;
  page.add_heading("Against the truth");
  page.add_paragraph(
      "The generated shop knows who its people are. Linking did not see it: what evidence is worth "
      "was learned from the records alone, and the threshold is an even chance.");
  ReportTable table{
      .caption = "Found and true", .columns = {"", "Precision", "Recall", "F1"}, .sortable = false};
  const auto row = [](const char* what, const emptor::PrecisionRecall& of) {
    return std::vector<ReportCell>{what, {of.precision, four}, {of.recall, four}, {of.f1, four}};
  };
  table.rows = {row("Pairs of records", found.pairs),
                row("Record by record (B-cubed)", found.b_cubed)};
  page.add_table(table);
  page.add_list(
      {emptor::text(count_text(found.found_clusters), " people were found where there are ",
                    count_text(found.true_clusters), ". Of ", count_text(found.exact_clusters),
                    " every record was found and none of anybody else."),
       emptor::text("Of ", count_text(found.found_pairs), " pairs of records that were joined ",
                    count_text(found.found_pairs - found.correct_pairs), " are of two people, ",
                    count_text(score.wrong_in_household), " of these of one household."),
       emptor::text("Of ", count_text(found.true_pairs), " true pairs ",
                    count_text(found.true_pairs - found.correct_pairs), " were not joined.")});
}

}  // namespace

void add_identity_chapter(emptor::ReportPage& page, const Findings& found,
                          const IdentitySamples& samples) {
  const Identity& identity = *found.identity;
  page.begin_section("One person, many records",
                     found.analysis
                         ? "Somebody who signs up on the web, in the app and at the counter is "
                           "three customers until somebody notices. Here the records were linked, "
                           "and the rest of this report counts people."
                         : "Somebody who signs up on the web, in the app and at the counter is "
                           "three customers until somebody notices. Here the records were linked.");
  if (found.effect && identity.records_of_buyers > 0) {
    add_effect(page, *found.effect);
  } else if (found.effect) {
    page.add_note(emptor::ReportNote::warning,
                  "No record is of a customer of the orders, so the rest of this report counts "
                  "customer keys. The column 'customer' should hold the keys that orders name.");
  }
  if (samples.person) {
    page.add_heading("One person seen whole");
    if (found.effect && identity.records_of_buyers > 0) add_story(page, found, *samples.person);
    add_golden_profile(page, identity, *samples.person, found.truth.has_value());
  } else {
    page.add_paragraph("Nobody has two records.");
  }
  add_decisions(page, found, samples);
  if (found.truth) add_truth(page, identity, *found.truth);
}

void add_linking_chapter(emptor::ReportPage& page, const Identity& identity) {
  emptor::add_identity_section(
      page, emptor::summarise_linkage(identity.linkage, {.contested = 8}),
      {.title = "How the records were linked",
       .record_name = [&](std::uint32_t record) { return record_name(identity, record); }});
}

}  // namespace storefront
