#include "dataset.hpp"

#include <algorithm>

#include "../generate/generator.hpp"
#include "emptor/core/error.hpp"

namespace leaderboard {
namespace {

namespace fs = std::filesystem;
using emptor::ErrorCode;
using emptor::Exception;

Dataset generated(const Arguments& arguments) {
  generate::Generator generator({.seed = arguments.split.seed,
                                 .customers = arguments.customers,
                                 .items = arguments.items,
                                 .interactions = arguments.interactions});
  Dataset out{.name = emptor::text("generated data, seed ", arguments.split.seed)};
  for (std::size_t c = 0; c < arguments.customers; ++c) out.customers.add(c);
  for (std::size_t i = 0; i < arguments.items; ++i) out.items.add(i);
  generator.run([&](std::uint32_t customer, std::span<const generate::GeneratedEvent> events) {
    for (const generate::GeneratedEvent& event : events) {
      out.ratings.add(emptor::Customer{customer}, emptor::Item{event.item}, event.rating,
                      emptor::Time{std::chrono::seconds{event.time}});
    }
  });
  return out;
}

/// "ml-1m" when the folder has ml-1m.train.rating; empty when it has no such file.
std::string name_of_sampled(const fs::path& folder) {
  constexpr std::string_view ending = ".train.rating";
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return {};
}

/// u1.base and u1.test, the first of five folds, beside u.data: the train and test side given.
void read_folds(const fs::path& folder, std::size_t fold, Dataset& to) {
  const std::string name = emptor::text("u", fold + 1);
  read_ratings(folder / (name + ".base"), to, to.ratings);
  read_ratings(folder / (name + ".test"), to, to.rated_test.emplace());
}

void read_path(const Arguments& arguments, const emptor::Context& context, Dataset& to) {
  fs::path path = arguments.data;
  if (!fs::exists(path)) throw Exception(ErrorCode::io, "there is no such file", path.string());
  if (!arguments.mapping.empty()) return read_csv(arguments, context, to);
  if (fs::is_directory(path)) {
    if (fs::exists(path / "train.txt")) return read_lightgcn(path, to);
    if (const std::string name = name_of_sampled(path); !name.empty()) {
      return read_sampled(path, name, to);
    }
    const bool folds = fs::exists(path / "u1.base");
    const SplitKind split = arguments.split.kind;
    if (folds &&
        (split == SplitKind::given || (arguments.ratings && split == SplitKind::automatic))) {
      return read_folds(path, arguments.split.fold, to);
    }
    if (fs::exists(path / "u.data")) {
      path /= "u.data";
    } else if (fs::exists(path / "ratings.dat")) {
      path /= "ratings.dat";
    } else {
      throw Exception(ErrorCode::io,
                      "this folder has neither train.txt, nor NAME.train.rating, u.data or "
                      "ratings.dat; a CSV file is given by its own path, with --mapping",
                      path.string());
    }
  }
  if (path.extension() == ".csv") {
    throw Exception(ErrorCode::invalid_option,
                    "a CSV file needs --mapping FILE, which says what its columns are");
  }
  read_ratings(path, to, to.ratings);
}

/// Ratings of at least the threshold as interactions of weight 1.
emptor::InteractionLog liked(const emptor::RatingLog& ratings, double threshold,
                             std::size_t& below) {
  emptor::InteractionLog log;
  for (std::size_t r = 0; r < ratings.size(); ++r) {
    if (static_cast<double>(ratings.ratings[r]) >= threshold) {
      log.add(ratings.customers[r], ratings.items[r], 1, ratings.times[r]);
    } else {
      ++below;
    }
  }
  return log;
}

}  // namespace

Dataset load_dataset(const Arguments& arguments, const emptor::Context& context) {
  const fs::path& path = arguments.data;
  Dataset out;
  if (path.empty()) {
    out = generated(arguments);
  } else {
    out.name = (path.has_filename() ? path : path.parent_path()).filename().string();
    read_path(arguments, context, out);
  }
  if (out.ratings.size() != 0) {
    std::size_t below = 0;
    out.log = liked(out.ratings, arguments.threshold, below);
    if (out.rated_test) out.test = liked(*out.rated_test, arguments.threshold, below);
    if (below != 0 && !arguments.ratings) {
      out.notes.push_back(emptor::text(below, " ratings below ", arguments.threshold,
                                       " do not count as interactions."));
    }
  } else if (arguments.ratings) {
    throw Exception(ErrorCode::invalid_option,
                    "--ratings needs ratings: u.data, ratings.dat or generated data");
  }
  if (out.log.size() == 0) {
    throw Exception(ErrorCode::invalid_value,
                    out.ratings.size() == 0 ? "there is no interaction to learn from"
                                            : "no rating reaches the threshold",
                    path.string());
  }
  // Times that are all the same say nothing.
  const auto [first, last] = std::minmax_element(out.log.times.begin(), out.log.times.end());
  out.has_times = *first != *last;
  if (!arguments.item_features.empty()) read_item_features(arguments.item_features, out);
  if (!arguments.links.empty()) read_links(arguments.links, out);
  return out;
}

}  // namespace leaderboard
