// Generates interaction data of any size, or records of people: `generate --help`. See
// generator.hpp and emptor/identity/generator.hpp for what is in them.

#include <charconv>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "emptor/core/error.hpp"
#include "identities.hpp"
#include "writers.hpp"

namespace {

constexpr const char* usage = R"(generate: interactions of a made-up shop, of any size

  generate --out DIR [OPTION VALUE]...

  --out DIR           where the files go; made if need be
  --format NAME       lightgcn (train.txt, test.txt), csv (orders.csv, mapping.json),
                      movielens (ratings.dat) or identities (identities.csv, see below)
                      (default: lightgcn)
  --customers N       (default: 2000)
  --items N           at least 4 (default: 1000)
  --interactions N    in all, each a different item of its customer (default: 60000)
  --seed N            another seed makes another shop, the same seed the same bytes (default: 1)
  --clusters N        of taste; 0: half the square root of the items (default: 0)
  --skew X            popularity falls with rank to the power of X, 0 to 3 (default: 0.8)
  --spread X          sigma of the log-normal activity of customers, 0 to 3 (default: 1)
  --taste X           share of choices by taste, the others by popularity, 0 to 1 (default: 0.8)
  --sequence X        how often a choice follows from the one before, 0 to 1 (default: 0.3)
  --drift X           seasons of items and changes of taste, 0 to 1 (default: 0.3)
  --days N            span of the times, from 2024-01-01 on (default: 365)
  --test-share X      lightgcn: each customer's latest events that are test, 0 to 0.9
                      (default: 0.2)
  --features yes|no   also item_features.txt: a line is an item and its features (default: no)
  --friends N         also friends.txt: a line is a customer and up to N friends (default: 0)
  --help              this text

Records of made-up people, with the person that each belongs to (--format identities, --seed and):
  --persons N         (default: 10000)
  --records X         a person has on the average, 1 to 50 (default: 2.5)
  --chinese X         share of Chinese households, 0 to 1 (default: 0.3)
  --typos X           share of records (default: 0.15)
  --missing X         share of fields (default: 0.2)
  --shared-phones X   share of persons, 0 to 0.75 (default: 0.1)

Memory is some 33 bytes an item, whatever the number of interactions; 450 bytes a record of people.
Exit codes: 0 done, 1 a file cannot be written, 2 the command line is wrong.
)";

[[noreturn]] void misuse(const std::string& message) {
  throw emptor::Exception(emptor::ErrorCode::invalid_option, message);
}

template <class Number>
void read(std::string_view option, std::string_view word, Number& to) {
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), to);
  if (failure != std::errc{} || end != word.data() + word.size()) {
    misuse(emptor::text(option, " needs a ", std::integral<Number> ? "whole number" : "number",
                        ", got '", word, "'"));
  }
}

struct Job {
  generate::GeneratorOptions made;
  generate::WriteOptions written;
  emptor::IdentityGeneratorOptions people;
  bool identities = false;
  std::string out;
};

void set(std::string_view option, std::string_view word, Job& job) {
  auto& [made, written, people, identities, out] = job;
  if (option == "--out") {
    out = word;
  } else if (option == "--format") {
    identities = word == "identities";
    if (identities || word == "lightgcn") {
      written.format = generate::FileFormat::lightgcn;
    } else if (word == "csv") {
      written.format = generate::FileFormat::csv;
    } else if (word == "movielens") {
      written.format = generate::FileFormat::movielens;
    } else {
      misuse(emptor::text("--format is lightgcn, csv, movielens or identities, got '", word, "'"));
    }
  } else if (option == "--features") {
    if (word != "yes" && word != "no") misuse("--features is yes or no");
    written.features = word == "yes";
  } else if (option == "--customers") {
    read(option, word, made.customers);
  } else if (option == "--items") {
    read(option, word, made.items);
  } else if (option == "--interactions") {
    read(option, word, made.interactions);
  } else if (option == "--seed") {
    read(option, word, made.seed);
    people.seed = made.seed;
  } else if (option == "--clusters") {
    read(option, word, made.clusters);
  } else if (option == "--skew") {
    read(option, word, made.skew);
  } else if (option == "--spread") {
    read(option, word, made.spread);
  } else if (option == "--taste") {
    read(option, word, made.taste);
  } else if (option == "--sequence") {
    read(option, word, made.sequence);
  } else if (option == "--drift") {
    read(option, word, made.drift);
  } else if (option == "--days") {
    read(option, word, made.days);
  } else if (option == "--test-share") {
    read(option, word, written.test_share);
  } else if (option == "--friends") {
    read(option, word, written.friends);
  } else if (option == "--persons") {
    read(option, word, people.persons);
  } else if (option == "--records") {
    read(option, word, people.records_per_person);
  } else if (option == "--chinese") {
    read(option, word, people.chinese);
  } else if (option == "--typos") {
    read(option, word, people.typos);
  } else if (option == "--missing") {
    read(option, word, people.missing);
  } else if (option == "--shared-phones") {
    read(option, word, people.shared_phones);
  } else {
    misuse(emptor::text("'", option, "' is not an option; --help lists them"));
  }
}

}  // namespace

int main(int count, char** words) {
  try {
    Job job;
    for (int i = 1; i < count; i += 2) {
      const std::string_view option = words[i];
      if (option == "--help" || option == "-h") {
        std::fputs(usage, stdout);
        return 0;
      }
      if (i + 1 == count) misuse(emptor::text(option, " needs a value behind it"));
      set(option, words[i + 1], job);
    }
    if (job.out.empty()) misuse("--out DIR is needed: where the files go");
    if (job.identities) {
      const std::size_t records = generate::write_identities(job.people, job.out);
      std::printf("%s: %zu persons, %zu records\n", job.out.c_str(), job.people.persons, records);
      return 0;
    }
    generate::Generator generator(job.made);
    const std::size_t interactions = generate::write_files(generator, job.written, job.out);
    std::printf("%s: %zu customers, %zu items, %zu interactions\n", job.out.c_str(),
                job.made.customers, job.made.items, interactions);
    return 0;
  } catch (const emptor::Exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return error.code() == emptor::ErrorCode::invalid_option ? 2 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "generate: %s\n", error.what());
    return 1;
  }
}
