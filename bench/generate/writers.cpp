#include "writers.hpp"

#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

#include "emptor/core/error.hpp"
#include "emptor/core/time.hpp"

namespace generate {
namespace {

/// A file that is appended to; `close` says whether all of it is there.
class TextFile {
 public:
  explicit TextFile(const std::filesystem::path& path)
      : path_(path.string()), file_(std::fopen(path_.c_str(), "wb"), &std::fclose) {
    if (!file_) fail();
    buffer_.reserve(size + 4096);
  }
  TextFile& operator<<(std::string_view part) {
    buffer_.append(part);
    if (buffer_.size() >= size) flush();
    return *this;
  }
  TextFile& operator<<(std::uint64_t number) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, number);
    return *this << std::string_view(digits, static_cast<std::size_t>(end.ptr - digits));
  }
  void close() {
    flush();
    if (std::fclose(file_.release()) != 0) fail();
  }

 private:
  static constexpr std::size_t size = std::size_t{1} << 20;
  [[noreturn]] void fail() const {
    throw emptor::Exception(emptor::ErrorCode::io, "cannot write this file", path_);
  }
  void flush() {
    if (std::fwrite(buffer_.data(), 1, buffer_.size(), file_.get()) != buffer_.size()) fail();
    buffer_.clear();
  }

  std::string path_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::string buffer_;
};

using Events = std::span<const GeneratedEvent>;

std::size_t write_lightgcn(Generator& generator, double test_share,
                           const std::filesystem::path& folder) {
  TextFile train(folder / "train.txt");
  TextFile test(folder / "test.txt");
  const auto line = [](TextFile& file, std::uint32_t customer, Events events) {
    if (events.empty()) return;
    file << std::uint64_t{customer};
    for (const GeneratedEvent& event : events) file << " " << std::uint64_t{event.item};
    file << "\n";
  };
  const std::size_t made = generator.run([&](std::uint32_t customer, Events events) {
    const auto tested =
        static_cast<std::size_t>(std::lround(test_share * static_cast<double>(events.size())));
    line(train, customer, events.first(events.size() - tested));
    line(test, customer, events.last(tested));
  });
  train.close();
  test.close();
  return made;
}

std::size_t write_csv(Generator& generator, const std::filesystem::path& folder) {
  TextFile mapping(folder / "mapping.json");
  mapping << R"({
  "table": "orders",
  "currency": "EUR",
  "fields": [
    {"source": "order", "target": "order"},
    {"source": "time", "target": "time", "format": "iso"},
    {"source": "customer", "target": "customer"},
    {"source": "item", "target": "item"},
    {"source": "quantity", "target": "quantity"},
    {"source": "price", "target": "unit_price", "decimal": "."}
  ]
}
)";
  mapping.close();
  TextFile orders(folder / "orders.csv");
  orders << "order,time,customer,item,quantity,price\n";
  const std::size_t made = generator.run([&](std::uint32_t customer, Events events) {
    for (const GeneratedEvent& event : events) {
      // An order is paid at the time of its first event.
      const GeneratedEvent& first = events[std::size_t{4} * event.order];
      const emptor::Time time{std::chrono::seconds{first.time}};
      orders << "o" << std::uint64_t{customer} << "-" << std::uint64_t{event.order} << ","
             << emptor::to_string(time) << ",c" << std::uint64_t{customer} << ",i"
             << std::uint64_t{event.item} << ",1," << 1 + event.item % 97 << ".50\n";
    }
  });
  orders.close();
  return made;
}

std::size_t write_movielens(Generator& generator, const std::filesystem::path& folder) {
  TextFile ratings(folder / "ratings.dat");
  const std::size_t made = generator.run([&](std::uint32_t customer, Events events) {
    for (const GeneratedEvent& event : events) {
      ratings << std::uint64_t{customer} + 1 << "::" << std::uint64_t{event.item} + 1
              << "::" << std::uint64_t{event.rating}
              << "::" << static_cast<std::uint64_t>(event.time) << "\n";
    }
  });
  ratings.close();
  return made;
}

/// Each item's cluster as a feature, wrong one time of ten, and one of ten brands.
void write_features(const Generator& generator, const std::filesystem::path& folder) {
  TextFile file(folder / "item_features.txt");
  const GeneratorOptions& options = generator.options();
  for (std::size_t i = 0; i < options.items; ++i) {
    emptor::RandomStream random(options.seed ^ 0x66656174, i);
    const auto clusters = static_cast<std::uint32_t>(options.clusters);
    const std::uint32_t cluster = random.bernoulli(0.1)
                                      ? random.below(clusters)
                                      : generator.cluster_of_item(static_cast<std::uint32_t>(i));
    file << std::uint64_t{i} << " kind" << std::uint64_t{cluster} << " brand"
         << std::uint64_t{random.below(10)} << "\n";
  }
  file.close();
}

void write_friends(const Generator& generator, std::size_t most,
                   const std::filesystem::path& folder) {
  TextFile file(folder / "friends.txt");
  for (std::size_t c = 0; c < generator.options().customers; ++c) {
    const auto friends = generator.friends_of(static_cast<std::uint32_t>(c), most);
    if (friends.empty()) continue;
    file << std::uint64_t{c};
    for (const std::uint32_t other : friends) file << " " << std::uint64_t{other};
    file << "\n";
  }
  file.close();
}

}  // namespace

std::size_t write_files(Generator& generator, const WriteOptions& options,
                        const std::filesystem::path& folder) {
  emptor::require_option(options.test_share >= 0 && options.test_share <= 0.9, "test_share",
                         "in 0 to 0.9", options.test_share);
  emptor::require_option(options.friends <= 1000, "friends", "at most 1000", options.friends);
  std::error_code failure;
  std::filesystem::create_directories(folder, failure);
  if (failure) {
    throw emptor::Exception(emptor::ErrorCode::io, "cannot make this folder: " + failure.message(),
                            folder.string());
  }
  if (options.features) write_features(generator, folder);
  if (options.friends > 0) write_friends(generator, options.friends, folder);
  switch (options.format) {
    case FileFormat::lightgcn:
      return write_lightgcn(generator, options.test_share, folder);
    case FileFormat::csv:
      return write_csv(generator, folder);
    case FileFormat::movielens:
      break;
  }
  return write_movielens(generator, folder);
}

}  // namespace generate
