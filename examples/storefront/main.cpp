// The storefront: from a shop's orders to a report of who its customers are, what they are worth
// and what they want next. Everything is done by emptor; this program only reads its arguments,
// calls the library step by step, and says what it found.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis.hpp"
#include "arguments.hpp"
#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/ingest/orders_csv.hpp"
#include "exports.hpp"
#include "findings.hpp"
#include "generator.hpp"
#include "identity.hpp"
#include "identity_exports.hpp"
#include "links_file.hpp"
#include "page.hpp"
#include "people_file.hpp"
#include "progress_bar.hpp"
#include "referral.hpp"
#include "referral_exports.hpp"
#include "risk_exports.hpp"
#include "voices.hpp"

namespace storefront {
namespace {

namespace fs = std::filesystem;

/// The generated shop's export: what `online_retail.json` is for the real one, said in C++.
emptor::Mapping generated_mapping() {
  emptor::Mapping mapping;
  mapping.currency = "EUR";
  mapping.fields = {{.source = "order_no", .target = "order"},
                    {.source = "time", .target = "time"},
                    {.source = "channel", .target = "channel"},
                    {.source = "customer", .target = "customer"},
                    {.source = "country", .target = "customer.country"},
                    {.source = "item", .target = "item"},
                    {.source = "name", .target = "item.name"},
                    {.source = "category", .target = "item.category"},
                    {.source = "quantity", .target = "quantity"},
                    {.source = "unit_price", .target = "unit_price"}};
  mapping.cancellations = {{.target = "order", .prefix = "R"}};
  return mapping;
}

int fail(const emptor::Error& error) {
  std::fprintf(stderr, "storefront: %s\n", error.to_string().c_str());
  return exit_failed;
}

/// What there is to read.
struct Sources {
  fs::path orders, links, touches, records;  ///< empty: none
  VoicePaths voices;
  emptor::Mapping mapping = generated_mapping();
  std::optional<IdentityTruth> truth{};  ///< of the records
};

/// A generated shop in the folder for what comes out.
emptor::Result<void> make_shop(const Arguments& arguments, Sources& sources) {
  sources.orders = arguments.out / "orders.csv";
  sources.links = arguments.out / "friends.csv";
  sources.touches = arguments.out / "touches.csv";
  sources.records = arguments.out / "customers.csv";
  sources.voices = {.surveys = arguments.out / "surveys.csv",
                    .reviews = arguments.out / "reviews.csv",
                    .cases = arguments.out / "cases.csv",
                    .leads = arguments.out / "leads.csv",
                    .lead_events = arguments.out / "lead_events.csv"};
  const Shop made = generate_shop({.seed = arguments.seed, .people = arguments.people});
  IdentityTruth& truth = sources.truth.emplace();
  for (const ShopRecord& record : made.records) {
    truth.person.push_back(static_cast<std::uint32_t>(record.person));
    truth.household.push_back(static_cast<std::uint32_t>(made.people[record.person].household));
  }
  return write_shop(made, arguments.out);
}

/// Whose a key of the orders or the records is in the shop that is looked at.
CustomerOfKey customer_of_key(const Findings& found) {
  return [&found](std::string_view key) -> std::optional<emptor::Customer> {
    if (!found.identity) return found.shop.customers.find(key);
    const auto customer = found.identity->customers.find(key);
    if (!customer) return std::nullopt;
    return found.shop.customers.find(
        found.identity->customers.key(found.identity->owner(*customer)));
  };
}

/// Runs the referral programme over the shop's history.
emptor::Result<void> study_touches(const Sources& sources, const Arguments& arguments,
                                   const emptor::Context& context, Findings& found) {
  ReferralPeople people = referral_people(found.shop, found.identity.get());
  auto read = read_touches(
      sources.touches.string(),
      [&](std::string_view key) { return person_of_key(people, found.identity.get(), key); },
      context);
  if (!read) return read.error();
  const auto quarantine = arguments.out / "quarantine_touches.csv";
  if (auto done = emptor::write_quarantine_csv(quarantine.string(), read->file); !done) return done;
  std::vector<std::string> prefixes;
  for (const emptor::RowRule& rule : sources.mapping.cancellations) {
    if (rule.target == "order") prefixes.push_back(rule.prefix);
  }
  (void)context.report({.what = "who brought whom"});
  found.referral = std::make_unique<Referral>(study_referral(found.shop, std::move(people),
                                                             *std::move(read), found.identity.get(),
                                                             prefixes, arguments.seed, context));
  return {};
}

/// Merges what is one, and analyses the shop.
emptor::Result<void> study(const Sources& sources, std::uint64_t seed,
                           const emptor::Context& context, Findings& found) {
  const ShopTables before = std::move(found.shop);
  found.shop = found.identity ? merged_shop(before, *found.identity) : before;
  if (!sources.links.empty()) {
    auto linked =
        read_links(sources.links.string(), found.shop.customers.size(), customer_of_key(found));
    if (!linked) return linked.error();
    if (linked->links.size() > 0) found.shop.links = std::move(linked->links);
    found.links = linked->quality;
  }
  found.analysis = analyse(found.shop, seed, context);
  (void)context.report({.what = "groups of customers"});
  found.groups = groups_of(found.shop, *found.analysis, seed, context);
  (void)context.report({.what = "what customers are worth"});
  found.worth = worth_of(found.shop, found.analysis->as_of, context);
  (void)context.report({.what = "who may leave"});
  found.churn = churn_of(found.shop, *found.worth, found.analysis->as_of, context);
  if (found.identity) found.effect = effect_of(before, *found.analysis, *found.identity);
  return {};
}

void tell_rows(const emptor::QualityReport& quality) {
  std::printf("%s: %llu rows read, %llu kept, %llu rejected", quality.file.c_str(),
              static_cast<unsigned long long>(quality.rows_read),
              static_cast<unsigned long long>(quality.rows_kept),
              static_cast<unsigned long long>(quality.rows_rejected()));
}

void tell_identity(const Findings& found) {
  const Identity& identity = *found.identity;
  tell_rows(identity.file.quality);
  std::printf("\n");
  if (!identity.file.ignored.empty()) {
    std::string names;
    for (const std::string& column : identity.file.ignored) {
      names += emptor::text(names.empty() ? "'" : ", '", column, "'");
    }
    std::printf("Columns that are ignored: %s\n", names.c_str());
  }
  const std::size_t people = identity.profiles.owners().size();
  std::printf("%zu records of %zu people: %zu duplicates found, %zu merges refused\n",
              identity.file.records.size(), people, identity.file.records.size() - people,
              identity.linkage.clustering.refusals);
  if (found.truth) {
    const emptor::ClusteringEvaluation score = score_identity(identity, *found.truth).found;
    std::printf(
        "Against the truth (%zu people): pairs found right %s, of all true pairs %s, F1 %s; "
        "B-cubed F1 %s\n",
        score.true_clusters, emptor::fixed(score.pairs.precision, 4).c_str(),
        emptor::fixed(score.pairs.recall, 4).c_str(), emptor::fixed(score.pairs.f1, 4).c_str(),
        emptor::fixed(score.b_cubed.f1, 4).c_str());
  }
  if (!found.effect) return;
  if (identity.records_of_buyers == 0) {
    std::printf("No record is of a customer of the orders: these stay as they are.\n");
    return;
  }
  const auto& [before, after] = std::tie(found.effect->before, found.effect->after);
  const auto tell_side = [](const char* when, const MergeEffect::Side& side) {
    const double n = static_cast<double>(std::max<std::size_t>(side.customers, 1));
    std::printf("  %-7s %6zu customers, %s orders each, %s %% came back\n", when, side.customers,
                emptor::fixed(static_cast<double>(side.orders) / n, 2).c_str(),
                emptor::fixed(100 * static_cast<double>(side.repeat) / n, 1).c_str());
  };
  tell_side("before", before);
  tell_side("after", after);
}

void tell_referral(const Findings& found) {
  if (!found.referral) {
    std::printf("Who brought whom is left out: no touches given (--touches).\n");
    return;
  }
  const Referral& referral = *found.referral;
  const TouchQuality& quality = referral.file.quality;
  std::printf(
      "%llu touches read, %llu kept, %llu with a code that is nobody's, %llu others left out\n",
      static_cast<unsigned long long>(quality.rows), static_cast<unsigned long long>(quality.kept),
      static_cast<unsigned long long>(quality.unknown_code),
      static_cast<unsigned long long>(quality.left_out() - quality.unknown_code));
  const emptor::RewardBudgetView& budget = referral.budget;
  std::printf(
      "%llu customers were brought by %llu others; rewards of %s given, %s held; %llu referrals "
      "blocked, %llu to be looked at\n",
      static_cast<unsigned long long>(referral.forest.edges),
      static_cast<unsigned long long>(referral.forest.parents),
      emptor::to_string(emptor::Money{budget.spent, budget.currency}).c_str(),
      emptor::to_string(emptor::Money{budget.reserved, budget.currency}).c_str(),
      static_cast<unsigned long long>(referral.fraud.blocked),
      static_cast<unsigned long long>(referral.fraud.review));
}

void tell_worth(const Findings& found) {
  const Worth& worth = *found.worth;
  const auto currency = std::string(found.shop.orders.currency().code());
  if (worth.values) {
    std::printf(
        "%s of %llu customers are expected to be customers still; their purchases of the next %d "
        "years are worth %s %s today, those of a new one %s %s.\n",
        emptor::fixed(worth.values->expected_alive, 0).c_str(),
        static_cast<unsigned long long>(worth.values->customers), worth_years,
        emptor::fixed(worth.values->total_value, 0).c_str(), currency.c_str(),
        emptor::fixed(worth.values->new_value, 2).c_str(), currency.c_str());
  }
  if (!worth.demand.empty()) {
    const emptor::DemandForecast& all = worth.demand.front();
    const emptor::DemandPoint& next = all.points.front();
    std::printf("Units expected in the month of %s: %s, between %s and %s in four of five cases.\n",
                emptor::to_string(next.first).c_str(), emptor::fixed(next.mean, 0).c_str(),
                emptor::fixed(next.low, 0).c_str(), emptor::fixed(next.high, 0).c_str());
  }
}

void tell_churn(const Findings& found) {
  const Churn& churn = *found.churn;
  if (!churn.problem.empty()) {
    std::printf("Who may leave is left out: %s.\n", churn.problem.c_str());
    return;
  }
  std::printf(
      "Leaving (no order for %d days): AUC %s [%s, %s] on %llu customers of a later date; %s %s at "
      "risk with %zu customers of today\n",
      churn.days, emptor::fixed(churn.auc.auc, 3).c_str(), emptor::fixed(churn.auc.low, 3).c_str(),
      emptor::fixed(churn.auc.high, 3).c_str(),
      static_cast<unsigned long long>(churn.auc.positives + churn.auc.negatives),
      emptor::fixed(churn.watch.value_at_risk, 0).c_str(),
      std::string(found.shop.orders.currency().code()).c_str(), churn.customers.size());
}

void tell_file(const char* what, const VoiceQuality& quality) {
  std::printf("%s: %llu rows read, %llu kept, %llu of somebody unknown, %llu values no numbers\n",
              what, static_cast<unsigned long long>(quality.rows),
              static_cast<unsigned long long>(quality.kept),
              static_cast<unsigned long long>(quality.unknown),
              static_cast<unsigned long long>(quality.no_number));
}

void tell_voices(const Voices& voices) {
  if (const auto& found = voices.satisfaction) {
    tell_file("Surveys", found->quality);
    for (const emptor::SatisfactionView& view : found->views) {
      const emptor::SatisfactionEstimate& total = view.report.total;
      if (total.answers == 0) continue;
      std::printf("  %s %s [%s, %s], %llu answers, %llu off the scale\n",
                  std::string(name(total.measure)).c_str(), emptor::fixed(total.value, 2).c_str(),
                  emptor::fixed(total.low, 2).c_str(), emptor::fixed(total.high, 2).c_str(),
                  static_cast<unsigned long long>(total.answers),
                  static_cast<unsigned long long>(total.off_scale));
    }
  } else {
    std::printf("Satisfaction is left out: no answers to surveys given (--surveys).\n");
  }
  if (const auto& found = voices.reviews) {
    tell_file("Reviews", found->quality);
    if (found->problem.empty()) {
      std::printf("  %llu sound good, %llu bad; %llu look made up\n",
                  static_cast<unsigned long long>(found->overview.positive),
                  static_cast<unsigned long long>(found->overview.negative),
                  static_cast<unsigned long long>(found->audit.suspicious));
    } else {
      std::printf("  How they feel is left out: %s.\n", found->problem.c_str());
    }
  } else {
    std::printf("Reviews are left out: none given (--reviews).\n");
  }
  if (const auto& found = voices.leads) {
    tell_file("Leads", found->leads);
    tell_file("What leads did", found->events);
  } else {
    std::printf("Leads are left out: none given (--leads).\n");
  }
}

void tell_incidents(const Incidents& found) {
  std::printf("%zu of %zu orders since %s are unusual\n", found.unusual.alarms,
              found.unusual.orders, emptor::to_string(emptor::local_day(found.cut)).c_str());
  if (found.cases) {
    tell_file("Cases", found.cases->quality);
  } else {
    std::printf("Cases are left out: none given (--cases).\n");
  }
}

void tell_orders(const Findings& found) {
  const ShopTables& shop = found.shop;
  const Analysis& analysis = *found.analysis;
  const auto money = [&](std::int64_t units) {
    return emptor::to_string(shop.orders.money(units));
  };
  tell_rows(*found.quality);
  std::printf(", %llu without a customer\n",
              static_cast<unsigned long long>(found.quality->rows_without_customer));
  if (const auto& links = found.links) {
    std::printf("%llu links read, %llu kept, %llu with an unknown customer, %llu others left out\n",
                static_cast<unsigned long long>(links->rows),
                static_cast<unsigned long long>(links->kept),
                static_cast<unsigned long long>(links->unknown),
                static_cast<unsigned long long>(links->repeated + links->selves + links->unsound));
  }
  std::printf("%zu customers, %zu items, %zu orders, net %s\n", shop.customers.size(),
              shop.items.size(), shop.orders.orders(), money(analysis.sales.total.net()).c_str());
  std::printf("The best fifth of the customers brings %s %% of the net sales.\n",
              emptor::fixed(100 * analysis.concentration.top_20_percent, 1).c_str());
  for (const emptor::RfmSegmentSummary& segment : analysis.segments.segments) {
    std::printf("  %-20s %6llu customers  %5s %% of net sales\n", segment.name.c_str(),
                static_cast<unsigned long long>(segment.customers),
                emptor::fixed(100 * segment.monetary_share, 1).c_str());
  }
  tell_worth(found);
  tell_churn(found);
  tell_voices(found.voices);
  tell_incidents(*found.incidents);
  tell_referral(found);
  if (analysis.models.estimates.empty()) return;
  if (!shop.links) {
    std::printf("Social recommenders are left out: %s.\n",
                found.links ? "no link is between two customers with orders" : "no links given");
  }
  std::printf("Tested on what %zu customers bought for the first time from %s on:\n",
              analysis.models.estimates.front().customers,
              emptor::to_string(emptor::local_day(analysis.models.cut)).c_str());
  const auto number = [](double value) {
    return value == value ? emptor::fixed(value, 4) : std::string("not known");
  };
  for (const emptor::ModelEstimates& model : analysis.models.estimates) {
    for (const emptor::MetricEstimate& estimate : model.metrics) {
      if (estimate.metric != emptor::RankingMetric::ndcg) continue;
      std::printf("  %-20s NDCG@%zu %s  [%s, %s]\n", model.model.c_str(), estimate.k,
                  number(estimate.value).c_str(), number(estimate.low).c_str(),
                  number(estimate.high).c_str());
    }
  }
}

/// What was found, in a page of the terminal.
void tell(const Findings& found) {
  if (found.quality) tell_orders(found);
  if (found.identity) {
    tell_identity(found);
  } else {
    std::printf("Who is who is left out: no personal records given (--records).\n");
  }
}

int run(const Arguments& arguments) {
  std::error_code failure;
  fs::create_directories(arguments.out, failure);
  if (failure || !fs::is_directory(arguments.out)) {
    return fail(
        {emptor::ErrorCode::io,
         "cannot make this folder: " + (failure ? failure.message() : "a file has its name"),
         arguments.out.string()});
  }
  ProgressBar bar;
  emptor::ThreadPool pool(arguments.threads);
  const emptor::Context context{
      .executor = &pool, .progress = std::ref(bar), .kernels = &emptor::native_kernels()};

  Sources sources{.orders = arguments.orders,
                  .links = arguments.links,
                  .touches = arguments.touches,
                  .records = arguments.records,
                  .voices = {.surveys = arguments.surveys,
                             .reviews = arguments.reviews,
                             .cases = arguments.cases,
                             .leads = arguments.leads,
                             .lead_events = arguments.lead_events}};
  if (sources.orders.empty() && sources.records.empty()) {
    bar.show("making a shop");
    if (auto done = make_shop(arguments, sources); !done) return fail(done.error());
  } else if (!arguments.mapping.empty()) {
    auto mapping = emptor::load_mapping(arguments.mapping.string());
    if (!mapping) return fail(mapping.error());
    sources.mapping = *std::move(mapping);
  }

  Findings found;
  if (!sources.orders.empty()) {
    auto read = emptor::read_orders_csv(sources.orders.string(), sources.mapping,
                                        found.shop.customers, found.shop.items, {}, context);
    if (!read) return fail(read.error());
    found.shop.orders = std::move(read->orders);
    found.quality = std::move(read->quality);
    const auto quarantine = arguments.out / "quarantine.csv";
    if (auto done = emptor::write_quarantine_csv(quarantine.string(), *found.quality); !done) {
      return fail(done.error());
    }
  }
  if (!sources.records.empty()) {
    auto read = read_people(sources.records.string(), context);
    if (!read) return fail(read.error());
    const auto quarantine = arguments.out / "quarantine_records.csv";
    if (auto done = emptor::write_quarantine_csv(quarantine.string(), read->quality); !done) {
      return fail(done.error());
    }
    found.identity = std::make_unique<Identity>(*std::move(read), found.shop, context);
    found.truth = std::move(sources.truth);
  }
  if (!sources.orders.empty()) {
    if (auto done = study(sources, arguments.seed, context, found); !done) {
      return fail(done.error());
    }
    if (!sources.touches.empty()) {
      if (auto done = study_touches(sources, arguments, context, found); !done) {
        return fail(done.error());
      }
    }
  }

  if (found.analysis) {
    auto voices = study_voices(sources.voices, customer_of_key(found), arguments.out, context);
    if (!voices) return fail(voices.error());
    found.voices = *std::move(voices);
    (void)context.report({.what = "what goes wrong"});
    found.incidents = incidents_of(found.shop, found.voices.cases ? &*found.voices.cases : nullptr,
                                   found.analysis->as_of, context);
  }

  bar.show("writing");
  if (found.identity) {
    if (auto done = write_identity_exports(*found.identity, arguments.out); !done) {
      return fail(done.error());
    }
  }
  if (found.analysis) {
    if (auto done = write_exports(found, arguments.out); !done) {
      return fail(done.error());
    }
  }
  if (found.referral) {
    if (auto done = write_referral_exports(found.shop, *found.referral, arguments.out); !done) {
      return fail(done.error());
    }
  }
  if (found.churn) {
    if (auto done = write_risk_exports(found.shop, *found.churn, found.voices, arguments.out);
        !done) {
      return fail(done.error());
    }
    if (auto done = write_incident_exports(found.shop, *found.incidents, arguments.out); !done) {
      return fail(done.error());
    }
  }
  const fs::path report = arguments.out / "report.html";
  if (auto done = make_page(found).write(report.string()); !done) return fail(done.error());
  bar.clear();
  tell(found);
  std::printf("Report: %s\n", fs::absolute(report).lexically_normal().c_str());
  return std::fflush(stdout) == 0 ? exit_ok : exit_failed;
}

}  // namespace
}  // namespace storefront

int main(int count, char** words) {
  const auto arguments = storefront::parse_arguments(
      std::span<const char* const>(words + 1, static_cast<std::size_t>(count > 0 ? count - 1 : 0)));
  if (!arguments) {
    std::fprintf(stderr, "storefront: %s\n", arguments.error().message.c_str());
    return storefront::exit_usage;
  }
  if (arguments->help) {
    std::fputs(std::string(storefront::usage()).c_str(), stdout);
    return storefront::exit_ok;
  }
  try {
    return storefront::run(*arguments);
  } catch (const std::bad_alloc&) {
    std::fputs("storefront: the machine has not enough memory for this\n", stderr);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "storefront: %s\n", problem.what());
  }
  return storefront::exit_failed;
}
