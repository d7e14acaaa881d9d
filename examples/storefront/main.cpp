// The storefront: from a shop's orders to a report of who its customers are, what they are worth
// and what they want next. Everything is done by emptor; this program only reads its arguments,
// calls the library step by step, and says what it found.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "analysis.hpp"
#include "arguments.hpp"
#include "emptor/core/kernels.hpp"
#include "emptor/core/thread_pool.hpp"
#include "emptor/ingest/orders_csv.hpp"
#include "exports.hpp"
#include "generator.hpp"
#include "links_file.hpp"
#include "page.hpp"
#include "progress_bar.hpp"

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

void tell(const emptor::QualityReport& quality, const std::optional<LinksQuality>& links,
          const ShopTables& shop, const Analysis& found) {
  const auto money = [&](std::int64_t units) {
    return emptor::to_string(shop.orders.money(units));
  };
  std::printf("%s: %llu rows read, %llu kept, %llu rejected, %llu without a customer\n",
              quality.file.c_str(), static_cast<unsigned long long>(quality.rows_read),
              static_cast<unsigned long long>(quality.rows_kept),
              static_cast<unsigned long long>(quality.rows_rejected()),
              static_cast<unsigned long long>(quality.rows_without_customer));
  if (links) {
    std::printf("%llu links read, %llu kept, %llu with an unknown customer, %llu others left out\n",
                static_cast<unsigned long long>(links->rows),
                static_cast<unsigned long long>(links->kept),
                static_cast<unsigned long long>(links->unknown),
                static_cast<unsigned long long>(links->repeated + links->selves + links->unsound));
  }
  std::printf("%zu customers, %zu items, %zu orders, net %s\n", shop.customers.size(),
              shop.items.size(), shop.orders.orders(), money(found.sales.total.net()).c_str());
  std::printf("The best fifth of the customers brings %s %% of the net sales.\n",
              emptor::fixed(100 * found.concentration.top_20_percent, 1).c_str());
  for (const emptor::RfmSegmentSummary& segment : found.segments.segments) {
    std::printf("  %-20s %6llu customers  %5s %% of net sales\n", segment.name.c_str(),
                static_cast<unsigned long long>(segment.customers),
                emptor::fixed(100 * segment.monetary_share, 1).c_str());
  }
  if (found.models.estimates.empty()) return;
  if (!shop.links) {
    std::printf("Social recommenders are left out: %s.\n",
                links ? "no link is between two customers with orders" : "no links given");
  }
  std::printf("Tested on what %zu customers bought for the first time from %s on:\n",
              found.models.estimates.front().customers,
              emptor::to_string(emptor::local_day(found.models.cut)).c_str());
  const auto number = [](double value) {
    return value == value ? emptor::fixed(value, 4) : std::string("not known");
  };
  for (const emptor::ModelEstimates& model : found.models.estimates) {
    for (const emptor::MetricEstimate& estimate : model.metrics) {
      if (estimate.metric != emptor::RankingMetric::ndcg) continue;
      std::printf("  %-20s NDCG@%zu %s  [%s, %s]\n", model.model.c_str(), estimate.k,
                  number(estimate.value).c_str(), number(estimate.low).c_str(),
                  number(estimate.high).c_str());
    }
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

  fs::path orders = arguments.orders;
  fs::path links = arguments.links;
  emptor::Mapping mapping = generated_mapping();
  if (orders.empty()) {
    bar.show("making a shop");
    orders = arguments.out / "orders.csv";
    links = arguments.out / "friends.csv";
    const Shop made = generate_shop({.seed = arguments.seed, .people = arguments.people});
    if (auto done = write_shop(made, arguments.out); !done) return fail(done.error());
  } else {
    auto read = emptor::load_mapping(arguments.mapping.string());
    if (!read) return fail(read.error());
    mapping = *std::move(read);
  }

  ShopTables shop;
  auto read =
      emptor::read_orders_csv(orders.string(), mapping, shop.customers, shop.items, {}, context);
  if (!read) return fail(read.error());
  shop.orders = std::move(read->orders);
  const emptor::QualityReport& quality = read->quality;
  std::optional<LinksQuality> links_quality;
  if (!links.empty()) {
    auto linked = read_links(links.string(), shop.customers);
    if (!linked) return fail(linked.error());
    if (linked->links.size() > 0) shop.links = std::move(linked->links);
    links_quality = linked->quality;
  }
  const auto quarantine = arguments.out / "quarantine.csv";
  if (auto done = emptor::write_quarantine_csv(quarantine.string(), quality); !done) {
    return fail(done.error());
  }

  const Analysis found = analyse(shop, arguments.seed, context);
  bar.show("writing");
  if (auto done = write_exports(shop, found, arguments.out); !done) return fail(done.error());
  const fs::path report = arguments.out / "report.html";
  if (auto done = make_page(shop, quality, links_quality, found).write(report.string()); !done) {
    return fail(done.error());
  }
  bar.clear();
  tell(quality, links_quality, shop, found);
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
