#include "voices.hpp"

#include <string>
#include <utility>

#include "emptor/ingest/orders_csv.hpp"

namespace storefront {
namespace {

using emptor::Result;

Result<void> quarantine(const std::filesystem::path& out, const char* name,
                        const VoiceQuality& quality) {
  return emptor::write_quarantine_csv((out / name).string(), quality.file);
}

}  // namespace

Result<Voices> study_voices(const VoicePaths& paths, const VoiceCustomer& customer_of,
                            const std::filesystem::path& out, const emptor::Context& context) {
  Voices found;
  if (!paths.surveys.empty()) {
    (void)context.report({.what = "how satisfied customers are"});
    auto file = read_surveys(paths.surveys.string(), customer_of, context);
    if (!file) return file.error();
    found.satisfaction = satisfaction_of(*file, context);
    if (auto done = quarantine(out, "quarantine_surveys.csv", file->quality); !done) {
      return done.error();
    }
  }
  if (!paths.reviews.empty()) {
    (void)context.report({.what = "what reviews say"});
    auto file = read_reviews(paths.reviews.string(), customer_of, context);
    if (!file) return file.error();
    found.reviews = reviews_of(*file, context);
    found.review_file = *std::move(file);
    if (auto done = quarantine(out, "quarantine_reviews.csv", found.review_file->quality); !done) {
      return done.error();
    }
  }
  if (!paths.cases.empty()) {
    auto file = read_cases(paths.cases.string(), customer_of, context);
    if (!file) return file.error();
    found.cases = *std::move(file);
    if (auto done = quarantine(out, "quarantine_cases.csv", found.cases->quality); !done) {
      return done.error();
    }
  }
  if (!paths.leads.empty()) {
    (void)context.report({.what = "leads"});
    auto files = read_leads(paths.leads.string(), paths.lead_events.string(), context);
    if (!files) return files.error();
    found.leads = leads_of(*files);
    if (auto done = quarantine(out, "quarantine_leads.csv", files->leads); !done) {
      return done.error();
    }
    if (!paths.lead_events.empty()) {
      if (auto done = quarantine(out, "quarantine_lead_events.csv", files->events); !done) {
        return done.error();
      }
    }
  }
  return found;
}

}  // namespace storefront
