#include "arguments.hpp"

#include <charconv>
#include <utility>

namespace storefront {
namespace {

emptor::Error misuse(std::string message) {
  return {emptor::ErrorCode::invalid_option, std::move(message), {}};
}

emptor::Result<std::uint64_t> number(std::string_view option, std::string_view word,
                                     std::uint64_t least, std::uint64_t most) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure != std::errc{} || end != word.data() + word.size() || value < least || value > most) {
    return misuse(emptor::text(option, " needs a whole number from ", least, " to ", most,
                               ", got '", word, "'"));
  }
  return value;
}

/// Where the option's path goes; null: it takes none.
std::filesystem::path* path_of(std::string_view option, Arguments& arguments) {
  const std::pair<std::string_view, std::filesystem::path*> paths[] = {
      {"--orders", &arguments.orders},   {"--mapping", &arguments.mapping},
      {"--links", &arguments.links},     {"--touches", &arguments.touches},
      {"--surveys", &arguments.surveys}, {"--reviews", &arguments.reviews},
      {"--cases", &arguments.cases},     {"--leads", &arguments.leads},
      {"--records", &arguments.records}, {"--lead-events", &arguments.lead_events},
      {"--out", &arguments.out}};
  for (const auto& [name, path] : paths) {
    if (name == option) return path;
  }
  return nullptr;
}

}  // namespace

std::string_view usage() noexcept {
  return R"(storefront: what emptor can tell a shop about its customers

  storefront                                    on a generated shop
  storefront --orders FILE --mapping FILE       on your own export of orders (CSV)
  storefront --records FILE                     who is who in your own customer list (CSV)

  --orders FILE    the export, a CSV file with a header line
  --mapping FILE   which column is what: see examples/storefront/online_retail.json
  --links FILE     who knows whom, with --orders: a CSV file of two columns of customer keys
  --touches FILE   who brought whom, with --orders: a CSV file with the columns time, kind (share,
                   click, claim), and referrer (a customer key) or code; channel, method, customer,
                   visitor and device are of use, too
  --surveys FILE   answers to surveys, with --orders: a CSV file with the columns time and recommend
                   (0 to 10), satisfied (1 to 5) or easy (1 to 7); customer, channel and seconds are
                   of use, too; every other column is an item answered from 1 to 5
  --reviews FILE   reviews, with --orders: a CSV file with the column text; time, customer, item and
                   rating (1 to 5) are of use, too
  --cases FILE     complaints and other cases, with --orders: a CSV file with the columns opened and
                   category; closed, customer and channel are of use, too
  --leads FILE     who may become a customer, with --orders: a CSV file with the column lead; time,
                   industry, level, employees and need (0 to 1) are of use, too
  --lead-events FILE  what they did, with --leads: a CSV file with the columns lead, time, event
  --records FILE   personal records, alone or with --orders: a CSV file with any of the columns
                   given_name, family_name, full_name, gender, birth_date, email, phone, address,
                   city, postcode, country, device, user_id, openid, unionid; customer (the key that
                   orders name), source and time are of use, too; others are ignored
  --out DIR        where the report and the CSV files go (default: storefront-out)
  --seed N         another seed makes another shop (default: 1)
  --people N       how many people the generated shop has, 1 to 1000000 (default: 3000)
  --threads N      0 to 256; 0 is one a core, the results are the same (default: 0)
  --help           this text

Exit codes: 0 done, 1 the data or the disk did not allow it, 2 the command line is wrong.
)";
}

emptor::Result<Arguments> parse_arguments(std::span<const char* const> words) {
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view option = words[i];
    if (option == "--help" || option == "-h") {
      arguments.help = true;
      return arguments;
    }
    std::filesystem::path* const path = path_of(option, arguments);
    const bool is_number = option == "--seed" || option == "--people" || option == "--threads";
    if (path == nullptr && !is_number) {
      return misuse(emptor::text("'", option, "' is not an option; --help lists them"));
    }
    if (i + 1 == words.size() || words[i + 1][0] == '\0') {
      return misuse(emptor::text(option, " needs a value behind it"));
    }
    const std::string_view value = words[++i];
    if (path != nullptr) *path = value;
    if (!is_number) continue;
    const bool seed = option == "--seed";
    const bool people = option == "--people";
    const auto read = number(option, value, people ? 1 : 0,
                             seed     ? UINT64_MAX
                             : people ? 1'000'000
                                      : 256);
    if (!read) return read.error();
    (seed ? arguments.seed : people ? arguments.people : arguments.threads) = *read;
  }
  if (arguments.orders.empty() != arguments.mapping.empty()) {
    return misuse("--orders and --mapping belong together: the mapping says which column is what");
  }
  for (const std::string_view option :
       {"--links", "--touches", "--surveys", "--reviews", "--cases", "--leads", "--lead-events"}) {
    if (!path_of(option, arguments)->empty() && arguments.orders.empty()) {
      return misuse(
          emptor::text(option, " belongs to --orders: the generated shop brings its own"));
    }
  }
  if (!arguments.lead_events.empty() && arguments.leads.empty()) {
    return misuse("--lead-events belongs to --leads: it says what those did");
  }
  return arguments;
}

}  // namespace storefront
