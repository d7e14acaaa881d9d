// Writing what a generated shop's people say: surveys, reviews, cases, leads.

#include <string>
#include <string_view>

#include "emptor/core/time.hpp"
#include "emptor/ingest/csv_writer.hpp"
#include "generator.hpp"

namespace storefront {
namespace {

using emptor::CsvWriter;
using emptor::Result;

std::string answer_text(int answer) {
  return answer == ShopAnswer::not_given ? std::string() : emptor::text(answer);
}

Result<void> write_answers(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"time", "customer", "channel", "recommend", "easy", "product", "price", "website",
             "delivery", "packaging", "service", "seconds"});
  for (const ShopAnswer& one : shop.answers) {
    file->row({emptor::to_string(one.time), shop.records[one.record].key,
               shop.channels[one.channel], answer_text(one.recommend), answer_text(one.easy),
               answer_text(one.product), answer_text(one.price), answer_text(one.website),
               answer_text(one.delivery), answer_text(one.packaging), answer_text(one.service),
               emptor::text(one.seconds)});
  }
  return file->close();
}

Result<void> write_reviews(const Shop& shop, const std::string& path, const std::string& truth) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"time", "customer", "item", "rating", "text"});
  for (const ShopReview& one : shop.reviews) {
    file->row({emptor::to_string(one.time), shop.records[one.record].key, shop.items[one.item].key,
               emptor::text(one.rating), one.text});
  }
  if (Result<void> done = file->close(); !done) return done;
  file = CsvWriter::create(truth);
  if (!file) return file.error();
  file->row({"customer", "item", "time"});
  for (const ShopReview& one : shop.reviews) {
    if (!one.bought) continue;
    file->row(
        {shop.records[one.record].key, shop.items[one.item].key, emptor::to_string(one.time)});
  }
  return file->close();
}

Result<void> write_cases(const Shop& shop, const std::string& path) {
  Result<CsvWriter> file = CsvWriter::create(path);
  if (!file) return file.error();
  file->row({"opened", "closed", "customer", "channel", "category"});
  for (const ShopCase& one : shop.cases) {
    file->row({emptor::to_string(one.opened),
               one.closed ? emptor::to_string(*one.closed) : std::string(),
               shop.records[one.record].key, shop.channels[one.channel],
               shop.case_categories[one.category]});
  }
  return file->close();
}

Result<void> write_leads(const Shop& shop, const std::string& leads, const std::string& events) {
  Result<CsvWriter> file = CsvWriter::create(leads);
  if (!file) return file.error();
  file->row({"lead", "time", "industry", "level", "employees", "need"});
  for (const ShopLead& one : shop.leads) {
    file->row({one.key, emptor::to_string(one.joined), one.industry, one.level,
               one.employees > 0 ? emptor::text(one.employees) : std::string(),
               one.need ? emptor::fixed(*one.need / 100.0, 2) : std::string()});
  }
  if (Result<void> done = file->close(); !done) return done;
  file = CsvWriter::create(events);
  if (!file) return file.error();
  file->row({"lead", "time", "event"});
  for (const ShopLeadEvent& one : shop.lead_events) {
    file->row({shop.leads[one.lead].key, emptor::to_string(one.time), one.kind});
  }
  return file->close();
}

}  // namespace

Result<void> write_voices(const Shop& shop, const std::filesystem::path& out) {
  const auto path = [&](std::string_view name) { return (out / name).string(); };
  if (Result<void> done = write_answers(shop, path("surveys.csv")); !done) return done;
  if (Result<void> done = write_cases(shop, path("cases.csv")); !done) return done;
  if (Result<void> done = write_leads(shop, path("leads.csv"), path("lead_events.csv")); !done) {
    return done;
  }
  return write_reviews(shop, path("reviews.csv"), path("truth_reviews.csv"));
}

}  // namespace storefront
